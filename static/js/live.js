// Pages that stay true while open: fragments that refresh themselves, times that move on, scrolling to mistakes.
"use strict";
(() => {
  // ---------------------------------------------------------------- times: <time data-relative[="clock"] datetime>
  const words = JSON.parse(document.querySelector("meta[name=ihala-words]")?.content || "null");
  const arabic = document.documentElement.lang.startsWith("ar");
  const category = (n) => {
    if (!arabic) return n === 1 ? 1 : 5;
    if (n < 3) return n;
    const rest = n % 100;
    return rest > 2 && rest < 11 ? 3 : rest > 10 ? 4 : 5;
  };
  const count = (unit, n) => words[unit][category(n)].replace("%(count)d", n);
  const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);

  function length(ms, parts) {
    const minutes = Math.floor(Math.abs(ms) / 60000);
    if (!minutes) return words.moment;
    const days = Math.floor(minutes / 1440);
    const found = [["days", days], ["hours", days > 2 ? 0 : Math.floor(minutes / 60) % 24], ["minutes", days ? 0 : minutes % 60]]
      .filter(([, n]) => n).slice(0, parts).map(([unit, n]) => count(unit, n));
    return found.length === 1 ? found[0] : fill(words.both, { first: found[0], second: found[1] });
  }
  // The server's clock, which the demo may shift, is the page's: only the time since loading is measured here.
  const loaded = Date.now();
  const served = Date.parse(document.body.dataset.now) || loaded;
  function tick() {
    const now = served + Date.now() - loaded;
    document.querySelectorAll("time[data-relative]").forEach((node) => {
      const left = Date.parse(node.dateTime) - now;
      const day = 86400000;
      if (node.dataset.relative !== "clock") {
        if (left > -7 * day && left < 30 * day) {
          node.textContent = Math.abs(left) < 60000 ? words.now : fill(left > 0 ? words.in : words.ago, { time: length(left, 1) });
        }
        return;
      }
      node.textContent = fill(left < 0 ? words.late : words.in, { time: length(left, Math.abs(left) >= 6 * 3600000 ? 1 : 2) });
      const box = node.closest(".clock");
      box.classList.toggle("late", left < 0);
      box.classList.toggle("soon", left >= 0 && left <= 1800000);
      box.classList.toggle("calm", left > 1800000);
    });
  }
  if (words) setInterval(tick, 20000);

  // ------------------------------------------- fragments: <div data-poll-url data-poll-seconds [data-poll-etag]>
  const announce = document.getElementById("announce");
  const busy = (box) => {
    const active = document.activeElement;
    return box.contains(active) && active.matches("input:not([type=checkbox], [type=radio]), textarea, select");
  };
  async function refresh(box) {
    const headers = { "HX-Request": "true", "X-Poll": "1" };
    if (box.dataset.pollEtag) headers["If-None-Match"] = box.dataset.pollEtag;
    const answer = await fetch(box.dataset.pollUrl, { headers, cache: "no-store", redirect: "manual" });
    if (answer.status === 401 || answer.status === 403 || answer.type === "opaqueredirect") return false;
    if (answer.status !== 200) return true;
    const text = await answer.text();
    if (busy(box)) return true;
    const focus = document.activeElement?.id && box.contains(document.activeElement) ? document.activeElement.id : "";
    const open = [...box.querySelectorAll("details[open][id]")].map((node) => node.id);
    const said = box.querySelector("[data-announce]")?.dataset.announce;
    box.innerHTML = text;
    box.dataset.pollEtag = answer.headers.get("ETag") || "";
    window.htmx?.process(box);
    open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
    const news = box.querySelector("[data-announce]")?.dataset.announce;
    if (news && news !== said && announce) announce.textContent = news;
    return true;
  }
  function poll(box) {
    const seconds = Number(box.dataset.pollSeconds) || 20;
    let failures = 0;
    const next = () => setTimeout(turn, seconds * 1000 * Math.min(2 ** failures, 8));
    async function turn() {
      if (!box.isConnected) return;
      if (document.hidden) { document.addEventListener("visibilitychange", turn, { once: true }); return; }
      try {
        if (!(await refresh(box))) return;
        failures = 0;
      } catch { failures += 1; }
      next();
    }
    next();
  }
  const start = (node) => node.querySelectorAll("[data-poll-url]:not([data-polling])").forEach((box) => { box.dataset.polling = ""; poll(box); });
  start(document);
  document.addEventListener("htmx:load", (event) => start(event.target));

  // ---------------------------------------------------------------- small things
  document.querySelector("[data-focus]")?.focus();
  document.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; button.addEventListener("click", () => window.print()); });
})();

// The search works without this; with it "/" leads to the box, arrows go through what was found, and a form that is being
// typed asks whether the person may be known.
"use strict";
(() => {
  const boxes = [...document.querySelectorAll("form[role=search] input[name=q]")];
  const seen = () => [...boxes].reverse().find((box) => box.offsetParent);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "/" && !event.target.closest?.("input, textarea, select")) {
      const box = seen();
      if (box) { event.preventDefault(); box.focus(); box.select(); }
      return;
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const links = [...document.querySelectorAll("[data-found] a")];
    const at = links.indexOf(document.activeElement);
    if (!links.length || (at < 0 && !boxes.includes(event.target))) return;
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
    if (next >= 0) links[Math.min(next, links.length - 1)].focus();
    else seen()?.focus();
  });

  const known = document.querySelector("[data-known-url]");
  if (!known) return;
  const form = known.closest("form");
  const wanted = /^survivor-(name|name_latin|birth|sex|(phones|documents)-\d+-number)$/;
  let last = "", timer;
  async function ask() {
    const said = [...new FormData(form)].filter(([key, value]) => wanted.test(key) && typeof value === "string" && value.trim());
    const now = new URLSearchParams(said).toString();
    if (now === last) return;
    last = now;
    const body = new URLSearchParams([...said, ["csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value]]);
    const answer = await fetch(known.dataset.knownUrl, { method: "POST", body, headers: { "HX-Request": "true" }, redirect: "manual", cache: "no-store" }).catch(() => null);
    if (answer?.ok && now === last) known.innerHTML = await answer.text();
  }
  const soon = () => { clearTimeout(timer); timer = setTimeout(ask, 500); };
  form.addEventListener("change", soon);
  soon();  // a draft that is taken up again says already who she may be
})();

// Forms work without this; with it drafts save themselves, rows come and go in place, and nothing is sent twice.
"use strict";
(() => {
  // ---------------------------------------------------------------- drafts: <form data-autosave-url>
  function autosave(form) {
    const status = form.querySelector("[data-autosave-status]") || document.querySelector("[data-autosave-status]");
    let timer, running = false, again = false, last = snapshot(form), wait = 1500;
    const say = (text, failed) => {
      if (!status) return;
      status.textContent = text;
      status.classList.toggle("failed", Boolean(failed));
    };
    const later = (ms) => { clearTimeout(timer); timer = setTimeout(save, ms); };
    async function save(leaving) {
      clearTimeout(timer);
      const now = snapshot(form);
      if (now === last || form.dataset.sent) return;
      if (running) { again = true; return; }
      running = true;
      const data = new FormData(form);
      data.forEach((value, key) => value instanceof File && data.delete(key));
      if (status) say(status.dataset.saving);
      try {
        const answer = await fetch(form.dataset.autosaveUrl, { method: "POST", body: data, headers: { "HX-Request": "true", "X-Autosave": "1" }, redirect: "manual", keepalive: leaving === true });
        const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
        if (!answer.ok) {
          const why = told.error || (answer.type === "opaqueredirect" || answer.status === 403 ? status?.dataset.refused : status?.dataset.offline);
          if (status) say(`${status.dataset.failed}: ${why}`, true);
          if (answer.status >= 500) later((wait = Math.min(wait * 2, 30000)));
        } else {
          last = now;
          wait = 1500;
          if (told.version && form.elements.version) form.elements.version.value = told.version;
          again ||= snapshot(form) !== now;
          const at = told.saved || new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Dubai" }).format(new Date());
          if (status) say(`${status.dataset.saved} ${at}`);
        }
      } catch {
        if (status) say(`${status.dataset.failed}: ${status.dataset.offline}`, true);
        later((wait = Math.min(wait * 2, 30000)));
      }
      running = false;
      if (again) { again = false; later(400); }
    }
    form.addEventListener("input", () => later(1500));
    form.addEventListener("change", () => later(400));
    document.addEventListener("visibilitychange", () => document.hidden && save(true));
    window.addEventListener("online", () => save());
    form.addEventListener("ihala:rows", () => later(400));
    form.ihalaClean = () => snapshot(form) === last;
  }
  const snapshot = (form) => new URLSearchParams([...new FormData(form)].filter(([key, value]) => typeof value === "string" && key !== "version" && key !== "csrfmiddlewaretoken")).toString();

  // ---------------------------------------------------------------- leaving with changes; sending twice
  function guard(form) {
    const first = snapshot(form);
    form.ihalaDirty = () => !form.dataset.sent && (form.ihalaClean ? !form.ihalaClean() : snapshot(form) !== first);
  }
  const ask = (event) => {
    if ([...document.querySelectorAll("form[data-guard], form[data-autosave-url]")].some((form) => form.ihalaDirty?.())) event.preventDefault();
  };
  window.ihalaAsk = ask;
  window.addEventListener("beforeunload", ask);
  // A page that cannot be reached would take the place of the form, and no page is kept to come back to.
  const stays = (form, words, name) => {
    let told = form.querySelector(":scope > [data-told]");
    if (!told) {
      told = document.createElement("p");
      told.className = "notice error";
      told.tabIndex = -1;
      told.setAttribute("role", "alert");
      form.prepend(told);
    }
    told.dataset.told = name;
    told.textContent = words;
    told.focus();
  };
  window.addEventListener("online", () => document.querySelectorAll("[data-told=offline]").forEach((told) => told.remove()));
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.hasAttribute("data-quick-exit")) return;
    const large = [...form.querySelectorAll("input[type=file][data-most]")].find((input) => [...input.files].some((file) => file.size > input.dataset.most));
    if (navigator.onLine && !large) return;
    event.preventDefault();
    event.stopPropagation();
    stays(form, large && navigator.onLine ? large.dataset.tooLarge : document.body.dataset.offline, large && navigator.onLine ? "large" : "offline");
  }, true);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented || form.hasAttribute("data-quick-exit")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    const buttons = form.querySelectorAll("button[type=submit], input[type=submit]");
    setTimeout(() => buttons.forEach((button) => button.setAttribute("aria-disabled", "true")));
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(() => { delete form.dataset.sent; buttons.forEach((button) => { button.removeAttribute("aria-disabled"); button.removeAttribute("aria-busy"); }); event.submitter?.removeAttribute("aria-busy"); }, 10000);
  });

  // ---------------------------------------------------------------- rows: <div data-formset="prefix">
  function rows(box) {
    const prefix = box.dataset.formset;
    const own = (selector) => [...box.querySelectorAll(selector)].find((node) => node.closest("[data-formset]") === box);
    const total = box.querySelector(`[name="${CSS.escape(prefix)}-TOTAL_FORMS"]`);
    const list = own(".rows");
    const number = () => [...list.children].filter((row) => !row.hidden).forEach((row, index) => { const node = row.querySelector("[data-number]"); if (node) node.textContent = index + 1; });
    own("[data-add]")?.addEventListener("click", (event) => {
      event.preventDefault();
      const holder = document.createElement("template");
      holder.innerHTML = own("template").innerHTML.replaceAll("__prefix__", total.value);
      const row = holder.content.firstElementChild;
      total.value = Number(total.value) + 1;
      list.append(row);
      wire(row);
      number();
      row.querySelector("input:not([type=hidden]):not([type=checkbox]), select, textarea")?.focus();
      box.dispatchEvent(new Event("ihala:rows", { bubbles: true }));
    });
    list.addEventListener("change", (event) => {
      if (!event.target.name?.endsWith("-DELETE")) return;
      event.target.closest(".row").classList.toggle("removed", event.target.checked);
    });
  }

  // ---------------------------------------------------------------- fields that depend: data-show-when="name=a|b"
  function conditions(form) {
    const fields = form.querySelectorAll("[data-show-when]");
    if (!fields.length) return;
    const update = () => fields.forEach((field) => {
      const [name, wanted] = field.dataset.showWhen.split("=");
      const chosen = new FormData(form).getAll(name);
      field.hidden = !wanted.split("|").some((value) => chosen.includes(value));
    });
    form.addEventListener("change", update);
    update();
  }

  // ---------------------------------------------------------------- "unknown / not asked / prefers not to say"
  function absences(group) {
    const form = group.closest("form");
    const choices = group.querySelectorAll("input");
    const field = form?.elements[group.dataset.absences];
    if (!(field instanceof HTMLElement)) return;
    let chosen = [...choices].find((choice) => choice.checked && choice.value);
    field.addEventListener("input", () => {
      if (!field.value) return;
      chosen = undefined;
      choices.forEach((choice) => { choice.checked = choice.value === ""; });
    });
    // A second click takes the answer back, which a radio button alone cannot.
    choices.forEach((choice) => choice.addEventListener("click", () => {
      if (choice === chosen) {
        choice.checked = false;
        chosen = undefined;
        choice.dispatchEvent(new Event("change", { bubbles: true }));
      } else chosen = choice;
    }));
  }

  function wire(root) {
    const all = (selector) => [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];
    all("form[data-autosave-url]").forEach(autosave);
    all("form[data-guard], form[data-autosave-url]").forEach(guard);
    all("[data-formset]").forEach(rows);
    all("form").forEach(conditions);
    // The page says what is to be mended: all of it at once, in its own language, and it stays there to be read.
    all("form").forEach((form) => { form.noValidate = true; });
    all("[data-absences]").forEach(absences);
  }
  wire(document);
  document.addEventListener("htmx:load", (event) => event.target !== document.body && wire(event.target));
})();

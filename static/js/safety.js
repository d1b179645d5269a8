// Quick exit and privacy screen. First of the scripts, since nothing matters more.
"use strict";
(() => {
  const IDLE = 60000;
  const root = document.documentElement;
  const page = document.getElementById("page");
  const cover = document.getElementById("cover");
  const exit = document.querySelector("form[data-quick-exit]");
  let idle, before, escapes = [];

  // Quick exit: empty every screen first (other tabs of the product hear of it), then sign out, then replace the pages in
  // the history.
  const tabs = exit && window.BroadcastChannel ? new BroadcastChannel("ihala-exit") : null;
  const away = exit?.getAttribute("action");
  const go = () => location.replace(away);
  // A paper (PDF) stands in one tab of its own, which has no script and no button: whoever opened it closes it on leaving.
  const PAPER = "ihala-paper";
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-paper]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !window.open(link.href, PAPER)) return;
    event.preventDefault();
    sessionStorage.setItem(PAPER, "open");
  });
  function empty() {
    if (sessionStorage.getItem(PAPER)) window.open("", PAPER)?.close();
    sessionStorage.removeItem(PAPER);
    root.classList.add("leaving");
    document.title = "\u200b";
    window.removeEventListener("beforeunload", window.ihalaAsk || go);
  }
  tabs?.addEventListener("message", () => {
    empty();
    go();
  });
  function leave() {
    empty();
    tabs?.postMessage("leave");
    fetch(away, { method: "POST", body: new URLSearchParams(new FormData(exit)), keepalive: true, redirect: "manual" }).then(go, go);
    setTimeout(go, 1500);
  }
  exit?.addEventListener("submit", (event) => {
    event.preventDefault();
    leave();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") { escapes = []; return; }
    escapes = [...escapes.filter((at) => event.timeStamp - at < 2000), event.timeStamp];
    if (exit && escapes.length > 2) leave();
  });

  // Privacy screen: covers, does not lock.
  function show() {
    cover.hidden = true;
    page.inert = false;
    root.classList.remove("covered");
    before?.focus({ preventScroll: true });
    wait();
  }
  function hide() {
    if (!cover || !cover.hidden) return;
    before = document.activeElement;
    root.classList.add("covered");
    page.inert = true;
    cover.hidden = false;
    cover.querySelector("button").focus();
  }
  function wait() {
    clearTimeout(idle);
    idle = setTimeout(hide, IDLE);
  }
  document.querySelectorAll("[data-cover]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", hide);
  });
  cover?.querySelector("[data-uncover]").addEventListener("click", show);
  document.addEventListener("keydown", (event) => {
    if (event.altKey && event.shiftKey && event.code === "KeyP") {
      event.preventDefault();
      cover.hidden ? hide() : show();
    }
  });
  for (const name of ["pointerdown", "pointermove", "keydown", "scroll", "input"]) {
    document.addEventListener(name, () => cover?.hidden && wait(), { passive: true, capture: true });
  }
  if (cover) wait();

  // A page brought back from memory may belong to somebody who has signed out.
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
})();

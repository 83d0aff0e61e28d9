// The hold of an item that was drawn: shown, kept for longer while somebody works, given back when they leave.
(() => {
  "use strict";
  const LOOK_EVERY = 5000, SOON = 120_000, offline = window.reviewOffline;
  const line = () => document.querySelector("#review .review-hold[data-hold]");
  let asking = false, active = false;
  const until = () => new Date(line().dataset.until).getTime();
  // Rounded up, as somebody counts who looks at a clock.
  const minutes = (left, words) => {
    if (left < 60_000) return words.few;
    const n = Math.ceil(left / 60_000);
    return n === 1 ? words.one : words.many.replace("{n}", n);
  };
  const count = (left) => {
    const said = line().querySelector("[data-left]"), text = minutes(left, said.dataset);
    if (said.textContent !== text) said.textContent = text;
    line().classList.toggle("soon", left < SOON);
  };
  const show = () => {
    count(until() - Date.now());
    const ended = until() <= Date.now(), before = line().querySelector("[data-expired]").hidden;
    line().classList.toggle("expired", ended);
    line().querySelector("[data-held]").hidden = ended;
    if (before === ended) line().querySelector("[data-expired]").hidden = !ended;
  };
  const holdAgain = async () => {
    if (asking) return;
    const here = line();
    asking = true;
    const answer = await offline.ask(here.dataset.hold, { method: "POST" });
    asking = false;
    if (!answer.response || line() !== here) return;
    const kept = await answer.response.json();
    if (!kept.placed || !kept.held_until) { location.reload(); return; }
    here.dataset.until = here.dataset.stamp = kept.held_until;
    const time = here.querySelector("time");
    time.dateTime = kept.held_until;
    time.textContent = new Date(kept.held_until).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    show();
  };
  const look = () => {
    if (!line()) return;
    show();
    const left = until() - Date.now();
    if (active && left > 0 && left < line().dataset.seconds * 500) holdAgain();
    active = false;
  };
  for (const kind of ["keydown", "pointerdown", "input", "wheel"]) document.addEventListener(kind, () => { active = true; }, { passive: true });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-hold-again]")) holdAgain(); });
  document.addEventListener("review:arrived", look);
  window.addEventListener("pagehide", () => {
    if (!line()) return;
    const sent = new FormData();
    const token = document.querySelector("#review [name=csrfmiddlewaretoken]");
    if (token) sent.set("csrfmiddlewaretoken", token.value);
    sent.set("held_until", line().dataset.stamp);
    navigator.sendBeacon(line().dataset.release, sent);
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  look();
  setInterval(look, LOOK_EVERY);
})();

// What the server does not have yet: kept in this browser, sent in order when it answers again, shown until then.
// It is on every page: whichever is opened first sends what waits.
// Sending twice is harmless: the server knows every showing of an item by its page key.
(() => {
  "use strict";
  const GIVE_UP_AFTER = 8000, FIRST_WAIT = 1000, LONGEST_WAIT = 15000;
  const bar = document.getElementById("review-connection");
  const words = bar.dataset;
  const KEY = `evalsite-waiting-${words.user}`;
  let wait = FIRST_WAIT, timer = 0, sending = null, reason = "";

  // ---- asking the server ----
  const cookie = (name) => document.cookie.split("; ").find((c) => c.startsWith(name + "="))?.split("=")[1];
  const ask = async (url, options = {}) => {
    const headers = { "HX-Request": "true", ...options.headers };
    const token = cookie("csrftoken");
    if (token) headers["X-CSRFToken"] = token;
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(GIVE_UP_AFTER), ...options, headers });
      if (response.redirected && new URL(response.url).pathname.startsWith("/login")) return { sentence: words.loggedOut, later: true };
      if (response.ok) return { response };
      if (response.headers.get("Content-Type")?.includes("json")) {
        const told = await response.json();
        return { sentence: told.message, reload: told.reload, told: true };
      }
      if (response.status === 403) return { sentence: words.loggedOut, later: true };
      if (response.status >= 500) return { sentence: words.broken, later: true };
      return { sentence: words.gone, told: true };
    } catch (error) {
      if (["TypeError", "TimeoutError", "AbortError"].includes(error.name)) return { sentence: words.unreachable, later: true, unreachable: true };
      throw error;
    }
  };

  // ---- what waits ----
  const read = () => { try { return JSON.parse(localStorage.getItem(KEY)) ?? []; } catch { return []; } };
  const write = (entries) => {
    try {
      if (entries.length) localStorage.setItem(KEY, JSON.stringify(entries)); else localStorage.removeItem(KEY);
      return true;
    } catch { return false; } // a full or forbidden store: the caller keeps the page as it is
  };
  const waiting = () => read().filter((entry) => !entry.problem);
  const steps = () => waiting().filter((entry) => entry.kind === "step");
  const of = (path) => read().filter((entry) => entry.path === path);
  const add = (entry) => {
    // A newer word of the same page replaces its draft; a decision is never replaced.
    const others = read().filter((old) => old.path !== entry.path || old.kind === "step");
    const kept = write([...others, { ...entry, id: crypto.getRandomValues(new Uint32Array(2)).join("-") }]);
    show();
    if (kept) later();
    return kept;
  };
  const drop = (gone) => { write(read().filter((entry) => !gone(entry))); show(); };
  const takeBack = () => {
    // The last decision that has not been sent.
    const last = steps().at(-1);
    if (!last || sending) return null;
    drop((entry) => entry.id === last.id);
    return last;
  };

  // ---- sending ----
  const body = (entry) => {
    const sent = new URLSearchParams(entry.fields);
    if (entry.kind === "step") sent.set("stay", "1");
    return sent;
  };
  const sendOne = async (entry) => {
    const answer = await ask(entry.url, { method: "POST", body: body(entry) });
    if (answer.later) { reason = answer.sentence; return false; }
    if (answer.response) drop((old) => old.id === entry.id);
    else write(read().map((old) => (old.id === entry.id ? { ...old, problem: answer.sentence } : old)));
    reason = "";
    document.dispatchEvent(new CustomEvent("review:sent", { detail: entry }));
    return true;
  };
  const sendAll = async () => {
    for (let entry = waiting()[0]; entry; entry = waiting()[0]) if (!(await sendOne(entry))) return false;
    return true;
  };
  const alone = (work) => (navigator.locks ? navigator.locks.request(KEY, { ifAvailable: true }, (lock) => (lock ? work() : false)) : work());
  const send = async () => {
    if (sending) return sending;
    clearTimeout(timer);
    if (!waiting().length) { show(); return true; }
    sending = alone(sendAll);
    show();
    const done = await sending;
    sending = null;
    wait = done ? FIRST_WAIT : Math.min(wait * 2, LONGEST_WAIT);
    show();
    if (done) document.dispatchEvent(new CustomEvent("review:all-sent")); else later();
    return done;
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(send, wait); };

  // ---- showing ----
  const refusal = (entry) => {
    const line = document.createElement("li");
    const link = Object.assign(document.createElement("a"), { href: entry.path, textContent: entry.title });
    const forget = Object.assign(document.createElement("button"), { type: "button", textContent: words.forget });
    forget.addEventListener("click", () => drop((old) => old.id === entry.id));
    line.append(link, `: ${entry.problem} `, forget);
    return line;
  };
  const counted = (number) => (number === 1 ? words.one : words.many.replace("{n}", number));
  const show = () => {
    const number = steps().length, drafts = waiting().length - number;
    const refused = read().filter((entry) => entry.problem);
    const text = [number ? counted(number) : "", !number && drafts ? words.draft : "", number || drafts ? reason : ""];
    bar.querySelector("p").textContent = text.filter(Boolean).join(" ");
    bar.querySelector("[data-send]").hidden = !(number || drafts);
    bar.querySelector("[data-send]").disabled = Boolean(sending);
    bar.querySelector("ul").replaceChildren(...refused.map(refusal));
    bar.hidden = !(number || drafts || refused.length);
  };
  bar.querySelector("[data-send]").addEventListener("click", send);
  window.addEventListener("online", send);
  window.addEventListener("storage", (event) => { if (event.key === KEY) { show(); if (waiting().length) later(); } });
  window.reviewOffline = { ask, add, of, drop, send, steps, takeBack };
  show();
  document.addEventListener("DOMContentLoaded", send);
})();

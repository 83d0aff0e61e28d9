// The review page: keys, drafts that keep themselves, and presses that are stored before the next item shows.
(() => {
  "use strict";
  const SAVE_AFTER = 700, TOAST_FOR = 10000, GIVE_UP_AFTER = 20000;
  const page = () => document.getElementById("review");
  const form = () => document.getElementById("review-form");
  const words = document.getElementById("review-words").dataset;
  const help = document.getElementById("review-help");
  let busy = false, clean = "", sequence = 0, saveTimer = 0, toastTimer = 0, saving = null, stale = false;

  // ---- what is typed ----
  const typed = () => {
    const fields = {};
    for (const [name, value] of new FormData(form()))
      if (["comment", "error_count", "question", "answer"].includes(name)) fields[name] = value;
    return fields;
  };
  const typedText = () => JSON.stringify(typed());
  const dirty = () => form() !== null && typedText() !== clean;
  const store = {
    // A copy in this browser until the server has it: for reloads that overtake the last save, and lost connections.
    key: () => "review" + form().getAttribute("action"),
    put() { try { sessionStorage.setItem(this.key(), JSON.stringify({ fields: typed(), page: form().page_key.value, sequence })); } catch { /* a full store is no reason to stop */ } },
    take() { try { const kept = JSON.parse(sessionStorage.getItem(this.key())); this.drop(); return kept; } catch { return null; } },
    drop() { sessionStorage.removeItem(this.key()); },
  };

  // ---- talking to the server ----
  const cookie = (name) => document.cookie.split("; ").find((c) => c.startsWith(name + "="))?.split("=")[1];
  const ask = async (url, options = {}) => {
    const headers = { "HX-Request": "true" };
    const token = cookie("csrftoken");
    if (token) headers["X-CSRFToken"] = token;
    const limit = AbortSignal.timeout(GIVE_UP_AFTER);
    try {
      const response = await fetch(url, { headers, signal: limit, ...options });
      if (response.redirected && new URL(response.url).pathname.startsWith("/login")) return { sentence: words.loggedOut };
      if (response.ok) return { response };
      if (response.headers.get("Content-Type")?.includes("json")) {
        const told = await response.json();
        return { sentence: told.message, reload: told.reload, told: true };
      }
      return { sentence: response.status === 403 ? words.loggedOut : words.broken };
    } catch (error) {
      if (error instanceof TypeError || error.name === "TimeoutError" || error.name === "AbortError") return { sentence: words.unreachable };
      throw error;
    }
  };

  const status = (text, at) => {
    const line = page().querySelector(".review-status");
    if (!line) return;
    line.textContent = text + (at ? " " : "");
    if (at) { line.append(Object.assign(document.createElement("time"), { dateTime: at, textContent: clock(at) })); }
  };
  const clock = (at) => {
    const date = new Date(at), today = date.toDateString() === new Date().toDateString();
    const time = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    return today ? time : `${date.toLocaleDateString()} ${time}`;
  };
  const problem = (answer, retry) => {
    const box = page().querySelector(".review-problem");
    if (!box) { window.alert(answer.sentence); return; }
    box.querySelector("p").textContent = answer.sentence;
    box.querySelector("[data-retry]").hidden = Boolean(answer.told);
    box.querySelector("[data-reload]").hidden = !answer.reload;
    box.querySelector("[data-retry]").onclick = retry;
    box.querySelector("[data-reload]").onclick = () => { store.drop(); clean = typedText(); location.reload(); };
    box.hidden = false;
    status("");
  };
  const setBusy = (now) => { busy = now; page().setAttribute("aria-busy", now); };

  // ---- drafts ----
  const saveBody = () => {
    const body = new FormData(form());
    body.set("sequence", ++sequence);
    return body;
  };
  const save = async () => {
    clearTimeout(saveTimer);
    if (saving) await saving;
    if (!dirty() || stale) return !stale;
    const sent = typedText(), key = form().page_key.value;
    saving = ask(form().dataset.draftUrl, { method: "POST", body: saveBody() });
    const answer = await saving;
    saving = null;
    if (form()?.page_key.value !== key) return true;
    if (!answer.response) {
      if (answer.reload) stale = true;
      if (answer.told) problem(answer); else status(words.unsaved);
      return false;
    }
    const saved = await answer.response.json();
    form().known_rev.value = saved.known_rev;
    clean = sent;
    if (dirty()) { store.put(); saveSoon(); } else store.drop();
    status(saved.at ? words.saved : "", saved.at);
    return true;
  };
  const saveSoon = () => { clearTimeout(saveTimer); saveTimer = setTimeout(save, SAVE_AFTER); };
  const saveLeaving = () => {
    if (!form() || !dirty() || stale || busy) return;
    const body = saveBody();
    store.put();
    fetch(form().dataset.draftUrl, { method: "POST", body, keepalive: true, headers: { "HX-Request": "true" } }).catch(() => {});
  };

  // ---- moving ----
  const swap = (html, url, push) => {
    page().outerHTML = html;
    document.title = page().dataset.title;
    if (push && url !== location.href) history.pushState({}, "", url);
    arrive();
    page().querySelector(".review-text").focus({ preventScroll: true });
    window.scrollTo(0, 0);
  };
  const arrival = async (answer, push = true) => {
    const pushed = answer.response.headers.get("HX-Push-Url");
    swap(await answer.response.text(), pushed ? new URL(pushed, location.href).href : answer.response.url, push);
  };
  const go = async (url, { push = true, onRefusal = null } = {}) => {
    if (busy) return;
    if (form() && dirty() && !(await save())) {
      if (page().querySelector(".review-problem").hidden) problem({ sentence: words.unreachable }, () => go(url, { push, onRefusal }));
      return;
    }
    setBusy(true);
    const answer = await ask(url);
    setBusy(false);
    if (answer.response) await arrival(answer, push);
    else if (onRefusal && answer.told) onRefusal(answer.sentence);
    else problem(answer, () => go(url, { push, onRefusal }));
  };
  const post = async (url, body) => {
    if (busy) return;
    clearTimeout(saveTimer);
    setBusy(true);
    status(words.storing);
    const answer = await ask(url, { method: "POST", body });
    setBusy(false);
    if (!answer.response) { problem(answer, () => post(url, body)); return; }
    if (form()) store.drop();
    clearTimeout(saveTimer);
    await arrival(answer);
  };

  // ---- after every arrival of an item ----
  const arrive = () => {
    clearTimeout(toastTimer);
    stale = false;
    sequence = 0;
    for (const time of page().querySelectorAll("time")) time.textContent = clock(time.dateTime);
    const toast = page().querySelector(".review-toast");
    if (toast) toastTimer = setTimeout(() => toast.classList.replace("review-toast", "visually-hidden"), TOAST_FOR);
    page().querySelector(".review-places [aria-current]")?.scrollIntoView({ block: "center" });
    if (!form()) return;
    clean = typedText();
    const kept = store.take();
    if (kept && JSON.stringify(kept.fields) !== clean) restore(kept);
  };
  const restore = (kept) => {
    for (const [name, value] of Object.entries(kept.fields)) {
      const field = form().elements[name];
      if (field.value === value) continue;
      field.value = value;
      field.closest("details")?.setAttribute("open", "");
    }
    form().page_key.value = kept.page;
    sequence = kept.sequence;
    status(words.restored);
    saveSoon();
  };

  // ---- events: on the document, so that they outlive a swap ----
  document.addEventListener("input", (event) => {
    if (event.target.form !== form() || !form()) return;
    store.put();
    saveSoon();
  });
  document.addEventListener("submit", (event) => {
    const from = event.target;
    if (from.method === "dialog" || !page().contains(from)) return;
    event.preventDefault();
    const button = event.submitter;
    if (from.classList.contains("review-jump")) {
      const says = document.getElementById("jump-problem");
      says.textContent = "";
      go(`${from.action}?${new URLSearchParams(new FormData(from))}`, { onRefusal: (sentence) => { says.textContent = sentence; } });
    } else if (button?.dataset.go) go(button.dataset.go);
    else if (from.id === "review-form" && button?.name !== "verdict") return;
    else post(from.action, new FormData(from, button));
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-go]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); go(link.href); }
    if (event.target.closest("[data-help]")) help.showModal();
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    if (help.open) { if (event.key === "?") { event.preventDefault(); help.close(); } return; }
    const field = event.target.closest("input, textarea, select, [contenteditable]");
    if (field) { if (event.key === "Escape") { field.blur(); page().querySelector(".review-text").focus({ preventScroll: true }); } return; }
    // With a Japanese or Chinese input method switched on, a letter arrives as "Process".
    const key = event.key === "Process" ? event.code.replace("Key", "").toLowerCase() : event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if ((event.ctrlKey || event.metaKey) && key === "z" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      const undo = document.getElementById("review-undo");
      if (undo && !event.repeat) undo.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "?") { event.preventDefault(); help.showModal(); return; }
    const button = page().querySelector(`button[data-key="${CSS.escape(key)}"]`);
    if (!button) return;
    event.preventDefault();
    if (!event.repeat && !busy) button.click();
  });
  window.addEventListener("popstate", () => go(location.href, { push: false }));
  window.addEventListener("pagehide", saveLeaving);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
  arrive();
})();

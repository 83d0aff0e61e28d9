// The review page: drafts that keep themselves, decisions that are stored before the next item shows, and where the
// server does not answer, items that are already here (review_offline.js keeps what it has not got).
(() => {
  "use strict";
  const SAVE_AFTER = 700, TOAST_FOR = 10000, STOCK_LOW = 4, REMEMBERED = 40;
  const OF_THE_PAGE = new Set(["csrfmiddlewaretoken", "page_key", "known_rev", "item_revision", "filter", "sequence", "seconds"]);
  const offline = window.reviewOffline, texts = window.reviewTexts, rail = window.reviewRail;
  const page = () => document.getElementById("review");
  const form = () => document.getElementById("review-form");
  const live = document.getElementById("review-live");
  const words = document.getElementById("review-words").dataset;
  const path = () => page().dataset.path;
  const pages = new Map();
  let shownAt = performance.now(), stock = [], busy = false, clean = "", sequence = 0, saveTimer = 0, toastTimer = 0, saving = null, stale = false;

  // ---- what is typed ----
  // A text that can be corrected, where it came as it was imported: what nobody has changed need not go back.
  const cameAs = (field) => {
    const original = field.closest?.("[data-correctable]")?.querySelector(".review-original .text").textContent;
    return original === field.defaultValue ? original : undefined;
  };
  const bodyOf = (from, button) => {
    const sent = [...new FormData(from, button)].filter(([name, value]) => cameAs(from.elements[name]) !== value);
    return new URLSearchParams(sent);
  };
  const typed = () => [...new FormData(form())].filter(([name, value]) => !OF_THE_PAGE.has(name) && typeof value === "string");
  const typedText = () => JSON.stringify(typed());
  const dirty = () => form() !== null && typedText() !== clean;
  const fill = (pairs) => {
    const left = new Map();
    for (const [name, value] of pairs) left.set(name, [...(left.get(name) ?? []), value]);
    for (const field of form().elements) {
      if (!field.name || OF_THE_PAGE.has(field.name) || ["submit", "button", "hidden"].includes(field.type)) continue;
      const values = left.get(field.name) ?? [];
      const tick = field.type === "checkbox" || field.type === "radio";
      const before = tick ? field.checked : field.value;
      if (tick) field.checked = values.includes(field.value); else field.value = values[0] ?? cameAs(field) ?? "";
      if ((tick ? field.checked : field.value) === before) continue;
      field.closest("details")?.setAttribute("open", "");
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };
  const store = {
    // A copy in this tab until the server has it: for reloads that overtake the last save.
    key: () => "review" + path(),
    put() { try { sessionStorage.setItem(this.key(), JSON.stringify({ fields: typed(), page: form().page_key.value, sequence })); } catch { /* a full store is no reason to stop */ } },
    take() { try { const kept = JSON.parse(sessionStorage.getItem(this.key())); this.drop(); return kept; } catch { return null; } },
    drop() { sessionStorage.removeItem(this.key()); },
  };

  // ---- saying what happens ----
  const clock = (at) => {
    const date = new Date(at), today = date.toDateString() === new Date().toDateString();
    const language = document.documentElement.lang;
    const time = date.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    // As the server writes it: the year first, and in Japanese with strokes.
    return today ? time : `${date.toLocaleDateString(language === "ja" ? "ja" : "sv")} ${time}`;
  };
  const status = (text, at) => {
    const line = page().querySelector(".review-status");
    if (!line) return;
    line.textContent = text + (at ? " " : "");
    if (at) line.append(Object.assign(document.createElement("time"), { dateTime: at, textContent: clock(at) }));
  };
  const problem = (answer, retry) => {
    const box = page().querySelector(".review-problem");
    if (!box) { live.textContent = answer.sentence; return; }
    box.querySelector("p").textContent = answer.sentence;
    box.querySelector("[data-retry]").hidden = Boolean(answer.told);
    box.querySelector("[data-reload]").hidden = !answer.reload;
    box.querySelector("[data-retry]").onclick = retry;
    box.querySelector("[data-reload]").onclick = () => { store.drop(); clean = typedText(); location.reload(); };
    box.hidden = false;
    status("");
    if (answer.told) box.focus();
  };
  // A refusal is read where the mend begins: in the empty field beside the button, else in the sentence itself.
  const refusedStep = (answer, button, retry) => {
    problem(answer, retry);
    const wanted = button?.closest("details")?.querySelector("input[type=text]");
    if (answer.told && wanted?.value === "") wanted.focus();
  };
  const setBusy = (now) => { busy = now; page().setAttribute("aria-busy", now); };

  // ---- drafts ----
  const saveBody = () => {
    const body = bodyOf(form());
    body.set("sequence", ++sequence);
    return body;
  };
  const entryOf = (kind, url, body) => ({
    kind, url, path: path(), title: page().dataset.item, page: form()?.page_key.value,
    fields: [...body].filter(([name]) => name !== "csrfmiddlewaretoken"),
  });
  const dropDrafts = (of) => offline.drop((entry) => entry.path === of && (entry.kind === "draft" || entry.problem));
  const save = async () => {
    clearTimeout(saveTimer);
    if (saving) await saving;
    if (!form() || !dirty() || stale) return !stale;
    const sent = typedText(), of = path(), body = saveBody(), entry = entryOf("draft", form().dataset.draftUrl, body);
    saving = offline.ask(entry.url, { method: "POST", body });
    const answer = await saving;
    saving = null;
    if (path() !== of) return true;
    if (answer.later && offline.add(entry)) {
      clean = sent;
      status(words.kept);
      if (dirty()) saveSoon();
      return true;
    }
    if (!answer.response) {
      if (answer.reload) stale = true;
      if (answer.told) problem(answer); else status(words.unsaved);
      return false;
    }
    const saved = await answer.response.json();
    if (path() !== of) return true;
    form().known_rev.value = saved.known_rev;
    clean = sent;
    dropDrafts(of);
    if (dirty()) { store.put(); saveSoon(); } else store.drop();
    status(saved.at ? words.saved : "", saved.at);
    return true;
  };
  const saveSoon = () => { clearTimeout(saveTimer); saveTimer = setTimeout(save, SAVE_AFTER); };
  const saveLeaving = () => {
    if (!form() || !dirty() || stale || busy) return;
    const body = saveBody();
    store.put();
    offline.add(entryOf("draft", form().dataset.draftUrl, body));
    fetch(form().dataset.draftUrl, { method: "POST", body, keepalive: true, headers: { "HX-Request": "true" } }).catch(() => {});
  };

  // ---- moving ----
  const swap = (html, url, push) => {
    const kept = page().querySelector(".review-rail");
    page().outerHTML = html;
    if (kept && !page().querySelector(".review-rail")) rail.keep(page(), kept);
    document.title = page().dataset.title;
    if (push && url !== location.href) history.pushState({}, "", url);
    arrive();
    page().querySelector(".review-text").focus({ preventScroll: true });
    window.scrollTo(0, 0);
    live.textContent = page().dataset.title;
  };
  const arrival = async (answer, push = true) => {
    if (answer.response.headers.get("Content-Type").includes("json")) { goOnShort(await answer.response.json(), push); return; }
    const pushed = answer.response.headers.get("HX-Push-Url");
    swap(await answer.response.text(), pushed ? new URL(pushed, location.href).href : answer.response.url, push);
    refill();
  };
  const go = async (url, { push = true, onRefusal = null } = {}) => {
    if (busy) return;
    if (form() && dirty() && !(await save())) {
      if (page().querySelector(".review-problem").hidden) problem({ sentence: words.unreachable }, () => go(url, { push, onRefusal }));
      return;
    }
    setBusy(true);
    const answer = await offline.ask(url);
    setBusy(false);
    if (answer.response) await arrival(answer, push);
    else if (onRefusal && answer.told) onRefusal(answer.sentence);
    else if (!answer.later || !goHere(url)) problem(answer, () => go(url, { push, onRefusal }));
  };
  const step = async (from, button) => {
    if (busy) return;
    clearTimeout(saveTimer);
    const url = button?.hasAttribute("formaction") ? button.formAction : from.action;
    const body = bodyOf(from, button?.name ? button : undefined), of = path();
    if (from === form()) {
      body.set("seconds", ((performance.now() - shownAt) / 1000).toFixed(1));
      for (const showing of ["", ...stock.filter((item) => !item.search).map((item) => item.showing)]) body.append("have", showing);
    }
    // What is saved now must hold what still waits here, and cannot wait itself.
    const now = Boolean(button?.hasAttribute("data-now")), mayWait = from === form() && !now;
    if (now && offline.steps().length && !(await offline.send())) { problem({ sentence: words.unreachable }, () => step(from, button)); return; }
    if (mayWait && offline.steps().length && goOn(entryOf("step", url, body))) return;
    setBusy(true);
    status(words.storing);
    const answer = await offline.ask(url, { method: "POST", body });
    setBusy(false);
    if (answer.response) {
      store.drop();
      dropDrafts(of);
      await arrival(answer);
    } else if (!answer.later || !mayWait || !goOn(entryOf("step", url, body))) refusedStep(answer, button, () => step(from, button));
  };
  // A star changes nothing else of the page: what is typed stays.
  const star = async (from, button) => {
    if (busy) return;
    const of = path(), answer = await offline.ask(from.action, { method: "POST", body: new URLSearchParams([...new FormData(from, button)]) });
    if (path() !== of) return;
    if (!answer.response) { problem(answer, () => star(from, button)); return; }
    const told = await answer.response.json();
    button.value = told.starred ? "0" : "1";
    button.setAttribute("aria-pressed", told.starred);
    rail.star(page());
  };

  // ---- what a decision changes, where the rest of the page stays ----
  const goOnShort = (told, push) => {
    const html = told.html ?? stock.find((item) => item.path === told.path)?.html;
    swap(html, new URL(told.path, location.href).href, push);
    page().removeAttribute("data-local");
    rail.change(page(), told.places);
    const stored = document.getElementById("review-stored").content.firstElementChild.cloneNode(true);
    stored.querySelector("[name=label]").value = told.label;
    toast(stored, told.told);
    refill();
  };

  // ---- without the server ----
  const rankOf = (place) => Number(place.split("/").at(-2));
  const refill = async () => {
    const asked = page().dataset.ahead;
    if (!asked || offline.steps().length) return;
    const ahead = new URL(asked, location.href);
    // Items of another filter are no use; of the others only what is not here yet is asked for.
    stock = stock.filter((item) => item.search === ahead.search && rankOf(item.path) > rankOf(path()));
    if (stock.length > STOCK_LOW) return;
    const search = ahead.search;
    if (stock.length) ahead.searchParams.set("after", rankOf(stock.at(-1).path));
    const answer = await offline.ask(ahead.href);
    if (!answer.response) return;
    const here = new Set(stock.map((item) => item.path)), told = await answer.response.json();
    for (const item of told.items) if (!here.has(item.path)) stock.push({ ...item, search });
    if (page().dataset.ahead === asked) rail.renew(page(), told.rail);
  };
  const goOn = (entry) => {
    // The decision waits in this browser; on to an item that is here and undecided, or to the page that says to wait.
    if (!offline.add(entry)) return false;
    store.drop();
    const decided = new Set(offline.steps().map((waiting) => waiting.path));
    const open = stock.filter((item) => !decided.has(item.path));
    const next = open.find((item) => rankOf(item.path) > rankOf(entry.path)) ?? open[0];
    const html = next?.html ?? document.getElementById("review-waiting").innerHTML, resume = page().dataset.next;
    swap(html, new URL(next?.path ?? location.href, location.href).href, Boolean(next));
    page().dataset.next ??= resume;
    toast(document.getElementById("review-kept").content.firstElementChild.cloneNode(true), entry.title);
    return true;
  };
  const goHere = (url) => {
    const wanted = new URL(url, location.href).pathname;
    const html = pages.get(wanted) ?? stock.find((item) => item.path === wanted)?.html;
    if (!html) return false;
    swap(html, new URL(url, location.href).href, true);
    return true;
  };
  const toast = (element, title) => {
    element.querySelector("[data-item]").textContent = title;
    document.getElementById("review-undo")?.remove();
    page().append(element);
    hideToastLater();
  };
  const hideToastLater = () => {
    const shown = page().querySelector(".review-toast");
    clearTimeout(toastTimer);
    if (shown) toastTimer = setTimeout(() => shown.classList.replace("review-toast", "visually-hidden"), TOAST_FOR);
  };
  const undo = () => {
    const last = offline.takeBack();
    if (last) {
      if (goHere(last.path)) { fill(last.fields); saveSoon(); } else offline.add(last);
      return;
    }
    const asked = document.getElementById("review-undo");
    if (asked && !asked.hasAttribute("data-kept")) step(asked);
  };
  document.addEventListener("review:sent", (event) => {
    if (event.detail.path === path() && event.detail.kind === "step") page().setAttribute("data-decided", "");
  });
  document.addEventListener("review:all-sent", () => {
    // What stands here was decided meanwhile, or came without its rail and hold: ask again, unless somebody types.
    if (document.activeElement?.closest("#review-form input, #review textarea")) return;
    if (!form() || page().hasAttribute("data-decided")) go(page().dataset.next);
    else if (page().hasAttribute("data-local")) go(location.href, { push: false });
  });

  // ---- after every arrival of an item ----
  const arrive = () => {
    stale = false;
    sequence = 0;
    shownAt = performance.now();
    for (const time of page().querySelectorAll("time")) time.textContent = clock(time.dateTime);
    hideToastLater();
    page().querySelector(".review-places [aria-current]")?.scrollIntoView({ block: "center" });
    if (!form()) return;
    pages.set(path(), page().outerHTML);
    if (pages.size > REMEMBERED) pages.delete(pages.keys().next().value);
    clean = typedText();
    restore();
    texts?.arrive(page());
    document.dispatchEvent(new CustomEvent("review:arrived"));
  };
  const restore = () => {
    const tab = store.take(), waiting = offline.of(path());
    const draft = waiting.find((entry) => entry.kind === "draft" && !entry.problem);
    const refused = waiting.find((entry) => entry.problem);
    const kept = tab ?? (draft && { fields: draft.fields, page: draft.page, sequence: Number(draft.fields.find(([name]) => name === "sequence")[1]) });
    if (!kept && !refused) return;
    fill((kept ?? refused).fields);
    if (kept) { form().page_key.value = kept.page; sequence = kept.sequence; }
    dropDrafts(path());
    if (!dirty()) return;
    status(words.restored);
    saveSoon();
  };

  // ---- events: on the document, so that they outlive a swap ----
  document.addEventListener("input", (event) => {
    if (!form() || event.target.form !== form() || OF_THE_PAGE.has(event.target.name)) return;
    store.put();
    saveSoon();
  });
  document.addEventListener("submit", (event) => {
    const from = event.target;
    if (from.method === "dialog" || !page().contains(from)) return;
    event.preventDefault();
    const button = event.submitter;
    if (from.hasAttribute("data-kept")) undo();
    else if (from.hasAttribute("data-star")) star(from, button);
    else if (from.method === "get") {
      const says = from.querySelector("[role=alert]");
      if (says) says.textContent = "";
      go(`${from.action}?${new URLSearchParams(new FormData(from))}`, says ? { onRefusal: (sentence) => { says.textContent = sentence; } } : {});
    } else if (button?.dataset.go) go(button.dataset.go);
    else step(from, button);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-go]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); go(link.href); }
  });
  document.addEventListener("review:undo", undo);
  document.addEventListener("review:draft", save);
  window.addEventListener("popstate", () => go(location.href, { push: false }));
  window.addEventListener("pagehide", saveLeaving);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
  arrive();
  refill();
})();

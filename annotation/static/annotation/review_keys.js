// The keys of the review page, and which criterion they answer.
//
// Contract with review.js (both on the page; neither calls the other):
// - A decision is a submit of #review-form by one of its buttons, a move a click on its button with data-go: review.js
//   listens to `submit`. While #review has aria-busy="true" no key decides or moves.
// - `review:undo`   asks to take back the last decision.
// - `review:draft`  asks to keep what is typed now.
// - `review:arrived` comes from review.js when another item is on the screen.
// - A radio or a checkbox that a key sets fires `input` and `change` as a click does.
// Every button, radio and checkbox carries its key as data-key. Keys do nothing while somebody types or a dialog is open.
(() => {
  "use strict";
  const page = () => document.getElementById("review");
  const form = () => document.getElementById("review-form");
  const help = document.getElementById("review-help");
  const isBusy = () => page().getAttribute("aria-busy") === "true";
  const tell = (name) => document.dispatchEvent(new CustomEvent(name));
  const textField = (element) => element.closest("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=submit], [type=button])");

  // ---- criteria: the one that keys answer is marked ----
  const criteria = () => [...(form()?.querySelectorAll(".review-criterion") ?? [])];
  const isAnswered = (criterion) => criterion.querySelector("input:checked") !== null || Boolean(criterion.querySelector("input[type=number]")?.value);
  const current = () => criteria().find((criterion) => criterion.classList.contains("current"));
  const mark = (criterion) => { for (const each of criteria()) each.classList.toggle("current", each === criterion); };
  const focusOn = (criterion) => {
    mark(criterion);
    (criterion.querySelector("input:checked") ?? criterion.querySelector("input"))?.focus({ preventScroll: true });
    criterion.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const all = criteria(), next = all[all.indexOf(current()) + by];
    if (next) focusOn(next);
  };
  const answer = (field) => {
    if (field.type === "checkbox" || !field.checked) field.click();
    else afterAnswer(field);
  };
  const afterAnswer = (field) => {
    // A typed number is not finished at its first digit, and an unticked box is no answer.
    if (!field.checked) return;
    const here = field.closest(".review-criterion"), all = criteria();
    mark(here);
    const open = [...all.slice(all.indexOf(here) + 1), ...all].find((each) => !isAnswered(each));
    if (open) { if (open !== here) focusOn(open); return; }
    if (goOn()?.checked) submit();
  };

  // ---- submitting by itself after the last answer: a switch that this browser remembers ----
  const goOn = () => form()?.querySelector("[data-go-on]");
  const memory = () => "review-go-on-" + goOn().dataset.goOn;
  const remembered = () => { try { return localStorage.getItem(memory()); } catch { return null; } };
  const showGoOn = () => {
    if (!goOn()) return;
    goOn().checked = (remembered() ?? String(goOn().dataset.goOn === "one")) === "true";
    goOn().closest("label").hidden = false;
  };
  const submit = () => {
    const button = form()?.querySelector("[data-submit], .verdict[aria-current]");
    if (!button) { askVerdict(); return; }
    if (!button.disabled && !isBusy()) form().requestSubmit(button);
  };
  // Nothing is decided yet: say which keys do it, and leave the field so that they are no letters.
  const askVerdict = () => {
    const verdicts = [...(form()?.querySelectorAll(".verdict:enabled") ?? [])];
    if (!verdicts.length) return;
    page().querySelector(".review-text").focus({ preventScroll: true });
    verdicts[0].parentElement.classList.add("asked");
    page().querySelector(".review-status").textContent = verdicts.map((verdict) => verdict.textContent.trim()).join(" · ");
  };

  // ---- help: only the keys of what is asked here ----
  const showHelp = () => {
    const kind = form()?.dataset.kind;
    for (const row of help.querySelectorAll("[data-kinds]")) {
      const fits = Boolean(kind) && row.dataset.kinds.split(" ").includes(kind);
      row.hidden = !fits || Boolean(row.dataset.when && !form().querySelector(row.dataset.when));
    }
    help.showModal();
  };

  // ---- keys ----
  // With a Japanese or Chinese input method switched on, a letter arrives as "Process".
  const nameOf = (event) => {
    if (event.key === "Process") return event.code.replace(/^(Key|Digit|Numpad)/, "").toLowerCase();
    return event.key.length === 1 ? event.key.toLowerCase() : event.key;
  };
  const withControl = (event, key) => {
    if (event.shiftKey || event.altKey) return;
    const does = { z: () => tell("review:undo"), s: () => tell("review:draft"), Enter: submit }[key];
    if (!does || (key === "z" && textField(event.target))) return;
    event.preventDefault();
    if (!event.repeat && !isBusy()) does();
  };
  const plain = (event, key) => {
    if (key === "?") { event.preventDefault(); showHelp(); return; }
    if ((key === "ArrowUp" || key === "ArrowDown") && criteria().length && event.target.closest("#review-form")) {
      event.preventDefault();
      step(key === "ArrowUp" ? -1 : 1);
      return;
    }
    if (event.target.matches("input[type=radio]") && key.startsWith("Arrow")) event.preventDefault();
    const named = `[data-key="${CSS.escape(key)}"]`;
    const found = current()?.querySelector(`input${named}`) ?? page().querySelector(`button${named}`);
    if (!found || found.matches(":disabled")) return;
    event.preventDefault();
    if (event.repeat || isBusy()) return;
    if (found.matches("input")) answer(found); else found.click();
  };
  document.addEventListener("keydown", (event) => {
    // Safari ends a composition before its Enter or Escape arrives, and marks that key with 229 alone.
    const composes = event.isComposing || (event.keyCode === 229 && textField(event.target));
    if (composes || event.defaultPrevented) return;
    const key = nameOf(event);
    if (document.querySelector("dialog[open]")) {
      if (key === "?" && help.open) { event.preventDefault(); help.close(); }
      return;
    }
    if (event.ctrlKey || event.metaKey) { withControl(event, key); return; }
    if (event.altKey) return;
    if (!textField(event.target)) { plain(event, key); return; }
    if (key === "Enter" && event.target.matches("#review-form input")) {
      // A form is sent by Enter with its first button; here that would be a verdict that nobody chose.
      event.preventDefault();
      if (event.target.closest(".review-criterion") && !event.repeat) { if (criteria().every(isAnswered)) submit(); else step(1); }
    }
    if (key === "Escape") { event.target.blur(); page().querySelector(".review-text").focus({ preventScroll: true }); }
  });

  // ---- a number and the buttons beside it are one answer: the last one given counts ----
  document.addEventListener("input", (event) => {
    const criterion = event.target.closest(".review-criterion"), number = criterion?.querySelector("input[type=number]");
    if (!number || (event.target !== number && !event.target.checked)) return;
    for (const box of criterion.querySelectorAll("input[type=checkbox]")) if (box !== event.target) box.checked = false;
    if (event.target !== number) number.value = "";
  });

  // ---- mouse, and the page's own events ----
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-go-on]")) { try { localStorage.setItem(memory(), String(event.target.checked)); } catch { /* then it is for this page only */ } }
    else if (event.isTrusted && event.target.matches(".review-criterion input:not([type=number])")) afterAnswer(event.target);
  });
  document.addEventListener("focusin", (event) => {
    const criterion = event.target.closest(".review-criterion");
    if (criterion) mark(criterion);
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-help]")) showHelp(); });
  const arrive = () => {
    showGoOn();
    const all = criteria();
    if (all.length) mark(all.find((criterion) => !isAnswered(criterion)) ?? all[0]);
  };
  document.addEventListener("review:arrived", arrive);
  arrive();
})();

// Keys of the adjudication page, and taking over somebody's correction.
(() => {
  const form = document.getElementById("adjudication-form");
  const undo = document.getElementById("adjudication-undo");
  const isTyping = (target) => target.closest("textarea, select, input:not([type=radio]), [contenteditable]");
  let sent = false;

  const press = (button) => { if (!sent) { button.click(); } };
  const groups = form ? [...form.querySelectorAll("fieldset[data-keys]")] : [];
  const unanswered = () => groups.find((group) => !group.querySelector("input:checked")) || groups.at(-1);
  const mark = () => { const here = unanswered(); groups.forEach((group) => group.classList.toggle("active", group === here)); };

  const choose = (key) => {
    const button = document.querySelector(`main button[data-key="${CSS.escape(key)}"]`);
    if (button) { press(button); return true; }
    const group = document.activeElement?.closest("fieldset[data-keys]") || unanswered();
    const radio = group?.querySelector(`input[data-key="${CSS.escape(key)}"]`);
    if (!radio) { return false; }
    radio.checked = true;
    document.activeElement?.blur();
    mark();
    return true;
  };

  const toggle = (selector) => {
    const part = document.querySelector(selector);
    if (part) { part.open = !part.open; }
    return Boolean(part);
  };

  const submit = () => {
    const chosen = form.querySelector("button[data-key][aria-current]");
    if (chosen) { press(chosen); return; }
    if (form.querySelector("button[data-key]")) {
      form.querySelector("[data-status]").textContent = [...form.querySelectorAll("button[data-key]")].map((button) => button.textContent.trim()).join(" · ");
      document.activeElement?.blur();
      return;
    }
    form.requestSubmit();
  };

  // While an input method composes Japanese or Chinese, its keys are its own; Safari marks the last of them with 229 alone.
  const composes = (event) => event.isComposing || (event.keyCode === 229 && isTyping(event.target));
  // With an input method switched on, a letter outside a field arrives as "Process".
  const nameOf = (event) => (event.key === "Process" ? event.code.replace(/^(Key|Digit|Numpad)/, "").toLowerCase() : event.key);
  document.addEventListener("keydown", (event) => {
    if (composes(event)) { return; }
    const key = nameOf(event);
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && form) { event.preventDefault(); submit(); return; }
    if (event.key === "Escape" && isTyping(event.target)) { event.target.blur(); return; }
    if (isTyping(event.target) || event.altKey || event.repeat) { return; }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && undo) { event.preventDefault(); undo.requestSubmit(); return; }
    if (event.ctrlKey || event.metaKey) { return; }
    if (event.key.startsWith("Arrow")) {
      if (event.target.matches("input[type=radio]")) { return; }
      const link = document.querySelector(`main a[data-key="${event.key}"]`);
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    const done = choose(key) || (key === "j" && toggle(".lead-judge")) || (["c", "f"].includes(key) && toggle(".lead-correct"));
    if (done) { event.preventDefault(); }
  });

  form?.addEventListener("submit", (event) => {
    if (sent) { event.preventDefault(); }
    sent = true;
  });
  window.addEventListener("pageshow", () => { sent = false; });
  form?.addEventListener("change", mark);
  mark();

  document.querySelectorAll("button[data-use]").forEach((button) => button.addEventListener("click", () => {
    const field = form.elements[button.dataset.use];
    field.value = button.dataset.text;
    field.closest("details").open = true;
    field.focus();
  }));
  form?.querySelector("[data-restore]")?.addEventListener("click", (event) => {
    event.target.closest("details").querySelectorAll("textarea").forEach((field) => { field.value = field.dataset.original; });
  });
})();

// Choosing rows of a table: all of the page, all of the filter, what an action needs to know, and taking it back.
(() => {
  const undo = document.getElementById("bulk-undo");
  const isTyping = (target) => target.closest("textarea, select, input:not([type=checkbox], [type=submit]), [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (!undo || isTyping(event.target) || event.repeat || event.shiftKey || event.altKey) { return; }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") { event.preventDefault(); undo.requestSubmit(); }
  });
  const form = document.getElementById("bulk");
  if (!form) { return; }
  const rows = () => [...form.querySelectorAll("tbody input[type=checkbox]")];
  const all = form.querySelector("[data-all]");
  const everything = form.elements.everything;
  const count = form.querySelector("[data-count]");
  const action = form.elements.action;
  const show = () => {
    const chosen = rows().filter((box) => box.checked).length;
    all.checked = chosen > 0 && chosen === rows().length;
    all.indeterminate = chosen > 0 && chosen < rows().length;
    count.textContent = everything.checked || !chosen ? "" : String(chosen);
    form.querySelectorAll("[data-for]").forEach((part) => { part.hidden = part.dataset.for !== action?.value; });
  };
  all.addEventListener("change", () => { rows().forEach((box) => { box.checked = all.checked; }); show(); });
  form.addEventListener("change", show);
  show();
})();

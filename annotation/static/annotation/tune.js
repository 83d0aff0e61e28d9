// The page of tuning: says that the rubric has unsaved changes, and asks before they are left.
"use strict";

(() => {
  const form = document.getElementById("rubric");
  const note = document.getElementById("unsaved");
  if (!form || !note) return;
  const fields = [...form.querySelectorAll("textarea")];
  const isChanged = (field) => field.value !== field.defaultValue;
  let isLeaving = false;

  const show = () => {
    for (const field of fields) field.classList.toggle("changed", isChanged(field));
    note.textContent = fields.some(isChanged) ? note.dataset.unsaved : "";
  };

  form.addEventListener("input", show);
  form.addEventListener("submit", () => { isLeaving = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!isLeaving && fields.some(isChanged)) event.preventDefault();
  });
  show();
})();

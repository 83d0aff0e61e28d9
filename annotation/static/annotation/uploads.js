// Choosing files by mouse or keyboard, how much of them was sent, and which choices belong to which kind of file.
(() => {
  // ---- the page that sends files; htmx may put a fresh form in its place ----
  const form = () => document.getElementById("upload");
  const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
  const say = (text) => { const place = document.getElementById("upload-problem"); place.textContent = text; place.hidden = !text; };
  const stem = (name) => name.replace(/\.[^.]*$/, "").slice(0, 150);
  let suggested = "";
  const why = (files) => {
    const { mostBytes, mostFiles, tooLarge, tooMany } = form().dataset;
    if (files.length > Number(mostFiles)) return tooMany;
    return files.reduce((sum, file) => sum + file.size, 0) > Number(mostBytes) ? tooLarge : "";
  };
  const chosen = () => {
    const files = [...form().files.files], list = form().querySelector("[data-files]"), name = form().elements.name;
    list.replaceChildren(...files.slice(0, 20).map((file) => Object.assign(document.createElement("li"), { textContent: `${file.name} (${size(file.size)})` })));
    say(why(files));
    form().querySelector("button").disabled = Boolean(why(files));
    if (files.length && (!name.value || name.value === suggested)) { suggested = stem(files[0].name); name.value = suggested; }
  };
  if (form()) {
    const drop = (event) => (event.target instanceof Element ? event.target.closest("[data-drop]") : null);
    const ready = () => { form().querySelector("[data-drop-hint]").hidden = false; };
    document.addEventListener("change", (event) => { if (event.target.id === "files") chosen(); });
    for (const name of ["dragenter", "dragover"]) {
      document.addEventListener(name, (event) => {
        if (!drop(event)) return;
        event.preventDefault();
        drop(event).classList.add("over");
      });
    }
    document.addEventListener("dragleave", (event) => drop(event)?.classList.remove("over"));
    document.addEventListener("drop", (event) => {
      if (!drop(event)) return;
      event.preventDefault();
      drop(event).classList.remove("over");
      if (!event.dataTransfer.files.length) return;
      form().files.files = event.dataTransfer.files;
      chosen();
    });
    document.addEventListener("htmx:xhr:progress", (event) => {
      const bar = form()?.querySelector("[data-sent]");
      if (!bar || !event.detail.lengthComputable) return;
      bar.hidden = false;
      bar.value = (100 * event.detail.loaded) / event.detail.total;
    });
    for (const name of ["htmx:sendError", "htmx:responseError"]) document.addEventListener(name, () => { say(form().dataset.lost); form().querySelector("[data-sent]").hidden = true; });
    document.addEventListener("htmx:afterSettle", ready);
    ready();
  }

  // ---- the page of an upload: choices of the other kind are out of the way ----
  const choices = document.querySelector("[data-upload-choices]");
  if (choices) {
    const show = () => { for (const part of choices.querySelectorAll("[data-for-kind]")) part.hidden = part.dataset.forKind !== choices.elements.kind.value; };
    choices.elements.kind.addEventListener("change", show);
    show();
  }
})();

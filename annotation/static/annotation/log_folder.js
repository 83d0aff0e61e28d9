// An upload loses when a file was written; by that the newest work of a folder is found.
(() => {
  "use strict";
  const files = document.getElementById("id_logs"), modified = document.getElementById("id_modified");
  files?.addEventListener("change", () => {
    modified.value = JSON.stringify(Object.fromEntries([...files.files].map((file) => [file.name, file.lastModified])));
  });
})();

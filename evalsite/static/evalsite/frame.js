// Theme: as the system, light, or dark; set before the first paint, kept in this browser.
(() => {
  const root = document.documentElement;
  const order = ["", "light", "dark"];
  const show = (theme) => { root.dataset.theme = theme; };
  show(localStorage.getItem("theme") || "");
  document.addEventListener("DOMContentLoaded", () => {
    document.getElementById("theme")?.addEventListener("click", () => {
      const next = order[(order.indexOf(root.dataset.theme) + 1) % order.length];
      localStorage.setItem("theme", next);
      show(next);
    });
  });
})();

// Theme: as the system, light, or dark; set before the first paint, kept in this browser. Choices that act at once.
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
    // On a small screen the menu scrolls: the page that one is on stands in it.
    document.querySelector(".site-nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
    for (const choice of document.querySelectorAll("[data-at-once]")) choice.addEventListener("change", () => choice.form.requestSubmit());
  });
})();

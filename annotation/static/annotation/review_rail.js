// The queue beside the item: it stays while items come and go, and is told what changes.
(() => {
  "use strict";
  const BEFORE = 25;
  const TOTALS = { pending: "open", draft: "open", skipped: "skipped" };
  const places = (rail) => [...rail.querySelectorAll(".review-places a")];

  const point = (page, rail) => {
    const number = rail.querySelector("[name=number]"), path = page.dataset.path;
    if (number && path) number.value = Number(path.split("/").at(-2));
    for (const link of places(rail)) {
      if (link.pathname === path) link.setAttribute("aria-current", "step"); else link.removeAttribute("aria-current");
    }
  };
  // An item that came without a rail: the one on the screen stays, and points at it.
  const keep = (page, rail) => { page.prepend(rail); point(page, rail); };

  const add = (rail, name, number) => {
    for (const shown of rail.querySelectorAll(`[data-count="${name}"]`)) shown.textContent = Number(shown.textContent) + number;
    for (const box of rail.querySelectorAll(`[data-count-box="${name}"]`)) box.hidden = box.querySelector("[data-count]").textContent === "0";
  };
  const count = (rail, mark, number) => {
    add(rail, TOTALS[mark] ?? "done", number);
    if (!TOTALS[mark]) add(rail, mark, number);
  };
  const fillBar = (rail) => {
    const bar = rail.querySelector("[role=progressbar]");
    if (!bar) return;
    const of = (name) => Number(rail.querySelector(`[data-count="${name}"]`).textContent), settled = of("done") + of("skipped");
    bar.setAttribute("aria-valuenow", settled);
    bar.querySelector("rect").setAttribute("width", `${Math.floor((100 * settled) / bar.ariaValueMax)}%`);
  };
  // Rows of places: one that is there already is replaced, one that was drawn just now is the last.
  const change = (page, html) => {
    const rail = page.querySelector(".review-rail"), list = rail?.querySelector(".review-places");
    if (!list) return;
    const rows = document.createElement("template");
    rows.innerHTML = html;
    // Copied into this document first: in a template an address has no base.
    for (const row of [...document.importNode(rows.content, true).children]) {
      const now = row.firstElementChild, link = places(rail).find((old) => old.pathname === now.pathname);
      if (link) count(rail, link.className, -1);
      count(rail, now.className, 1);
      if (link) link.parentElement.replaceWith(row); else list.append(row);
    }
    while (places(rail).findIndex((link) => link.ariaCurrent) > BEFORE) list.firstElementChild.remove();
    fillBar(rail);
    point(page, rail);
    list.querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
  };
  // One's own mark on the item that is here: as its button says.
  const star = (page) => {
    const button = page.querySelector(".review-star button"), here = page.querySelector(".review-places [aria-current] .word");
    if (!button || !here) return;
    here.querySelector(".review-star-mark")?.remove();
    if (button.getAttribute("aria-pressed") !== "true") return;
    here.prepend(Object.assign(document.createElement("span"), { className: "review-star-mark", role: "img", ariaLabel: button.dataset.word, textContent: "★" }), " ");
  };
  // The whole rail as the server has it, unless somebody is at work in it.
  const renew = (page, html) => {
    const rail = page.querySelector(".review-rail");
    if (!rail || rail.contains(document.activeElement)) return;
    const open = rail.querySelector(".review-filter")?.open;
    rail.outerHTML = html;
    const fresh = page.querySelector(".review-rail");
    if (open) fresh.querySelector(".review-filter").open = true;
    // The server may have made it before a star was put on.
    star(page);
    fresh.querySelector(".review-places [aria-current]")?.scrollIntoView({ block: "center" });
  };
  window.reviewRail = { keep, change, renew, star };
})();

// Texts of an item: rendered or plain as the reader chose, panels that stay open, and what a correction changes.
(() => {
  "use strict";
  const LONGEST_COMPARED = 4000, root = document.documentElement;
  const remembered = (name) => { try { return localStorage.getItem(name) ?? ""; } catch { return ""; } };
  const remember = (name, value) => { try { localStorage.setItem(name, value); } catch { /* then it holds for this page */ } };

  // ---- rendered or plain: set before the first paint ----
  root.dataset.texts = remembered("review-texts") || "rendered";
  const showToggle = (page) => {
    const button = page.querySelector("[data-texts-toggle]"), words = document.getElementById("review-words")?.dataset;
    if (!button || !words) return;
    button.hidden = !page.querySelector(".text-rendered");
    button.textContent = root.dataset.texts === "plain" ? words.rendered : words.plain;
  };

  // ---- what a correction changes: words, or characters where a language has no spaces ----
  const parts = (text) => text.match(/[\p{Script=Latin}\p{N}]+|\s+|[^]/gu) ?? [];
  const compare = (before, after) => {
    // Equal ends are set aside; in between, the longest common subsequence.
    let start = 0, end = 0;
    while (start < before.length && start < after.length && before[start] === after[start]) start++;
    while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
    const old = before.slice(start, before.length - end), fresh = after.slice(start, after.length - end);
    const middle = old.length * fresh.length > LONGEST_COMPARED * 1000 ? [["del", old], ["ins", fresh]] : subsequence(old, fresh);
    return [["", before.slice(0, start)], ...middle, ["", before.slice(before.length - end)]];
  };
  const subsequence = (old, fresh) => {
    const width = fresh.length + 1, lengths = new Uint16Array((old.length + 1) * width);
    for (let i = old.length - 1; i >= 0; i--)
      for (let j = fresh.length - 1; j >= 0; j--)
        lengths[i * width + j] = old[i] === fresh[j] ? lengths[(i + 1) * width + j + 1] + 1 : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
    const found = [];
    let i = 0, j = 0;
    while (i < old.length || j < fresh.length) {
      if (i < old.length && j < fresh.length && old[i] === fresh[j]) { found.push(["", [old[i]]]); i++; j++; }
      else if (i < old.length && (j === fresh.length || lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])) found.push(["del", [old[i++]]]);
      else found.push(["ins", [fresh[j++]]]);
    }
    return found;
  };
  const joined = (changes) => changes.reduce((all, [kind, some]) => {
    if (!some.length) return all;
    if (all.at(-1)?.[0] === kind) all.at(-1)[1] += some.join(""); else all.push([kind, some.join("")]);
    return all;
  }, []);
  const node = ([kind, text], words) => {
    if (!kind) return document.createTextNode(text);
    const marked = document.createElement(kind);
    const said = Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: ` ${kind === "del" ? words.removed : words.added} ` });
    marked.append(said, text);
    return marked;
  };
  const showDiff = (section) => {
    const diff = section.querySelector(".review-diff"), area = section.querySelector("textarea");
    const before = area.dataset.original ??= section.querySelector(".review-original .text").textContent, after = area.value;
    const changed = before !== after;
    section.querySelector("[data-corrected]").hidden = diff.hidden = !changed;
    diff.replaceChildren(...(changed ? joined(compare(parts(before), parts(after))).map((part) => node(part, diff.dataset)) : []));
  };

  // ---- events ----
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-texts-toggle]")) return;
    root.dataset.texts = root.dataset.texts === "plain" ? "rendered" : "plain";
    remember("review-texts", root.dataset.texts);
    showToggle(document);
  });
  for (const kind of ["input", "change"]) document.addEventListener(kind, (event) => {
    const section = event.target.matches("textarea") && event.target.closest("[data-correctable]");
    if (section) showDiff(section);
  });
  document.addEventListener("click", (event) => {
    // Opening a correction leads straight into its text.
    const details = event.target.closest("summary")?.parentElement;
    if (details?.matches("[data-correctable] > details") && !details.open) setTimeout(() => details.querySelector("textarea").focus());
  });
  document.addEventListener("toggle", (event) => {
    const name = event.target.dataset?.keepOpen;
    if (name) remember(`review-open-${name}`, event.target.open ? "open" : "closed");
  }, true);
  window.reviewTexts = {
    arrive(page) {
      showToggle(page);
      for (const panel of page.querySelectorAll("[data-keep-open]")) {
        const kept = remembered(`review-open-${panel.dataset.keepOpen}`);
        if (kept) panel.open = panel.open || kept === "open";
      }
      for (const section of page.querySelectorAll("[data-correctable]")) if (section.querySelector("details").open) showDiff(section);
    },
  };
})();

// portal.js — small helpers; every page works without it. No inline handlers, no third-party code.
(() => {
  "use strict";
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

  // Explanation panels and menus are <details>: close on Escape and on a click elsewhere.
  const FLOATING = "details.jg-why[open]:not(.is-static), details.jg-menu[open], details.jg-me[open]";
  const close = (except) => all(FLOATING).forEach((d) => {
    if (d !== except && !d.contains(except)) d.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = event.target.closest(FLOATING);
    close(null);
    if (open) open.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => close(event.target));

  // Bulk choice: the box in the table head ticks all rows; the bar shows how many are chosen.
  // Runs again on what htmx swapped in; a table that was swapped is a new one.
  const wireBulk = (root) => all("table[data-bulk]", root).forEach((table) => {
    if (table.dataset.wired) return;
    table.dataset.wired = "1";
    const bar = document.getElementById(table.dataset.bulk);
    const head = table.querySelector("thead input[type=checkbox]");
    const boxes = all("tbody input[type=checkbox]", table);
    if (!bar || !head) return;
    const refresh = () => {
      const chosen = boxes.filter((box) => box.checked);
      boxes.forEach((box) => box.closest("tr").classList.toggle("is-chosen", box.checked));
      head.checked = boxes.length > 0 && chosen.length === boxes.length;
      head.indeterminate = chosen.length > 0 && !head.checked;
      bar.hidden = chosen.length === 0;
      bar.querySelector("[data-chosen]").textContent = chosen.length;
    };
    head.addEventListener("change", () => { boxes.forEach((box) => { box.checked = head.checked; }); refresh(); });
    table.addEventListener("change", refresh);
    refresh();
  });

  // A form error: bring the summary into view and let a screen reader start there.
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();

  // One press sends a form once; the server refuses a second one anyway. Back button: usable again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 4000);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  // Copy what a field holds; the button shows only where the browser lets a page do that.
  if (navigator.clipboard) all("button[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
      button.textContent = button.dataset.copied;
    });
  });

  // A select or box marked so sends its form at once; without scripts the button beside it does.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
  });

  wireBulk(document);
  document.addEventListener("htmx:load", (event) => wireBulk(event.target.parentNode || document));

  // Type size: the links work by themselves; with a script nothing typed is lost, for the page stays.
  const YEAR = 365 * 24 * 3600;
  all("a[data-size]").forEach((link) => link.addEventListener("click", (event) => {
    event.preventDefault();
    const large = link.dataset.size === "large";
    document.body.classList.toggle("is-large", large);
    all("a[data-size]").forEach((one) => {
      if (one.dataset.size === link.dataset.size) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    });
    if (!large && location.hash === "#da") location.hash = "#main";
    document.cookie = `type_size=${large ? "large" : ""}; path=/; samesite=lax; max-age=${large ? YEAR : 0}`;
  }));
})();

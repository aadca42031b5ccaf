// Filters the table of rules. Without it every rule is shown and the form stays hidden.
"use strict";
const form = document.getElementById("filter");
const rows = [...document.querySelectorAll("#rules tbody tr")];
const count = document.getElementById("count");

function filter() {
  const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
  const level = form.elements.level.value;
  const which = form.elements.which.value;
  let shown = 0;
  for (const row of rows) {
    const text = row.cells[0].textContent.toLowerCase();
    const fits = (!level || row.dataset.level === level)
      && (!which || row.dataset.which.split(" ").includes(which))
      && words.every((word) => text.includes(word));
    row.hidden = !fits;
    shown += fits;
  }
  count.textContent = `${shown} of ${rows.length} rules are shown.`;
}

if (form) {
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();
}

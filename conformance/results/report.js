// What report.html does beside being read: filter, sort, copy, follow links into what is folded,
// unpack what is folded away. Everything is found in the page. What a server sent is only ever set
// as text; what was packed is HTML that the page was written with, and cannot bring a script.
"use strict";
(() => {
  const table = document.getElementById("results-table");
  const body = table.tBodies[0];
  const form = document.querySelector(".ic-filters");
  const said = document.querySelector(".ic-said");
  const [SECTION, LEVEL, VERDICT] = [1, 2, 3];

  // The RFC of a row is the title of its section.
  const placeOf = (cell) => (cell.title ? `${cell.title} ${cell.textContent}` : "");
  const { compare } = new Intl.Collator("en", { numeric: true });

  // Read once the page is open, or somebody is quicker than that: see `begin`.
  let rows = [];

  const make = (name, text, values) => {
    const made = Object.assign(document.createElement(name), values);
    made.append(text);
    return made;
  };

  // -- what is folded away and packed -------------------------------------------------

  const packed = document.getElementById("ic-packed");
  const note = document.querySelector(".ic-unscripted");
  // Of one in a row of the table an element that tells its place, of the others the rest.
  const folds = [...document.querySelectorAll("[data-n]")];
  let texts;
  let sought = false;

  const fill = (fold) => {
    const number = fold.dataset.n;
    if (!texts || number === undefined) return;
    delete fold.dataset.n;
    const made = document.createElement("template");
    made.innerHTML = texts[number];
    copiable(made.content);
    if (fold instanceof HTMLDetailsElement) fold.append(made.content);
    else fold.replaceWith(made.content);
    if (fold.open) fold.dispatchEvent(new Event("toggle"));
  };

  // A little at a time, so that search in the page has all of it and nobody waits.
  const fillSome = (deadline) => {
    while (folds.length && deadline.timeRemaining() > 2) fill(folds.shift());
    if (folds.length) soon();
  };
  const soon = () => {
    if (window.requestIdleCallback) {
      window.requestIdleCallback(fillSome);
      return;
    }
    setTimeout(() => {
      const end = performance.now() + 20;
      fillSome({ timeRemaining: () => end - performance.now() });
    }, 20);
  };

  const unpack = async () => {
    if (!window.DecompressionStream) {
      note.hidden = false;
      return;
    }
    const octets = Uint8Array.from(atob(packed.content.textContent), (each) => each.charCodeAt(0));
    const stream = new Blob([octets]).stream().pipeThrough(new DecompressionStream("gzip"));
    texts = await new Response(stream).json();
    for (const details of folds) if (details.open) fill(details);
    if (form.words.value) filter();
    if (sought) reveal();
    soon();
  };

  // -- filters ----------------------------------------------------------------------

  const distinct = (key) => [...new Set(rows.map((each) => each[key]).filter(Boolean))];

  const offer = () => {
    for (const place of distinct("place").sort(compare)) {
      form.place.append(make("option", place, { value: place }));
    }
    for (const level of distinct("level")) {
      form.level.append(make("option", level, { value: level }));
    }
    const set = form.querySelector("fieldset");
    const counts = new Map();
    for (const { verdict } of rows) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
    for (const verdict of [...counts.keys()].sort()) {
      const label = document.createElement("label");
      const box = make("input", "", { type: "checkbox", name: "verdict", value: verdict });
      box.defaultChecked = true;
      label.append(box, `${verdict} ${counts.get(verdict)}`);
      set.append(label);
    }
  };

  const SPELT = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
  const plain = (html) => html.replace(/<[^>]*>/g, " ").replace(/&(?:lt|gt|amp);/g, (it) => SPELT[it]);

  // The words of a row are only gathered when somebody searches: most never do. Those of what is
  // packed are looked up, for to unfold thousands takes longer.
  const words = (each) => {
    if (each.words) return each.words;
    const fold = each.row.querySelector("[data-n]");
    const more = fold && texts ? plain(texts[fold.dataset.n]) : "";
    const found = `${each.row.textContent} ${more}`.toLowerCase();
    if (texts || !packed) each.words = found;
    return found;
  };

  const tell = (shown) => {
    form.querySelector("output").textContent = `${shown} of ${rows.length} shown`;
  };

  const filter = () => {
    begin();
    const wanted = form.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdicts = new Set(
      [...form.querySelectorAll("input[name=verdict]:checked")].map((box) => box.value),
    );
    let shown = 0;
    for (const each of rows) {
      const fits =
        (!form.place.value || each.place === form.place.value) &&
        (!form.level.value || each.level === form.level.value) &&
        verdicts.has(each.verdict) &&
        wanted.every((word) => words(each).includes(word));
      each.row.hidden = !fits;
      shown += fits;
    }
    tell(shown);
  };

  const reset = () => {
    form.reset();
    filter();
  };

  // -- sorting ----------------------------------------------------------------------

  const key = (row, column) => {
    const cell = row.cells[column];
    return column === SECTION ? placeOf(cell) : cell.textContent;
  };

  const sort = (head, column) => {
    begin();
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const sorted = rows
      .map(({ row }) => [key(row, column), row])
      .sort((a, b) => (up ? compare(a[0], b[0]) : compare(b[0], a[0])));
    body.append(...sorted.map(([, row]) => row));
  };

  // -- copying ----------------------------------------------------------------------

  const select = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };

  const copy = async (node) => {
    try {
      await navigator.clipboard.writeText(node.textContent);
      said.textContent = "Copied.";
    } catch {
      select(node);
      said.textContent = document.execCommand("copy") ? "Copied." : "Selected: copy it by hand.";
    }
  };

  const copiable = (within) => {
    for (const node of within.querySelectorAll(".ic-copy")) {
      const button = make("button", "Copy", { type: "button" });
      button.addEventListener("click", () => copy(node));
      node.after(" ", button);
    }
  };

  // -- links into what is folded or filtered away -------------------------------------

  const reveal = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (!target) return;
    const row = target.closest("tr");
    if (row && row.hidden) reset();
    for (let at = target; at; at = at.parentElement) {
      if (at instanceof HTMLDetailsElement) at.open = true;
    }
    if (row) {
      row.querySelectorAll("[data-n]").forEach(fill);
      sought = !!row.querySelector("[data-n]");
      for (const details of row.querySelectorAll("details")) details.open = true;
    }
    target.scrollIntoView();
  };

  // -- begin --------------------------------------------------------------------------

  const begin = () => {
    if (rows.length) return;
    rows = [...body.rows].map((row) => ({
      row,
      place: placeOf(row.cells[SECTION]),
      level: row.cells[LEVEL].textContent,
      verdict: row.cells[VERDICT].textContent,
    }));
    offer();
    tell(rows.length);
    form.hidden = false;
  };

  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = make("button", head.textContent, { type: "button" });
    head.replaceChildren(button);
    button.addEventListener("click", () => sort(head, column));
  });
  copiable(document);
  note.hidden = true;
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".ic-sections a");
    if (!link) return;
    begin();
    form.reset();
    form.place.value = link.dataset.place;
    filter();
  });
  document.addEventListener("toggle", (event) => fill(event.target), true);
  addEventListener("hashchange", reveal);
  reveal();
  addEventListener("load", () => {
    // A browser that goes back to the page has the words that were there.
    setTimeout(form.words.value ? filter : begin);
    if (packed) unpack();
  });
})();

// Steps through transcripts: which line is looked at, and what each session knows at that line. Text
// is only ever set as text.
"use strict";
(() => {
  const make = (name, text, values) => {
    const made = Object.assign(document.createElement(name), values);
    made.append(text);
    return made;
  };

  // The line that is looked at, and what each session knows of its mailbox at that line.
  const stepper = (list) => {
    const lines = [...list.children];
    if (list.dataset.steps || lines.length < 2) return;
    list.dataset.steps = "yes";
    const told = make("output", "", { ariaLive: "polite" });
    let at = lines.length;
    const show = () => {
      const known = new Map();
      lines.forEach((line, number) => {
        line.classList.toggle("ic-now", number === at);
        line.classList.toggle("ic-later", number > at);
        const state = line.querySelector(".ic-state");
        if (state && number <= at) known.set(line.className.match(/ic-s\d/)?.[0], state);
      });
      const where = at < lines.length ? `Line ${at + 1} of ${lines.length}. ` : "";
      told.replaceChildren(where);
      for (const state of known.values()) {
        const drawn = document.createElement("span");
        drawn.append(...[...state.childNodes].map((node) => node.cloneNode(true)));
        told.append(drawn);
      }
      if (lines[at]) lines[at].scrollIntoView({ block: "nearest" });
    };
    const step = (by) => {
      const next = at === lines.length && by > 0 ? 0 : at + by;
      at = Math.max(0, Math.min(next, lines.length));
      show();
    };
    const button = (text, by) => {
      const made = make("button", text, { type: "button" });
      made.addEventListener("click", () => step(by));
      return made;
    };
    const all = make("button", "All lines", { type: "button" });
    all.addEventListener("click", () => {
      at = lines.length;
      show();
    });
    list.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      step(by);
    });
    const bar = make("div", "", { className: "ic-step" });
    bar.append(button("Back", -1), button("Step", 1), all, told);
    const heads = list.previousElementSibling;
    (heads && heads.classList.contains("ic-heads") ? heads : list).before(bar);
  };

  // Made when a transcript is unfolded: most never are.
  document.addEventListener("toggle", (event) => {
    for (const list of event.target.querySelectorAll(":scope .ic-wire")) {
      if (event.target.open) stepper(list);
    }
  }, true);

  for (const list of document.querySelectorAll(".ic-play .ic-wire")) stepper(list);
})();

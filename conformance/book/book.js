"use strict";
for (const button of document.querySelectorAll("button.copy")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const code = button.previousElementSibling;
    let done = true;
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      const range = document.createRange();
      range.selectNodeContents(code);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      done = document.execCommand("copy");
    }
    button.textContent = done ? "Copied" : "Press Ctrl-C";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}
const found = document.getElementById("found");
if (found) {
  const field = document.querySelector("input[name=q]");
  const entries = Array.from(found.children, (item) => [item, item.textContent.toLowerCase()]);
  const says = document.getElementById("says");
  const filter = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [item, text] of entries) {
      const hit = words.every((word) => text.includes(word));
      item.hidden = !hit;
      shown += hit;
    }
    says.textContent = `${shown} of ${entries.length} entries`;
  };
  field.value = new URLSearchParams(location.search).get("q") || "";
  field.addEventListener("input", filter);
  filter();
  field.focus();
}

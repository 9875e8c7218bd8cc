/** An opened menu closes by Escape and by a press elsewhere. */

/** @param {HTMLElement} element */
export function start(element) {
  if (!(element instanceof HTMLDetailsElement)) {
    return;
  }
  document.addEventListener("click", (event) => {
    if (event.target instanceof Node && !element.contains(event.target)) {
      element.open = false;
    }
  });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && element.open) {
      element.open = false;
      element.querySelector("summary")?.focus();
    }
  });
}

/** Shows what a scanner types: each sign, the key it came by, and how fast. */

import { part } from "./verdict.js";

const SEPARATOR = "|";

/** @param {HTMLElement} root */
export function start(root) {
  const field = root.querySelector("#code");
  if (!(field instanceof HTMLInputElement)) {
    return;
  }
  let last = 0;
  field.focus();
  field.addEventListener("keydown", (event) => {
    if (["Shift", "Control", "Alt", "CapsLock"].includes(event.key)) {
      return;
    }
    if ((event.ctrlKey && event.code === "BracketRight") || event.code === "F8") {
      event.preventDefault();
      field.setRangeText(SEPARATOR, field.selectionStart ?? 0, field.selectionEnd ?? 0, "end");
    }
    const waited = last === 0 ? 0 : Math.round(event.timeStamp - last);
    last = event.timeStamp;
    part(root, "keys").hidden = false;
    part(root, "pressed").textContent += `${event.key} ${event.code} ${waited}  `;
  });
}

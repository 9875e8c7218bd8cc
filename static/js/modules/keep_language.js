/** The language switch: keep what was typed in every form of the page, then change the language. */

import { keep } from "./keep_form.js";

/** @param {HTMLElement} element */
export function start(element) {
  element.addEventListener("submit", () => {
    /** @type {NodeListOf<HTMLFormElement>} */
    const forms = document.querySelectorAll('form[data-module~="keep_form"]');
    for (const form of forms) {
      keep(form);
    }
  });
}

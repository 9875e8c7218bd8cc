/** The button that lets the server make a receipt of what was just given. */

import { part } from "./verdict.js";

/**
 * @param {HTMLElement} root
 * @param {string | null} id of the hand-over
 * @param {import("./types.js").Desk["kind"]} desk
 * @returns {boolean} whether a receipt can be made: by the server, so not of what it does not know yet
 */
export function offerReceipt(root, id, desk) {
  const address = root.dataset["receipt"] ?? "";
  const form = /** @type {HTMLFormElement} */ (part(root, "receipt"));
  form.action = address.replace("HAND-OVER", id ?? "");
  const key = form.elements.namedItem("form_key");
  if (key instanceof HTMLInputElement) {
    key.value = crypto.randomUUID();
  }
  return id !== null && address !== "" && desk === "online";
}

/** Gives the page the desk that it works at; the page knows no more about where answers come from. */

import { makeOnlineDesk } from "./online_desk.js";

/**
 * @param {HTMLElement} root
 * @returns {Promise<import("./types.js").Desk>}
 */
export async function openDesk(root) {
  return makeOnlineDesk(root);
}

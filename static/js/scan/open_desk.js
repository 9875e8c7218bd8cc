/** Gives the page the desk that it works at; the page knows no more about where answers come from. */

import { openLeasedDesk } from "../offline/leased_desk.js";
import { logged } from "../offline/scan_log.js";
import { makeOnlineDesk } from "./online_desk.js";

/**
 * With an open lease the phone judges by itself, with or without a network; else the server does.
 * @param {HTMLElement} root
 * @returns {Promise<import("./types.js").Desk>}
 */
export async function openDesk(root) {
  return (await openLeasedDesk(root)) ?? logged(makeOnlineDesk(root));
}

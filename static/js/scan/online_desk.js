/** The desk that asks the server: it judges every scan and writes every hand-over down. */

import { ask } from "./network.js";

/** @typedef {import("./types.js").Desk} Desk */

/**
 * @param {HTMLElement} root carries the addresses, the point and the form's token
 * @returns {Desk}
 */
export function makeOnlineDesk(root) {
  const point = Number(root.dataset["point"]);
  const send = (/** @type {string} */ what, /** @type {Record<string, unknown>} */ body) =>
    ask(root.dataset[what] ?? "", root.dataset["token"] ?? "", body);
  return {
    kind: "online",
    check: (text, way) => send("check", { text, way, point }),
    handOver: ({ way: _, ...asked }) => send("handOver", { ...asked, point }),
    undo: (id, reason) => send("undo", { hand_over: id, reason }),
  };
}

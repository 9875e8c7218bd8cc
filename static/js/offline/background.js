/** In the worker: where the browser can, it goes on sending when no page is open, as soon as there is a network. */

import { openStore } from "./store.js";
import { sendAll } from "./sync.js";
import { releaseOf } from "./words.js";

const NAME = "toptama-events";

/** @returns {Promise<void>} */
async function sendInBackground() {
  const worker = /** @type {any} */ (globalThis);
  const db = await openStore();
  const byHand = await db.get("settings", "mode_by_hand");
  if (byHand?.on === true) {
    return;
  }
  const round = await sendAll(db, { address: worker.SHELL.batch, app: releaseOf(import.meta.url) });
  if (round.trouble !== null && round.trouble !== "elsewhere") {
    throw new Error("The browser is asked to try again later");
  }
}

addEventListener("sync", (event) => {
  const asked = /** @type {any} */ (event);
  if (asked.tag === NAME) {
    asked.waitUntil(sendInBackground());
  }
});

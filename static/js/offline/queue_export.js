/** Saves all whose bytes are only here to a file for a supervisor. The events are sealed as they lie, so that only the server can read the file. */

import { listSealed } from "./queues.js";
import { readDevice } from "./store.js";
import { bodyOf } from "./sync.js";
import { dayOf } from "./words.js";

/** @typedef {import("./store.js").Database} Database */

const FORMAT = 1;

/**
 * Write the file's content: one body of the protocol for each device that signed.
 * @param {Database} db
 * @param {string} app
 * @returns {Promise<{ name: string, text: string, events: number } | null>} null: there is nothing
 */
export async function writeQueue(db, app) {
  const queues = await listSealed(db);
  if (queues.length === 0) {
    return null;
  }
  const batches = await Promise.all(queues.map(({ device, events }) => bodyOf(db, device, app, events)));
  const code = (await readDevice(db))?.code ?? "phone";
  const now = Date.now();
  const text = JSON.stringify({ toptama_queue: FORMAT, made: now, batches });
  const events = queues.reduce((sum, queue) => sum + queue.events.length, 0);
  return { name: `toptama-${code}-${dayOf(now)}-${now % 100_000}.json`, text, events };
}

/**
 * Give the file to the person.
 * @param {Database} db
 * @param {string} app
 * @returns {Promise<string | null>} its name
 */
export async function saveQueue(db, app) {
  const file = await writeQueue(db, app);
  if (file === null) {
    return null;
  }
  const address = URL.createObjectURL(new Blob([file.text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = file.name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return file.name;
}

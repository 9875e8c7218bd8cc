/**
 * The phone's time: the server's, as this phone knows it, which never goes back. Turning the clock back opens nothing that has ended:
 * only the server, when it says what time it is, sets this time to an earlier one.
 */

import { readSetting } from "./store.js";

/** @typedef {import("./store.js").Database} Database */
/** @typedef {import("./store.js").DeviceKey} DeviceKey */
/** `at` is the latest moment that was judged since the server was heard at `heard`. @typedef {{ at: number, heard: number }} Latest */

const LATEST = "latest_moment";

/** A moment is kept when it is so much later than the one that is kept, in milliseconds. */
const STEP = 15_000;

/** From here on people are told that the clock of their phone is wrong, in milliseconds. */
const WRONG_BY = 5 * 60_000;
const MINUTE = 60_000;

/** @type {Latest & { since: number }} what runs on while this page is open, whatever is done to the clock */
const running = { at: 0, heard: 0, since: 0 };

/**
 * The time that all is judged by: the end of a lease, the age of a list, "just given", how long may be taken back.
 * @param {Database} db
 * @param {DeviceKey} device
 * @returns {Promise<number>} milliseconds
 */
export async function phoneTime(db, device) {
  const { heard, offset } = device;
  const [kept, newest] = await Promise.all([
    readSetting(db, LATEST, /** @type {Latest} */ ({ at: 0, heard: 0 })),
    newestMoment(db, device),
  ]);
  const latest = kept.heard === heard ? kept.at : 0;
  const ran = running.heard === heard ? Math.floor(running.at + performance.now() - running.since) : 0;
  const at = Math.max(Date.now() + offset, heard, latest, newest, ran);
  Object.assign(running, { at, heard, since: performance.now() });
  if (at - latest >= STEP) {
    void db.put("settings", { at, heard }, LATEST).catch(() => undefined); // nobody waits for it, nor has to be told
  }
  return at;
}

/**
 * @param {DeviceKey} device
 * @returns {number} by how many minutes its clock is wrong; 0 while nobody has to be told
 */
export function minutesWrong(device) {
  return Math.abs(device.offset) > WRONG_BY ? Math.round(Math.abs(device.offset) / MINUTE) : 0;
}

/**
 * What was written before the server was heard last says nothing: the clock may have been another one then.
 * @param {Database} db
 * @param {DeviceKey} device
 * @returns {Promise<number>} when the newest event happened
 */
async function newestMoment(db, device) {
  /** @type {import("./store.js").StoredEvent | undefined} */
  const newest = (await db.transaction("events").store.openCursor(null, "prev"))?.value;
  return newest?.heard === device.heard ? newest.claimed + device.offset : 0;
}

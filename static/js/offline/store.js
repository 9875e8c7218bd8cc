/**
 * What this phone keeps: its key, its lease, the sealed rows, its events, the log of scans, settings. Nothing here names
 * a person, and nothing that happened is ever dropped before the server has acknowledged that very event.
 */

import { openDB } from "../../vendor/idb/index.js";

/** @typedef {"hand_over" | "undo" | "day_seal"} EventKind */
/** @typedef {"unsent" | "attention" | "sent"} EventState */
/**
 * A signed event as it lies here. `hash` is the SHA-256 of the signed event in hex (the chain), `prev` the one before; `sealed`
 * the bytes that only the server opens, null once it acknowledged them; `heard` the last time of the server when it was written. `kits` counts packs by the code of their kit,
 * `lots` by lot. Times are milliseconds since 1970.
 * @typedef {{
 *   seq: number, id: string, kind: EventKind, claimed: number, h: string, tail: string, hash: string, prev: string,
 *   sealed: Uint8Array | null, state: EventState, result: string, reason: string, words: string, sentence: string,
 *   step: string, sets: number[], kits: Record<string, number>, lots: Record<string, number>, undoes: string | null,
 *   day: string, answered_at: number | null, lease: string, heard?: number,
 * }} StoredEvent
 */
/**
 * @typedef {{
 *   id: string, code: string, privateKey: CryptoKey, publicKey: Uint8Array, expires: number, root: Uint8Array,
 *   offset: number, heard: number, revoked: boolean,
 * }} DeviceKey
 * `offset` is the server's time minus ours in milliseconds, `heard` the server's time when it was last heard.
 */
/** @typedef {{ at: number, way: string, h: string, answer: string }} LogLine */
/** @typedef {{ result: string, reason: string, words: string, sentence: string, step: string }} EventAnswer */
/** @typedef {import("../../vendor/idb/index.js").IDBPDatabase<any>} Database */

const NAME = "toptama";
const VERSION = 1;
const CHANNEL = "toptama-store";

/** The one tab that writes holds this lock. */
export const DESK_LOCK = "toptama-desk";

/** How long a sent event leaves a line here, in milliseconds. */
export const KEEP_SENT = 90 * 86_400_000;

/** Why something could not be kept: `refused` (the browser keeps nothing here), `full`, `newer` (another tab runs a newer page). */
export class StoreFault extends Error {
  /**
   * @param {"refused" | "full" | "newer"} code
   * @param {unknown} [cause]
   */
  constructor(code, cause) {
    super(`The store is ${code}`, { cause });
    this.code = code;
  }
}

/** @type {Promise<Database> | null} */
let opened = null;

/**
 * Open what this phone keeps; once per page.
 * @returns {Promise<Database>}
 * @throws {StoreFault} the browser keeps nothing (a private window, storage switched off)
 */
export function openStore() {
  opened ??= open().catch((error) => {
    opened = null;
    throw faultOf(error);
  });
  return opened;
}

/** @returns {Promise<Database>} */
async function open() {
  if (!("indexedDB" in globalThis)) {
    throw new StoreFault("refused");
  }
  const db = await openDB(NAME, VERSION, {
    upgrade(fresh) {
      fresh.createObjectStore("keys");
      fresh.createObjectStore("lease");
      fresh.createObjectStore("rows");
      const events = fresh.createObjectStore("events", { keyPath: "seq" });
      events.createIndex("id", "id", { unique: true });
      events.createIndex("state", "state");
      events.createIndex("h", "h");
      fresh.createObjectStore("log", { autoIncrement: true });
      fresh.createObjectStore("settings");
    },
    blocking: () => {
      db.close();
      opened = null;
    },
    terminated: () => {
      opened = null;
    },
  });
  return db;
}

/**
 * @param {unknown} error what a transaction ended with
 * @returns {StoreFault}
 */
export function faultOf(error) {
  if (error instanceof StoreFault) {
    return error;
  }
  const name = error instanceof DOMException ? error.name : "";
  if (name === "QuotaExceededError") {
    return new StoreFault("full", error);
  }
  return new StoreFault(name === "VersionError" ? "newer" : "refused", error);
}

/**
 * Write in one transaction that is on the disk when this resolves.
 * @template Result
 * @param {Database} db
 * @param {string[]} stores
 * @param {(store: (name: string) => any) => Promise<Result>} act only awaits requests of this transaction
 * @returns {Promise<Result>}
 * @throws {StoreFault} nothing of it was kept
 */
export async function write(db, stores, act) {
  try {
    const change = db.transaction(stores, "readwrite", { durability: "strict" });
    const result = await act((name) => change.objectStore(name)).catch((error) => {
      change.done.catch(() => undefined);
      if (change.error === null) {
        try {
          change.abort();
        } catch {
          // It has ended by itself already.
        }
      }
      throw error;
    });
    await change.done;
    tellChange(stores);
    return result;
  } catch (error) {
    if (error instanceof StoreFault || error instanceof DOMException) {
      throw faultOf(error);
    }
    throw error;
  }
}

/** @param {string[]} stores */
function tellChange(stores) {
  const detail = { stores };
  globalThis.dispatchEvent(new CustomEvent(CHANNEL, { detail }));
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(detail);
  channel.close();
}

/**
 * Be told when something changed here, by this tab or another.
 * @param {(stores: string[]) => void} tell
 * @returns {() => void} ends it
 */
export function watchStore(tell) {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", (event) => tell(event.data.stores));
  const local = (/** @type {Event} */ event) => tell(/** @type {CustomEvent} */ (event).detail.stores);
  globalThis.addEventListener(CHANNEL, local);
  return () => {
    channel.close();
    globalThis.removeEventListener(CHANNEL, local);
  };
}

/**
 * @param {Database} db
 * @returns {Promise<DeviceKey | null>} none where the phone is not enrolled
 */
export async function readDevice(db) {
  return (await db.get("keys", "device")) ?? null;
}

/**
 * @param {Database} db
 * @param {Partial<DeviceKey>} changed
 */
export async function changeDevice(db, changed) {
  await write(db, ["keys"], async (store) => {
    const known = await store("keys").get("device");
    await store("keys").put({ ...known, ...changed }, "device");
  });
}

/**
 * @param {Database} db
 * @returns {Promise<any | null>} the manifest without its rows
 */
export async function readLease(db) {
  return (await db.get("lease", "current")) ?? null;
}

/**
 * Take a lease, or a newer manifest of it, in place of the one before: all of it or nothing.
 * @param {Database} db
 * @param {Record<string, unknown>} manifest without its rows
 * @param {readonly [string, Uint8Array][]} rows sealed, by H
 */
export async function replaceLease(db, manifest, rows) {
  await write(db, ["lease", "rows"], async (store) => {
    await store("rows").clear();
    const kept = rows.map(([h, sealed]) => store("rows").put(sealed, h));
    await Promise.all(kept);
    await store("lease").put(manifest, "current");
  });
}

/**
 * Forget lease and manifest, as a revoked device does and one that gave its lease back; events stay.
 * @param {Database} db
 */
export async function forgetLease(db) {
  await write(db, ["lease", "rows"], async (store) => {
    await Promise.all([store("rows").clear(), store("lease").clear()]);
  });
}

/**
 * @param {Database} db
 * @param {number} most
 * @returns {Promise<StoredEvent[]>} what the server has not answered, oldest first
 */
export async function listUnsent(db, most = Number.POSITIVE_INFINITY) {
  /** @type {StoredEvent[]} */
  const found = await db.getAllFromIndex("events", "state", "unsent", Number.isFinite(most) ? most : undefined);
  return found.sort((a, b) => a.seq - b.seq);
}

/** @param {Database} db @returns {Promise<number>} */
export async function countUnsent(db) {
  return db.countFromIndex("events", "state", "unsent");
}

/** @param {Database} db @returns {Promise<StoredEvent[]>} what people must look at */
export async function listAttention(db) {
  return db.getAllFromIndex("events", "state", "attention");
}

/** @param {Database} db @returns {Promise<StoredEvent[]>} all that is kept, oldest first */
export async function listEvents(db) {
  return db.getAll("events");
}

/**
 * Keep the server's answer to one event: done ones lose their sealed bytes, refused ones keep them and ask for a person.
 * @param {Database} db
 * @param {string} id
 * @param {EventAnswer} answer
 * @param {number} at
 */
export async function keepAnswer(db, id, answer, at) {
  await write(db, ["events"], async (store) => {
    /** @type {StoredEvent | undefined} */
    const event = await store("events").index("id").get(id);
    if (event === undefined) {
      return;
    }
    const isRefused = answer.result === "refused";
    const needsPerson = isRefused || answer.result === "conflict";
    const { result, reason, words, sentence, step } = answer;
    await store("events").put({
      ...event,
      ...{ result, reason, words, sentence, step },
      state: needsPerson ? "attention" : "sent",
      sealed: isRefused ? event.sealed : null,
      answered_at: at,
    });
  });
}

/**
 * A person has read what an acknowledged event needs; refused ones stay, for their bytes are only here.
 * @param {Database} db
 * @param {string} id
 */
export async function setAside(db, id) {
  await write(db, ["events"], async (store) => {
    /** @type {StoredEvent | undefined} */
    const event = await store("events").index("id").get(id);
    if (event?.state === "attention" && event.sealed === null) {
      await store("events").put({ ...event, state: "sent" });
    }
  });
}

/**
 * Forget the lines of what was sent long ago, and old lines of the log. The last event stays: the chain goes on from it.
 * @param {Database} db
 * @param {number} before milliseconds
 */
export async function forgetOld(db, before) {
  await write(db, ["events", "log"], async (store) => {
    /** @type {StoredEvent[]} */
    const sent = await store("events").index("state").getAll("sent");
    const newest = (await store("events").openKeyCursor(null, "prev"))?.key;
    const old = sent.filter((one) => one.seq !== newest && (one.answered_at ?? one.claimed) < before);
    await Promise.all(old.map((one) => store("events").delete(one.seq)));
    let line = await store("log").openCursor();
    while (line !== null && line.value.at < before) {
      await line.delete();
      line = await line.continue();
    }
  });
}

/**
 * @template Value
 * @param {Database} db
 * @param {string} name
 * @param {Value} otherwise
 * @returns {Promise<Value>}
 */
export async function readSetting(db, name, otherwise) {
  return (await db.get("settings", name)) ?? otherwise;
}

/**
 * @param {Database} db
 * @param {string} name
 * @param {unknown} value
 */
export async function writeSetting(db, name, value) {
  await write(db, ["settings"], (store) => store("settings").put(value, name));
}

/**
 * Ask the browser never to clear what is kept here by itself.
 * @returns {Promise<boolean>} whether it promised
 */
export async function keepForGood() {
  const { storage } = navigator;
  if (!storage?.persist) {
    return false;
  }
  return (await storage.persisted()) || (await storage.persist());
}

/**
 * The queues of this phone: the events of its key, and those of a key before, which a new enrolment set aside. All of them are sent,
 * each as the device that signed it; none is dropped.
 */

import { countUnsent, keepAnswer, listAttention, listUnsent, readDevice, write } from "./store.js";

/** @typedef {import("./store.js").Database} Database */
/** @typedef {import("./store.js").StoredEvent} StoredEvent */
/** @typedef {import("./store.js").EventAnswer} EventAnswer */
/**
 * @typedef {{
 *   device: string,
 *   list: (most: number) => Promise<StoredEvent[]>,
 *   keep: (event: StoredEvent, answer: EventAnswer, at: number) => Promise<void>,
 * }} Queue
 */

const KEPT = "kept ";

/**
 * @param {Database} db
 * @returns {Promise<{ name: string, events: StoredEvent[] }[]>} what keys before left behind
 */
async function listKept(db) {
  const names = (await db.getAllKeys("settings")).map(String).filter((name) => name.startsWith(KEPT));
  return Promise.all(names.map(async (name) => ({ name, events: await db.get("settings", name) })));
}

/**
 * @param {Database} db
 * @returns {Promise<Queue[]>} those of keys before first: they are older
 */
export async function listQueues(db) {
  const kept = (await listKept(db)).map(({ name }) => keptQueue(db, name));
  const device = await readDevice(db);
  /** @type {Queue[]} */
  const own =
    device === null
      ? []
      : [
          {
            device: device.id,
            list: (most) => listUnsent(db, most),
            keep: (event, answer, at) => keepAnswer(db, event.id, answer, at),
          },
        ];
  return [...kept, ...own];
}

/**
 * @param {Database} db
 * @param {string} name
 * @returns {Queue}
 */
function keptQueue(db, name) {
  return {
    device: name.slice(KEPT.length),
    list: async (most) => {
      /** @type {StoredEvent[]} */
      const events = (await db.get("settings", name)) ?? [];
      return events.filter((event) => event.state === "unsent").slice(0, most);
    },
    keep: (event, answer, at) => keepKept(db, name, { ...event, ...answer, answered_at: at }),
  };
}

/**
 * @param {Database} db
 * @param {string} name
 * @param {StoredEvent} answered
 */
async function keepKept(db, name, answered) {
  await write(db, ["settings"], async (store) => {
    /** @type {StoredEvent[]} */
    const events = (await store("settings").get(name)) ?? [];
    const isRefused = answered.result === "refused";
    const isForPeople = isRefused || answered.result === "conflict";
    const kept = events.map((event) => {
      if (event.id !== answered.id || event.state !== "unsent") {
        return event;
      }
      return { ...answered, state: isForPeople ? "attention" : "sent", sealed: isRefused ? event.sealed : null };
    });
    await store("settings").put(kept, name);
  });
}

/**
 * @param {Database} db
 * @returns {Promise<number>} how many events nobody has answered, in all queues
 */
export async function countWaiting(db) {
  const kept = (await listKept(db)).flatMap(({ events }) => events).filter((event) => event.state === "unsent");
  return kept.length + (await countUnsent(db));
}

/**
 * @param {Database} db
 * @returns {Promise<StoredEvent[]>} what people must look at, in all queues
 */
export async function listForPeople(db) {
  const kept = (await listKept(db)).flatMap(({ events }) => events).filter((event) => event.state === "attention");
  return [...kept, ...(await listAttention(db))];
}

/**
 * @param {Database} db
 * @returns {Promise<{ device: string, events: StoredEvent[] }[]>} all whose bytes are only here: unsent and refused, by device
 */
export async function listSealed(db) {
  const kept = (await listKept(db)).map(({ name, events }) => ({ device: name.slice(KEPT.length), events }));
  const device = await readDevice(db);
  /** @type {StoredEvent[]} */
  const own = await db.getAll("events");
  const all = device === null ? kept : [...kept, { device: device.id, events: own }];
  return all
    .map((queue) => ({ ...queue, events: queue.events.filter((event) => event.sealed !== null) }))
    .filter((queue) => queue.events.length > 0);
}

/**
 * Change the state of an event that waits for people, wherever it lies.
 * @param {Database} db
 * @param {string} id
 * @param {(event: StoredEvent) => StoredEvent} change
 */
async function changeForPeople(db, id, change) {
  const kept = await listKept(db);
  await write(db, ["events", "settings"], async (store) => {
    /** @type {StoredEvent | undefined} */
    const own = await store("events").index("id").get(id);
    if (own?.state === "attention") {
      await store("events").put(change(own));
    }
    for (const { name } of kept) {
      /** @type {StoredEvent[]} */
      const events = (await store("settings").get(name)) ?? [];
      const changed = events.map((event) => (event.id === id && event.state === "attention" ? change(event) : event));
      await store("settings").put(changed, name);
    }
  });
}

/**
 * Let an event that was refused be sent once more: its bytes are still here.
 * @param {Database} db
 * @param {string} id
 */
export async function sendAgain(db, id) {
  await changeForPeople(db, id, (event) => (event.sealed === null ? event : { ...event, state: "unsent" }));
}

/**
 * A person has read what the server told of an event that it keeps; refused ones stay, for their bytes are only here.
 * @param {Database} db
 * @param {string} id
 */
export async function markRead(db, id) {
  await changeForPeople(db, id, (event) => (event.sealed === null ? { ...event, state: "sent" } : event));
}

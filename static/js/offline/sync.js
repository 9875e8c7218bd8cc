/**
 * Sends what lies here, oldest first, and forgets nothing before the server has acknowledged that very event by its id and the
 * hash of its bytes. One event that nobody can take never holds up the others. Without a page or a document: a service worker may run it, too.
 */

import { sha256, toBase64, toHex } from "./bytes.js";
import { countWaiting, listQueues } from "./queues.js";
import { POLICY, send } from "./reply.js";
import { changeDevice, forgetLease, forgetOld, KEEP_SENT, readDevice, readLease, writeSetting } from "./store.js";

/** @typedef {import("./store.js").StoredEvent} StoredEvent */
/** @typedef {import("./store.js").Database} Database */
/** @typedef {import("./queues.js").Queue} Queue */
/** @typedef {import("./reply.js").Answer} Answer */
/** @typedef {import("./reply.js").Answers} Answers */
/** @typedef {import("./reply.js").Trouble} Trouble */
/**
 * How a round goes: `gather` what is unsent, `connect`, `send`, `keep` the answers, `done`.
 * @typedef {"gather" | "connect" | "send" | "keep" | "done"} Step
 * @typedef {{ step: Step, total: number, sent: number, attention: number }} Progress
 */
/**
 * How a round ended. `trouble` is null when the server answered for all; `after` is what it asked to wait; `stuck` are events that it did not take by
 * themselves; `took` is how long its last answer took, 0 when that says nothing about the network.
 * @typedef {{ trouble: Trouble | "elsewhere" | null, status: number, after: number | null, total: number, sent: number,
 *   attention: number, left: number, stuck: string[], took: number }} Round
 */
/**
 * @typedef {{ address: string, app: string, language?: string, most?: number, patience?: number, stuck?: readonly string[], signal?: AbortSignal,
 *   tell?: (progress: Progress) => void }} Asked
 * `stuck` are events that were not taken before: when all together are not taken, these wait for the others.
 */

/** The one that sends holds this lock. */
export const SYNC_LOCK = "toptama-sync";

const MOST = 100;
const MOST_BYTES = 200_000;
const PATIENCE = 45_000;
const ENOUGH_STUCK = 3;
const LIGHT = 8000;

class Sending {
  /**
   * @param {Database} db
   * @param {Asked} asked
   */
  constructor(db, asked) {
    this.db = db;
    this.asked = asked;
    this.most = Math.min(asked.most ?? MOST, MOST);
    /** @type {Set<string>} not in this round any more */
    this.passed = new Set();
    /** @type {Set<string>} */
    this.known = new Set(asked.stuck ?? []);
    /** @type {string[]} not taken although sent alone */
    this.stuck = [];
    /** @type {readonly string[]} one by one, those first that were not tried for the longest time */
    this.turns = [];
    this.sent = 0;
    this.attention = 0;
    this.total = 0;
    this.took = 0;
  }

  /** @returns {Promise<Round>} */
  async run() {
    this.tell("gather");
    const queues = await listQueues(this.db);
    this.total = await countWaiting(this.db);
    this.tell("connect");
    for (const queue of queues) {
      const ended = await this.empty(queue, queue === queues.at(-1));
      if (ended !== null) {
        return ended;
      }
    }
    this.tell("done");
    return this.over(this.stuck.length > 0 ? "unclear" : null);
  }

  /**
   * Send a queue until nothing of it is left that this round may send.
   * @param {Queue} queue
   * @param {boolean} isOwn even when it is empty, the server is asked once: it says whether the device is still one of the point
   * @returns {Promise<Round | null>}
   */
  async empty(queue, isOwn) {
    for (let first = isOwn; ; first = false) {
      const batch = await this.nextBatch(queue);
      if (batch.length === 0 && !first) {
        return null;
      }
      const ended = await this.sendBatch(queue, batch);
      if (ended !== null || batch.length === 0) {
        return ended;
      }
    }
  }

  /** @param {Queue} queue @returns {Promise<StoredEvent[]>} */
  async nextBatch(queue) {
    const all = this.turns.length > 0 ? Number.POSITIVE_INFINITY : this.passed.size + this.most;
    const waiting = (await queue.list(all)).filter((one) => !this.passed.has(one.id));
    if (this.turns.length > 0) {
      waiting.sort((one, other) => this.turns.indexOf(one.id) - this.turns.indexOf(other.id));
    }
    const batch = [];
    let bytes = 0;
    for (const event of waiting.slice(0, this.most)) {
      bytes += event.sealed?.length ?? 0;
      if (batch.length > 0 && bytes > MOST_BYTES) {
        break;
      }
      batch.push(event);
    }
    return batch;
  }

  /**
   * @param {Queue} queue
   * @param {StoredEvent[]} batch
   * @returns {Promise<Round | null>} how the round ended, or null when it goes on
   */
  async sendBatch(queue, batch) {
    const body = JSON.stringify(await bodyOf(this.db, queue.device, this.asked.app, batch));
    const lease = await readLease(this.db);
    const began = Date.now();
    const { address, language = "" } = this.asked;
    const reply = await send(address, { body, language, signal: this.patience() });
    this.took = body.length < LIGHT ? reply.took : 0;
    if (reply.got !== "answers") {
      return this.troubled(reply.got, reply.status, reply.after, batch);
    }
    const halfway = (began + Date.now()) / 2;
    this.tell("keep");
    const answered = await this.keepAnswers(queue, batch, reply.answers.answers);
    if (batch.length > 0 && answered === 0) {
      return this.over("portal", 200);
    }
    if ((await readDevice(this.db))?.id === queue.device) {
      await heed(this.db, reply.answers, lease?.lease?.id ?? null, halfway);
    }
    this.most = Math.min(MOST, this.most * 2);
    this.tell("send");
    return null;
  }

  /** @returns {AbortSignal} */
  patience() {
    const ends = new AbortController();
    setTimeout(() => ends.abort(), this.asked.patience ?? PATIENCE);
    this.asked.signal?.addEventListener("abort", () => ends.abort(), { once: true });
    return ends.signal;
  }

  /**
   * Keep the answers that name an event of the batch and its bytes; what was not answered waits for the next round.
   * @param {Queue} queue
   * @param {StoredEvent[]} batch
   * @param {Answer[]} answers
   * @returns {Promise<number>} how many
   */
  async keepAnswers(queue, batch, answers) {
    const byId = new Map([...answers].reverse().map((answer) => [answer.id, answer]));
    let kept = 0;
    for (const event of batch) {
      const answer = byId.get(event.id);
      const hash = event.sealed === null ? "" : toHex(await sha256(event.sealed));
      if (answer === undefined || answer.hash !== hash) {
        this.passed.add(event.id);
        continue;
      }
      const { id: _, hash: __, ...told } = answer;
      await queue.keep(event, told, Date.now());
      kept += 1;
      this.sent += 1;
      this.attention += answer.result === "refused" || answer.result === "conflict" ? 1 : 0;
    }
    if (kept > 0) {
      await writeSetting(this.db, "last_sent", Date.now());
    }
    return kept;
  }

  /**
   * Something else than answers came: look for the one event that is the cause, or end the round.
   * @param {Trouble} trouble
   * @param {number} status
   * @param {number | null} after
   * @param {StoredEvent[]} batch
   * @returns {Promise<Round | null>}
   */
  async troubled(trouble, status, after, batch) {
    if (!POLICY[trouble].split || batch.length === 0) {
      return this.over(trouble, status, after);
    }
    const known = batch.filter((event) => this.known.has(event.id));
    if (batch.length === 1) {
      this.pass(batch);
      this.stuck.push(...batch.map((event) => event.id));
      return this.stuck.length >= ENOUGH_STUCK ? this.over(trouble, status, after) : null;
    }
    if (known.length === batch.length) {
      this.turns = [...this.known];
      this.most = 1;
    } else if (known.length > 0) {
      this.pass(known);
    } else {
      this.most = Math.ceil(batch.length / 2);
    }
    return null;
  }

  /** @param {StoredEvent[]} events */
  pass(events) {
    for (const event of events) {
      this.passed.add(event.id);
    }
  }

  /**
   * @param {Trouble | null} trouble
   * @param {number} [status]
   * @param {number | null} [after]
   * @returns {Promise<Round>}
   */
  async over(trouble, status = 0, after = null) {
    const left = await countWaiting(this.db);
    const { total, sent, attention, took } = this;
    return { trouble, status, after, total, sent, attention, left, stuck: this.stuck, took };
  }

  /** @param {Step} step */
  tell(step) {
    this.asked.tell?.({ step, total: this.total, sent: this.sent, attention: this.attention });
  }
}

/**
 * Write what the protocol sends, and what an exported queue holds; `unsent` is how many lie here besides these.
 * @param {Database} db
 * @param {string} device
 * @param {string} app
 * @param {readonly StoredEvent[]} events
 */
export async function bodyOf(db, device, app, events) {
  const written = events.map(({ id, seq, sealed }) => ({ id, seq, sealed: toBase64(sealed ?? new Uint8Array()) }));
  const besides = (await countWaiting(db)) - events.filter((event) => event.state === "unsent").length;
  return { device, unsent: Math.max(0, besides), app, now: Date.now(), events: written };
}

/**
 * Heed what the server says of the device: its time, whether it is revoked, whether the lease is still its own. Events stay, whatever it says.
 * @param {Database} db
 * @param {Answers} answers
 * @param {string | null} lease the one that the phone held when it asked
 * @param {number} asked when, by our clock
 */
async function heed(db, answers, lease, asked) {
  const { revoked, expires, known } = answers.device;
  const heard = { offset: Math.round(answers.server_time - asked), heard: answers.server_time };
  await changeDevice(db, known ? { ...heard, revoked, ...(expires > 0 ? { expires } : {}) } : heard);
  await writeSetting(db, "last_heard", Date.now());
  const held = (await readLease(db))?.lease?.id ?? null;
  const isTaken = known && lease !== null && held === lease && answers.device.lease !== lease;
  if (revoked || isTaken) {
    await forgetLease(db);
    await writeSetting(db, "lease_lost", { at: Date.now(), how: revoked ? "revoked" : "released" });
  }
}

/**
 * Send what is unsent, once. Whoever else sends at this moment, in another tab, goes on alone, unless `force`: a tab that the phone
 * has put to sleep may hold the lock for good, and what is sent twice counts once.
 * @param {Database} db
 * @param {Asked & { force?: boolean }} asked
 * @returns {Promise<Round>}
 */
export async function sendAll(db, asked) {
  const act = async () => {
    const round = await new Sending(db, asked).run();
    await forgetOld(db, Date.now() - KEEP_SENT);
    return round;
  };
  if (!("locks" in navigator)) {
    return act();
  }
  const how = asked.force ? { steal: true } : { ifAvailable: true };
  const elsewhere = async () => new Sending(db, asked).over(null);
  return navigator.locks.request(SYNC_LOCK, how, async (lock) =>
    lock === null ? { ...(await elsewhere()), trouble: "elsewhere" } : act(),
  );
}

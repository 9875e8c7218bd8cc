/**
 * The desk of a phone with an open lease: it judges alone, with or without a network, and writes down before it tells.
 * What it wrote is sent by others, in the background.
 */

import { phoneTime } from "./clock.js";
import { ChainMoved, writeEvent } from "./events.js";
import { judge, standing, UNDO_WINDOW } from "./judge.js";
import { believe } from "./lease.js";
import { bytesOfUuid } from "./manifest.js";
import { beside, counted, dueKits, kitOf, lotsLeft, pickPacks } from "./stock.js";
import { countUnsent, listEvents, readDevice, readLease, StoreFault, watchStore } from "./store.js";

/** @typedef {import("../scan/types.js").Desk} Desk */
/** @typedef {import("../scan/types.js").Asked} Asked */
/** @typedef {import("../scan/types.js").Answer} Answer */
/** @typedef {import("../scan/types.js").Verdict} Verdict */
/** @typedef {import("../scan/types.js").Way} Way */
/** @typedef {import("./store.js").Database} Database */
/** @typedef {import("./store.js").StoredEvent} StoredEvent */
/** @typedef {import("./judge.js").Judgement} Judgement */
/** @typedef {import("./stock.js").Pick} Pick */
/** @typedef {{ manifest: any, device: import("./store.js").DeviceKey, trust: import("./lease.js").Trust }} Standing */

const LAST_SIGNS = /^[0-9A-Za-z]{4}$/;
const LONGEST_NOTE = 300;

export class LeasedDesk {
  /**
   * @param {Database} db
   * @param {import("./told.js").Teller} teller
   */
  constructor(db, teller) {
    this.db = db;
    this.teller = teller;
    /** @type {Promise<Standing | null> | null} */
    this.standing = null;
    /** @type {Promise<unknown>} what is written is written one after another */
    this.last = Promise.resolve();
    /** @type {number} the phone's time at the last judgement */
    this.now = 0;
    watchStore((stores) => {
      if (stores.includes("lease") || stores.includes("keys")) {
        this.standing = null;
      }
    });
  }

  /** @returns {Desk} */
  desk() {
    this.stand().catch(() => undefined); // so that the first family does not wait for what is checked once
    return {
      kind: "leased",
      check: (text, way) => this.guarded(() => this.check(text, way)),
      handOver: (asked) => this.inTurn(() => this.handOver(asked)),
      undo: (id, reason) => this.inTurn(() => this.undo(id, reason)),
    };
  }

  /**
   * @param {() => Promise<Answer>} act
   * @returns {Promise<Answer>}
   */
  inTurn(act) {
    const turn = this.last.then(() => this.guarded(act));
    this.last = turn;
    return turn;
  }

  /**
   * Whatever the store does, there is an answer.
   * @param {() => Promise<Answer>} act
   * @returns {Promise<Answer>}
   */
  async guarded(act) {
    try {
      return await act();
    } catch (error) {
      if (error instanceof StoreFault || error instanceof DOMException || error instanceof ChainMoved) {
        return said(this.teller.verdict(error instanceof StoreFault && error.code === "full" ? "no_room" : "not_kept"));
      }
      throw error;
    }
  }

  /** @returns {Promise<Standing | null>} null: the lease is gone */
  stand() {
    this.standing ??= (async () => {
      const [device, manifest] = [await readDevice(this.db), await readLease(this.db)];
      if (device === null || device.revoked || manifest === null) {
        return null;
      }
      const trust = await believe(manifest, device.root);
      return trust === null ? null : { device, manifest, trust };
    })();
    return this.standing;
  }

  /**
   * @param {string} text
   * @param {Standing} stand
   * @returns {Promise<Judgement>}
   */
  async judge(text, { device, manifest, trust }) {
    this.now = await phoneTime(this.db, device);
    return judge(text, {
      manifest,
      trust,
      now: this.now,
      offset: device.offset,
      rowOf: async (h) => (await this.db.get("rows", h)) ?? null,
      eventsOf: (h) => this.db.getAllFromIndex("events", "h", h),
    });
  }

  /**
   * @param {string} text
   * @param {Way} way
   * @returns {Promise<Answer>}
   */
  async check(text, way) {
    const stand = await this.stand();
    if (stand === null) {
      return this.answered(this.teller.verdict("revoked_device"), way, "");
    }
    const looking = Promise.all([countUnsent(this.db), listEvents(this.db)]);
    looking.catch(() => undefined); // whoever needs it awaits it
    const judged = await this.judge(text, stand);
    const verdict =
      judged.name === "ok" ? await this.offer(judged, stand, ...(await looking)) : this.refusal(judged, stand);
    return this.answered(verdict, way, judged.h);
  }

  /**
   * A phone without room still tells a false voucher from a true one; handing over is what it refuses.
   * @param {Verdict} verdict
   * @param {Way} way
   * @param {string} h
   * @returns {Answer} the verdict, of which the log keeps a line
   */
  answered(verdict, way, h) {
    this.db.add("log", { at: Date.now(), way, h, answer: verdict.answer }).catch(() => undefined);
    return said(verdict);
  }

  /**
   * @param {Judgement} judged
   * @param {Standing} stand
   * @param {number} unsent
   * @param {StoredEvent[]} events
   * @returns {Promise<Verdict>} what is due, with what needs a tap first
   */
  async offer(judged, { manifest, trust }, unsent, events) {
    const { teller } = this;
    if (unsent >= manifest.lease.most_events) {
      return teller.verdict("full", { n: manifest.lease.most_events });
    }
    const lots = lotsLeft(manifest, events);
    const { row } = judged;
    const attention = [];
    const listed = trust.list?.issued ?? 0;
    if (this.now - listed > manifest.stale_after) {
      attention.push({ code: "stale_list", words: teller.note("note_stale_list", { at: listed }) });
    }
    if (row?.replaced) {
      attention.push({ code: "replaced", words: teller.note("note_replaced") });
    }
    const collectors = [{ proxy: 0, name: row?.guardian ?? "", last4: row?.last4 ?? "" }, ...(row?.proxies ?? [])];
    const language = row?.language;
    return teller.verdict("ok", judged.facts, {
      due: dueKits(judged.due, lots, manifest.kits, teller),
      attention,
      collectors,
      family_language: language === "ru" || language === "en" ? language : "kk",
    });
  }

  /**
   * @param {Judgement} judged
   * @param {Standing} stand
   * @returns {Verdict}
   */
  refusal(judged, { manifest, device }) {
    const facts = { ...judged.facts, ...("point" in judged.facts ? { point: this.teller.name(manifest.point) } : {}) };
    const own = judged.name === "just_given" ? judged.given : null;
    return this.teller.verdict(judged.name, facts, own === null ? {} : undoable(own, device));
  }

  /**
   * @param {Asked} asked
   * @returns {Promise<Answer>}
   */
  async handOver(asked) {
    const stand = await this.stand();
    if (stand === null) {
      return said(this.teller.verdict("revoked_device"));
    }
    /** @type {StoredEvent | undefined} */
    const before = await this.db.getFromIndex("events", "id", asked.key);
    const judged = await this.judge(asked.text, stand);
    if (before !== undefined) {
      return said(
        this.teller.verdict("given", { family: judged.row?.guardian ?? before.tail }, undoable(before, stand.device)),
      );
    }
    if (judged.name !== "ok") {
      return said(this.refusal(judged, stand));
    }
    if ((await countUnsent(this.db)) >= stand.manifest.lease.most_events) {
      return said(this.teller.verdict("full", { n: stand.manifest.lease.most_events }));
    }
    const isNoted = asked.collector === "guardian" || asked.note.trim() !== "" || asked.proxy !== 0;
    if (!isNoted || (asked.last4 !== "" && !LAST_SIGNS.test(asked.last4))) {
      return { got: "refusal", why: this.teller.note("no_note") };
    }
    const chosen = judged.due.filter((one) => asked.sets.includes(one.allotment));
    if (chosen.length === 0 || chosen.length < new Set(asked.sets).size) {
      return said(this.teller.verdict("nothing_due"));
    }
    const picks = pickPacks(chosen, lotsLeft(stand.manifest, await listEvents(this.db)), {
      sizes: beside(asked.sets, asked.sizes),
      lots: beside(asked.sets, asked.lots),
    });
    return picks.some((pick) => pick.lot === null)
      ? said(this.lacking(picks, asked, stand))
      : said(await this.write(asked, judged, picks, stand));
  }

  /**
   * Write the hand-over down; when this resolves it is on the disk.
   * @param {Asked} asked
   * @param {Judgement} judged
   * @param {readonly Pick[]} picks
   * @param {Standing} stand
   * @returns {Promise<Verdict>}
   */
  async write(asked, judged, picks, { manifest, device }) {
    const sets = picks.map(({ set }) => set.allotment);
    const sizes = beside(asked.sets, asked.sizes);
    const boxes = beside(asked.sets, asked.lots);
    const { collector, proxy, document: paper, last4 } = asked;
    const fact = {
      kind: /** @type {const} */ ("hand_over"),
      id: asked.key,
      h: judged.h,
      tail: judged.tail,
      sets,
      kits: counted(picks.map(({ set }) => kitOf(manifest, set.bit).code)),
      lots: counted(picks.map(({ lot }) => String(lot?.lot))),
      undoes: null,
      day: "",
      fields: {
        voucher: asked.text,
        sets,
        lots: sets.map((set) => boxes.get(set) ?? 0),
        sizes: sets.map((set) => sizes.get(set) ?? 0),
        ...{ collector, proxy, note: asked.note.trim().slice(0, LONGEST_NOTE), document: paper, last4 },
      },
    };
    const line = { at: Date.now(), way: asked.way, h: judged.h, answer: "given" };
    const event = await writeEvent(this.db, manifest, fact, line);
    const told = picks
      .filter(({ lot }) => lot?.size)
      .map(({ set, lot }) => `${kitOf(manifest, set.bit).code} ${lot?.size}`);
    const facts = { family: judged.row?.guardian ?? "", sizes: told.sort().join(", ") };
    return this.teller.verdict(told.length > 0 ? "given_in_sizes" : "given", facts, undoable(event, device));
  }

  /**
   * @param {string} id of the hand-over
   * @param {string} reason
   * @returns {Promise<Answer>}
   */
  async undo(id, reason) {
    const stand = await this.stand();
    if (stand === null) {
      return said(this.teller.verdict("revoked_device"));
    }
    /** @type {StoredEvent | undefined} */
    const given = await this.db.getFromIndex("events", "id", id);
    const now = await phoneTime(this.db, stand.device);
    if (given === undefined || now - given.claimed - stand.device.offset > UNDO_WINDOW) {
      return { got: "refusal", why: this.teller.note("late_undo") };
    }
    const why = reason.trim().slice(0, LONGEST_NOTE);
    if (why === "") {
      return { got: "refusal", why: this.teller.note("no_reason") };
    }
    /** @type {StoredEvent[]} */
    const same = await this.db.getAllFromIndex("events", "h", given.h);
    if (standing(same).some((one) => one.id === id)) {
      const { h, tail } = given;
      const none = { sets: [], kits: {}, lots: {}, day: "" };
      const fields = { undoes: bytesOfUuid(id), reason: why };
      const fact = {
        kind: /** @type {const} */ ("undo"),
        id: crypto.randomUUID(),
        h,
        tail,
        undoes: id,
        ...none,
        fields,
      };
      await writeEvent(this.db, stand.manifest, fact, { at: Date.now(), way: "typed", h, answer: "undone" });
    }
    return said(this.teller.verdict("undone"));
  }

  /**
   * @param {readonly Pick[]} picks
   * @param {Asked} asked
   * @param {Standing} stand
   * @returns {Verdict} which kits are not there, or not in the scanned box
   */
  lacking(picks, asked, { manifest }) {
    const missing = picks.filter((pick) => pick.lot === null).map(({ set }) => set);
    const boxes = beside(asked.sets, asked.lots);
    const kits = new Set(missing.map((set) => kitOf(manifest, set.bit)));
    const named = [...kits].map((kit) => `${kit.code} – ${this.teller.name(kit)}`).sort();
    const isWrongBox = missing.some((set) => boxes.get(set.allotment));
    return this.teller.verdict(isWrongBox ? "wrong_lot" : "no_stock", { kits: named.join(", ") });
  }
}

/**
 * @param {Verdict} verdict
 * @returns {Answer}
 */
function said(verdict) {
  return { got: "verdict", verdict };
}

/**
 * @param {StoredEvent} event
 * @param {import("./store.js").DeviceKey} device
 * @returns {{ hand_over: string, undo_until: string }}
 */
function undoable(event, { offset }) {
  return { hand_over: event.id, undo_until: new Date(event.claimed + offset + UNDO_WINDOW).toISOString() };
}

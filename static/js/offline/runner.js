/**
 * Keeps sending while a page of the point is open: at once when something was handed over, when the network comes back and when the phone
 * is unlocked; after a trouble later and later. One for each page; the badge and the Shift page read its state.
 */

import { minutesWrong } from "./clock.js";
import { askBackground, probe, wasKept } from "./link.js";
import { ModeWatch } from "./mode.js";
import { countWaiting, listForPeople, listQueues } from "./queues.js";
import { pauseAfter } from "./reply.js";
import { openStore, readDevice, readSetting, StoreFault, watchStore, write, writeSetting } from "./store.js";
import { sendAll } from "./sync.js";

/** @typedef {import("./store.js").Database} Database */
/** @typedef {import("./sync.js").Round} Round */
/** @typedef {import("./sync.js").Progress} Progress */
/** @typedef {{ address: string, probe: string, app: string }} Where */
/** @typedef {"online" | "offline" | "fault"} Link */
/**
 * What people see. `oldest` is when the oldest unsent event happened; `waits` are those that the server does not take by themselves;
 * `enrolled` says whether this phone is a device; `next` is when it is tried again; `wrong` by how many minutes the clock is wrong.
 * @typedef {{
 *   link: Link, trouble: string, byHand: boolean, unsent: number, oldest: number | null, attention: number,
 *   lastSent: number | null, busy: boolean, progress: Progress | null, next: number | null, waits: number,
 *   enrolled: boolean, fault: string, wrong: number,
 * }} Shown
 */

const HEARTBEAT = 120_000;
const ASLEEP = 8000;
const SOON = 100;
/** So often another tab was sending and nothing came of it: it sleeps, and what is sent twice counts once. */
const ENOUGH = 3;
const OFFLINE = new Set(["network", "cut", "portal"]);

class Runner extends EventTarget {
  constructor() {
    super();
    this.watch = new ModeWatch();
    /** @type {Where} */
    this.where = { address: "", probe: "", app: "" };
    /** @type {Database | null} */
    this.db = null;
    this.failures = 0;
    this.began = 0;
    this.elsewhere = 0;
    /** @type {boolean} what was under way was broken off, so that it starts anew */
    this.again = false;
    /** @type {AbortController | null} */
    this.going = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.soon = undefined;
    /** @type {Promise<Round | null> | null} */
    this.under = null;
    /** @type {Shown} */
    this.shown = {
      link: navigator.onLine ? "online" : "offline",
      trouble: "",
      byHand: false,
      unsent: 0,
      oldest: null,
      attention: 0,
      lastSent: null,
      busy: false,
      progress: null,
      next: null,
      waits: 0,
      enrolled: false,
      fault: "",
      wrong: 0,
    };
  }

  /** @param {Where} where */
  async start(where) {
    if (this.where.address !== "") {
      return;
    }
    this.where = where;
    if (!navigator.onLine) {
      this.watch.network(false);
    }
    try {
      this.db = await openStore();
      const byHand = await readSetting(this.db, "mode_by_hand", { on: false });
      this.watch.byHand = byHand.on;
      watchStore(() => this.refreshSoon());
    } catch (error) {
      this.shown.fault = error instanceof StoreFault ? error.code : "refused";
    }
    this.listen();
    await this.refresh();
    if (this.shown.unsent > 0 || wasKept() || !navigator.onLine) {
      this.wake();
    } else {
      this.later(HEARTBEAT);
    }
  }

  listen() {
    addEventListener("online", () => this.wake());
    addEventListener("offline", () => {
      this.watch.network(false);
      this.change({ link: "offline", trouble: "network" });
    });
    document.addEventListener("visibilitychange", () => this.woken());
    addEventListener("pageshow", () => this.woken());
  }

  /** The phone was locked or another program was open: what hung since then is asked anew, what waited goes on. */
  woken() {
    if (document.visibilityState !== "visible") {
      return;
    }
    if (this.going !== null && Date.now() - this.began > ASLEEP) {
      this.again = true;
      this.going.abort();
    } else if (this.shown.unsent > 0 || this.shown.link !== "online") {
      this.wake();
    }
  }

  /** Try now, unless a try is under way or the network was switched off by hand. */
  wake() {
    if (this.going === null && !this.watch.byHand) {
      void this.round();
    }
  }

  /** A person asks: now, whatever the mode; another tab that may be asleep is not waited for. @returns {Promise<Round | null>} */
  async now() {
    if (this.going !== null) {
      this.going.abort();
      await this.under;
    }
    this.failures = 0;
    return this.round(true);
  }

  /**
   * @param {boolean} [force]
   * @returns {Promise<Round | null>}
   */
  async round(force = false) {
    clearTimeout(this.timer);
    this.going = new AbortController();
    this.began = Date.now();
    this.change({ busy: true, next: null });
    const under = this.ask(force || this.elsewhere >= ENOUGH).catch(() => null);
    this.under = under;
    const round = await under;
    this.going = null;
    await this.refresh();
    this.change({ busy: false, progress: null });
    if (this.again) {
      this.again = false;
      this.failures = 0;
      this.wake();
    } else {
      this.plan(round);
    }
    return round;
  }

  /**
   * @param {boolean} force
   * @returns {Promise<Round | null>}
   */
  async ask(force) {
    const signal = this.going?.signal;
    if (this.db === null || (await listQueues(this.db)).length === 0) {
      const began = performance.now();
      this.note(await probe(this.where.probe, signal), performance.now() - began);
      return null;
    }
    const { db } = this;
    const round = await sendAll(db, {
      address: this.where.address,
      app: this.where.app,
      language: document.documentElement.lang,
      most: this.watch.mode === "offline" ? 10 : 100,
      stuck: await readSetting(db, "stuck", []),
      force,
      tell: (progress) => this.change({ progress }),
      ...(signal ? { signal } : {}),
    });
    await this.remember(db, round);
    return round;
  }

  /**
   * @param {Database} db
   * @param {Round} round
   */
  async remember(db, round) {
    this.elsewhere = round.trouble === "elsewhere" ? this.elsewhere + 1 : 0;
    if (round.trouble === "elsewhere") {
      return;
    }
    const before = /** @type {string[]} */ (await readSetting(db, "stuck", []));
    const stuck = [...before.filter((id) => !round.stuck.includes(id)), ...round.stuck];
    const waiting = new Set(
      (await Promise.all((await listQueues(db)).map((queue) => queue.list(1e6)))).flat().map((one) => one.id),
    );
    const kept = stuck.filter((id) => waiting.has(id));
    if (kept.join() !== before.join()) {
      await writeSetting(db, "stuck", kept);
    }
    this.change({ waits: kept.length });
    this.note(round.trouble ?? "", round.took);
  }

  /**
   * @param {string} trouble
   * @param {number} took
   */
  note(trouble, took) {
    const isOffline = OFFLINE.has(trouble);
    this.watch.note({ ok: !isOffline, took });
    this.failures = trouble === "" ? 0 : this.failures + 1;
    const link = isOffline || this.watch.mode === "offline" ? "offline" : trouble === "" ? "online" : "fault";
    this.change({ link, trouble });
  }

  /** @param {Round | null} round */
  plan(round) {
    const { trouble } = this.shown;
    if (this.watch.byHand) {
      return;
    }
    if (round?.trouble === "elsewhere") {
      this.later(ASLEEP);
    } else if (trouble !== "") {
      const kind = /** @type {import("./reply.js").Trouble} */ (trouble);
      this.later(pauseAfter(kind, this.failures, round?.after ?? null));
      void askBackground(this.shown.unsent);
    } else if (this.watch.mode === "offline") {
      this.later(ASLEEP / 4);
    } else if (this.shown.unsent > 0 && (round?.sent ?? 0) > 0) {
      this.wake();
    } else {
      this.later(HEARTBEAT);
    }
  }

  /** @param {number} pause in milliseconds */
  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (document.visibilityState === "visible" || this.shown.unsent > 0) {
        this.wake();
      } else {
        this.later(HEARTBEAT);
      }
    }, pause);
    this.change({ next: Date.now() + pause });
  }

  /** Many changes in a row are read once. */
  refreshSoon() {
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      void this.refresh();
    }, SOON);
  }

  /** Read what lies here; something new is sent at once, unless a trouble is being waited out. */
  async refresh() {
    const { db } = this;
    if (db === null) {
      this.change({});
      return;
    }
    const before = this.shown.unsent;
    const unsent = await countWaiting(db);
    const first = unsent === 0 ? [] : await Promise.all((await listQueues(db)).map((queue) => queue.list(1)));
    const device = await readDevice(db);
    const claimed = first.flat().map((event) => event.claimed);
    this.change({
      unsent,
      oldest: claimed.length > 0 ? Math.min(...claimed) : null,
      attention: (await listForPeople(db)).length,
      lastSent: await readSetting(db, "last_sent", null),
      enrolled: device !== null,
      wrong: device === null ? 0 : minutesWrong(device),
      byHand: this.watch.byHand,
    });
    if (unsent > before && this.failures === 0) {
      this.wake();
    }
  }

  /**
   * Work offline by hand, or end that; whoever reads the log sees when.
   * @param {boolean} on
   */
  async setByHand(on) {
    this.watch.byHand = on;
    const { db } = this;
    if (db !== null) {
      const at = Date.now();
      await write(db, ["settings", "log"], async (store) => {
        const untold = (await store("settings").get("mode_untold")) ?? [];
        await store("settings").put([...untold, { at, offline: on }], "mode_untold");
        await store("settings").put({ on, at }, "mode_by_hand");
        await store("log").add({ at, way: "mode", h: "", answer: on ? "offline" : "online" });
      });
    }
    clearTimeout(this.timer);
    this.change({ byHand: on, next: null, ...(on ? { link: /** @type {Link} */ ("offline") } : {}) });
    if (!on) {
      await this.now();
    }
  }

  /** @param {Partial<Shown>} changed */
  change(changed) {
    this.shown = { ...this.shown, ...changed };
    this.dispatchEvent(new CustomEvent("shown"));
  }
}

/** The one of this page. */
export const runner = new Runner();

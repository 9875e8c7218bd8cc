/** The close of a day: packs are counted first, what is expected is shown after that and the count stays as it was; then it is sealed. */

import { ChainMoved, writeEvent } from "./events.js";
import { giveBackLease } from "./lease.js";
import { make, part, tell } from "./parts.js";
import { countWaiting } from "./queues.js";
import { runner } from "./runner.js";
import { listEvents, readLease, readSetting, writeSetting } from "./store.js";
import { dayOf, say, writeDay } from "./words.js";

/** @typedef {import("./shift.js").Place} Place */
/** @typedef {import("./store.js").StoredEvent} StoredEvent */
/** @typedef {Record<string, number>} Packs by the code of their kit */
/** @typedef {{ day: string, counted: Packs, expected: Packs, given: Packs, lease: string }} Count */

const COUNT = "day_count";
const MOST = 1_000_000;
const ATTEMPTS = 3;

/**
 * @param {readonly StoredEvent[]} events
 * @param {(event: StoredEvent) => boolean} isMeant
 * @returns {Packs} given and not taken back
 */
export function packsOf(events, isMeant) {
  const undone = new Set(events.filter((event) => event.kind === "undo").map((event) => event.undoes));
  /** @type {Packs} */
  const packs = {};
  for (const event of events) {
    if (event.kind === "hand_over" && !undone.has(event.id) && isMeant(event)) {
      for (const [code, count] of Object.entries(event.kits)) {
        packs[code] = (packs[code] ?? 0) + count;
      }
    }
  }
  return packs;
}

/**
 * What should lie here: the stock when the lists were loaded, less what was given since and was not in that stock yet.
 * @param {any} manifest
 * @param {readonly StoredEvent[]} events
 * @returns {Packs}
 */
export function expectedPacks(manifest, events) {
  const given = packsOf(events, (event) => event.answered_at === null || event.answered_at > manifest.loaded);
  /** @type {Packs} */
  const expected = {};
  for (const { bit, code } of manifest.kits) {
    const stock = manifest.stock.filter((/** @type {any} */ lot) => lot.kit === bit);
    const packs = stock.reduce((/** @type {number} */ sum, /** @type {any} */ lot) => sum + lot.packs, 0);
    expected[code] = Math.max(0, packs - (given[code] ?? 0));
  }
  return expected;
}

export class DayClose {
  /** @param {Place} place */
  constructor({ root, words, db }) {
    this.root = root;
    this.words = words;
    this.db = db;
    this.fields = "";
  }

  start() {
    part(this.root, "day-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.count();
    });
    part(this.root, "day-seal").addEventListener("click", () => void this.seal());
    part(this.root, "give-back").addEventListener("click", () => void this.giveBack());
  }

  /** @returns {Promise<StoredEvent | undefined>} today's seal */
  async sealOfToday() {
    const today = dayOf(Date.now());
    return (await listEvents(this.db)).findLast((event) => event.kind === "day_seal" && event.day === today);
  }

  /** @returns {Promise<Count | null>} what was counted today and is not sealed */
  async counted() {
    const count = await readSetting(this.db, COUNT, /** @type {Count | null} */ (null));
    return count?.day === dayOf(Date.now()) ? count : null;
  }

  async draw() {
    const { root, words } = this;
    const lease = await readLease(this.db);
    const seal = await this.sealOfToday();
    const count = seal === undefined ? await this.counted() : null;
    part(root, "day-form").hidden = lease === null || seal !== undefined || count !== null;
    part(root, "day-result").hidden = count === null;
    part(root, "give-back").hidden = lease === null || seal === undefined;
    if (seal !== undefined) {
      const state = seal.state === "unsent" ? "day_sealed_unsent" : "day_sealed_sent";
      const sealed = say(words, "day_sealed", { day: writeDay(seal.day) });
      tell(part(root, "day-told"), seal.result === "refused" ? sealed : `${sealed} ${say(words, state)}`, "done");
    } else if (part(root, "day-told").dataset["state"] !== "broken") {
      tell(part(root, "day-told"), lease === null ? say(words, "day_no_lease") : "");
    }
    if (lease !== null) {
      this.drawFields(lease.kits);
    }
    if (count !== null && lease !== null) {
      this.drawCount(count, lease.kits);
    }
  }

  /** @param {any[]} kits */
  drawFields(kits) {
    const drawn = kits.map((kit) => kit.code).join();
    if (drawn === this.fields) {
      return;
    }
    this.fields = drawn;
    part(this.root, "day-fields").replaceChildren(...kits.map((kit) => this.field(kit)));
  }

  /** @param {any} kit @returns {HTMLElement} */
  field(kit) {
    const field = make("div", "", { look: "field" });
    const label = make("label", `${nameOf(kit)} (${kit.code})`);
    label.setAttribute("for", `counted-${kit.code}`);
    const input = document.createElement("input");
    Object.assign(input, { id: `counted-${kit.code}`, inputMode: "numeric", autocomplete: "off", maxLength: 7 });
    input.dataset["kit"] = kit.code;
    field.append(label, input);
    return field;
  }

  async count() {
    const lease = await readLease(this.db);
    /** @type {Packs} */
    const counted = {};
    for (const kit of lease.kits) {
      const input = /** @type {HTMLInputElement} */ (this.root.querySelector(`[data-kit="${CSS.escape(kit.code)}"]`));
      const written = input.value.replace(/\s/g, "");
      const isRight = /^\d{1,7}$/.test(written) && Number(written) < MOST;
      input.setAttribute("aria-invalid", String(!isRight));
      if (!isRight) {
        tell(part(this.root, "day-problem"), say(this.words, "day_missing", { name: nameOf(kit) }));
        input.focus();
        return;
      }
      counted[kit.code] = Number(written);
    }
    tell(part(this.root, "day-problem"), "");
    const events = await listEvents(this.db);
    const day = dayOf(Date.now());
    const given = packsOf(events, (event) => dayOf(event.claimed) === day);
    /** @type {Count} */
    const count = { day, counted, expected: expectedPacks(lease, events), given, lease: lease.lease.id };
    await writeSetting(this.db, COUNT, count);
    await this.draw();
  }

  /**
   * @param {Count} count
   * @param {any[]} kits
   */
  drawCount({ counted, expected, given }, kits) {
    const { root, words } = this;
    const labels = [...root.querySelectorAll("[data-part='day-result'] th[scope='col']")].map(
      (one) => one.textContent ?? "",
    );
    const rows = kits.map((kit) => {
      const difference = (counted[kit.code] ?? 0) - (expected[kit.code] ?? 0);
      const figures = [counted[kit.code] ?? 0, expected[kit.code] ?? 0, signed(difference), given[kit.code] ?? 0];
      const row = document.createElement("tr");
      const head = make("th", `${nameOf(kit)} (${kit.code})`);
      head.setAttribute("scope", "row");
      row.append(
        head,
        ...figures.map((figure, place) =>
          make("td", String(figure), { look: "number", data: { label: labels[place + 1] ?? "" } }),
        ),
      );
      return row;
    });
    part(root, "day-rows").replaceChildren(...rows);
    const isRight = kits.every((kit) => (counted[kit.code] ?? 0) === (expected[kit.code] ?? 0));
    part(root, "day-why").textContent = say(words, isRight ? "day_right" : "day_wrong");
  }

  async seal() {
    const count = await this.counted();
    const lease = await readLease(this.db);
    if (count === null || lease === null) {
      await this.draw();
      return;
    }
    const { day, counted, expected, given } = count;
    const fields = {
      day,
      counted: new Map(Object.entries(counted)),
      expected: new Map(Object.entries(expected)),
      given: new Map(Object.entries(given)),
    };
    const fact = {
      kind: /** @type {const} */ ("day_seal"),
      id: crypto.randomUUID(),
      fields,
      h: "",
      tail: "",
      sets: [],
      kits: {},
      lots: {},
      undoes: null,
      day,
    };
    const button = /** @type {HTMLButtonElement} */ (part(this.root, "day-seal"));
    button.disabled = true;
    const isKept = await this.write(lease, fact);
    button.disabled = false;
    tell(part(this.root, "day-told"), isKept ? "" : say(this.words, "day_failed"), isKept ? "" : "broken");
    await this.draw();
  }

  /**
   * @param {any} lease
   * @param {import("./events.js").Fact} fact
   * @returns {Promise<boolean>} whether it is on the disk
   */
  async write(lease, fact) {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      try {
        await writeEvent(this.db, lease, fact, { at: Date.now(), way: "day", h: "", answer: "sealed" });
        return true;
      } catch (error) {
        if (!(error instanceof ChainMoved)) {
          return false;
        }
      }
    }
    return false;
  }

  async giveBack() {
    const { root, words } = this;
    const told = part(root, "give-back-told");
    await runner.now();
    const waiting = await countWaiting(this.db);
    if (waiting > 0) {
      tell(told, say(words, "give_back_blocked", { n: waiting }), "broken");
      return;
    }
    const { giveBack: address = "", token = "" } = root.dataset;
    const answer = await giveBackLease(this.db, { address, token });
    const refusal =
      answer.got === "refusal" ? say(words, "load_refusal", { why: answer.why }) : say(words, `load_${answer.got}`);
    tell(
      told,
      answer.got === "answer" ? say(words, "given_back") : refusal,
      answer.got === "answer" ? "done" : "broken",
    );
    await this.draw();
  }
}

/** @param {any} kit @returns {string} its name in the language of the page */
function nameOf(kit) {
  return kit[`name_${document.documentElement.lang}`] ?? kit.name_kk;
}

/** @param {number} figure @returns {string} */
function signed(figure) {
  return figure > 0 ? `+${figure}` : String(figure).replace("-", "−");
}

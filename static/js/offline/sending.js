/** What is not sent, since when, and sending it by hand: named steps with counts, then what came of it in words that can be copied. */

import { make, part, tell } from "./parts.js";
import { runner } from "./runner.js";
import { readLease } from "./store.js";
import { say, writeAgo, writeTime } from "./words.js";

/** @typedef {import("./shift.js").Place} Place */
/** @typedef {import("./sync.js").Progress} Progress */
/** @typedef {import("./sync.js").Round} Round */

const DAY = 86_400_000;
/** @type {readonly import("./sync.js").Step[]} */
const STEPS = ["gather", "connect", "send", "keep"];

export class Sending {
  /** @param {Place} place */
  constructor({ root, words, db }) {
    this.root = root;
    this.words = words;
    this.db = db;
    this.isShown = false;
    /** @type {Progress | null} */
    this.last = null;
  }

  start() {
    part(this.root, "send-now").addEventListener("click", () => void this.sendNow());
    runner.addEventListener("shown", () => this.drawSteps(runner.shown.progress, false));
  }

  async sendNow() {
    const button = /** @type {HTMLButtonElement} */ (part(this.root, "send-now"));
    button.disabled = true;
    this.isShown = true;
    this.last = { step: "gather", total: runner.shown.unsent, sent: 0, attention: 0 };
    tell(part(this.root, "send-told"), "");
    this.drawSteps(this.last, false);
    const round = await runner.now();
    const isBroken = runner.shown.trouble !== "";
    this.drawSteps(isBroken ? this.last : { ...this.last, ...round, step: "done" }, isBroken);
    tell(part(this.root, "send-told"), this.outcome(round), isBroken ? "broken" : "done");
    button.disabled = false;
  }

  /** @param {Round | null} round @returns {string} */
  outcome(round) {
    const { trouble } = runner.shown;
    const parts = [];
    if (round !== null && round.sent > 0) {
      const isAll = round.left === 0;
      const values = { n: round.sent, sent: round.sent, left: round.left };
      parts.push(say(this.words, isAll ? "sent_all" : "sent_some", values));
    }
    if (round?.trouble === "elsewhere" || trouble !== "") {
      parts.push(say(this.words, `trouble_${round?.trouble ?? trouble}`));
    } else if (parts.length === 0) {
      parts.push(say(this.words, "sent_nothing"));
    }
    return parts.join(" ");
  }

  /**
   * @param {Progress | null} progress
   * @param {boolean} isBroken
   */
  drawSteps(progress, isBroken) {
    if (!this.isShown || progress === null) {
      return;
    }
    this.last = progress;
    const list = part(this.root, "steps");
    list.hidden = false;
    const now = progress.step === "done" ? STEPS.length : STEPS.indexOf(progress.step);
    list.replaceChildren(
      ...STEPS.map((step, place) => {
        const state = place < now ? "done" : place > now ? "waits" : isBroken ? "broken" : "now";
        return this.line(step, state, progress);
      }),
    );
  }

  /**
   * @param {import("./sync.js").Step} step
   * @param {string} state
   * @param {Progress} progress
   * @returns {HTMLElement}
   */
  line(step, state, { total, sent, attention }) {
    const counts = {
      gather: say(this.words, "count_found", { n: total }),
      connect: "",
      send: say(this.words, "count_sent", { sent, total }),
      keep: say(this.words, "count_kept", { n: sent, m: attention }),
      done: "",
    };
    const line = make("li", "", { data: { state } });
    line.append(
      make("span", say(this.words, `step_${step}`)),
      make("span", state === "waits" ? "" : counts[step], { look: "number" }),
      make("span", say(this.words, `step_${state}`), { look: "shift-step-state" }),
    );
    return line;
  }

  async draw() {
    const lease = await readLease(this.db);
    const now = Date.now();
    this.drawUnsent(now);
    this.drawLists(lease, now);
    this.drawLink(now);
  }

  /** @param {number} now */
  drawUnsent(now) {
    const { root, words } = this;
    const { unsent, oldest, lastSent, waits } = runner.shown;
    const place = part(root, "unsent");
    const age = oldest === null ? 0 : now - oldest;
    place.textContent =
      oldest === null
        ? say(words, "none_unsent")
        : say(words, "some_unsent", { n: unsent, ago: writeAgo(words, oldest, now) });
    place.dataset["tone"] = age >= 3 * DAY ? "refused" : age > DAY ? "attention" : "";
    if (waits > 0) {
      place.append(make("p", say(words, "waits", { n: waits })));
    }
    part(root, "last-sent").textContent = lastSent === null ? say(words, "never_sent") : writeAgo(words, lastSent, now);
  }

  /**
   * @param {any} lease
   * @param {number} now
   */
  drawLists(lease, now) {
    const place = part(this.root, "lists");
    const loaded = lease?.loaded ?? null;
    place.textContent =
      loaded === null ? say(this.words, "never_loaded") : say(this.words, "as_of", { time: writeTime(loaded, now) });
    place.dataset["tone"] = loaded === null || now - loaded > lease.stale_after ? "refused" : "";
  }

  /** @param {number} now */
  drawLink(now) {
    const { root, words } = this;
    const { link, byHand, next, trouble } = runner.shown;
    const place = part(root, "link");
    place.textContent = say(words, link);
    place.dataset["tone"] = link === "online" ? "" : "attention";
    const why = byHand ? "trouble_hand" : `trouble_${trouble}`;
    const retry = next !== null && trouble !== "" ? say(words, "next_try", { time: writeTime(next, now) }) : "";
    if (say(words, why) !== "") {
      place.append(make("p", `${say(words, why)} ${retry}`));
    }
  }
}

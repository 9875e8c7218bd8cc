/** The Shift page: ready or not and why, what is not sent, what needs a person, the close of the day, this phone. */

import { DayClose } from "./day_close.js";
import { ForPeople } from "./for_people.js";
import { readReadiness, takeLease } from "./lease.js";
import { make, part, tell } from "./parts.js";
import { ThisPhone } from "./phone.js";
import { runner } from "./runner.js";
import { Sending } from "./sending.js";
import { openStore, readLease, readSetting, StoreFault, watchStore } from "./store.js";
import { say, writeTime } from "./words.js";

/** @typedef {import("./store.js").Database} Database */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {{ root: HTMLElement, words: Words, db: Database }} Place */

const SOON = 150;
const MINUTE = 60_000;

class ShiftPage {
  /** @param {Place} place */
  constructor(place) {
    this.place = place;
    this.parts = [new Sending(place), new ForPeople(place), new DayClose(place), new ThisPhone(place)];
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.soon = undefined;
  }

  async start() {
    const { root } = this.place;
    part(root, "load").addEventListener("click", () => void this.load());
    for (const one of this.parts) {
      one.start();
    }
    watchStore(() => this.drawSoon());
    runner.addEventListener("shown", () => this.drawSoon());
    setInterval(() => this.drawSoon(), MINUTE);
    void navigator.serviceWorker?.ready.then(() => this.drawSoon());
    await this.draw();
    root.dataset["drawn"] = "yes";
    if (location.hash === "#send" && runner.shown.unsent > 0) {
      part(root, "send-now").click();
    }
  }

  drawSoon() {
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      void this.draw();
    }, SOON);
  }

  async draw() {
    await this.drawReadiness();
    for (const one of this.parts) {
      await one.draw();
    }
  }

  async drawReadiness() {
    const { root, words, db } = this.place;
    const lease = await readLease(db);
    const { ready, lacks, warnings, minutes } = await readReadiness(db);
    const isOthers = lease !== null && String(lease.operator?.id) !== root.dataset["actor"];
    const all = isOthers ? [...lacks, "other_operator"] : lacks;
    const now = Date.now();
    const state = ready && !isOthers ? "ready" : "not_ready";
    part(root, "readiness").dataset["state"] = state;
    part(root, "ready-words").textContent = say(words, state);
    const until = lease === null ? "" : writeTime(lease.lease.ends, now);
    tell(part(root, "ready-why"), say(words, `${state}_why`, { time: until }));
    const name = lease?.operator?.name ?? "";
    list(
      part(root, "lacks"),
      all.map((one) => say(words, one, { name })),
    );
    const lost = await readSetting(db, "lease_lost", /** @type {{ at: number } | null} */ (null));
    const told = warnings.map((one) => say(words, one, { n: minutes }));
    const isNews = lost !== null && (lease?.loaded ?? 0) < lost.at;
    list(
      part(root, "warnings"),
      isNews ? [say(words, "lease_lost", { time: writeTime(lost.at, now) }), ...told] : told,
    );
    part(root, "share").hidden = lease !== null || lacks.includes("no_device") || lacks.includes("device_revoked");
    part(root, "load").hidden = all.includes("no_device") || all.includes("device_revoked");
  }

  async load() {
    const { root, words, db } = this.place;
    const button = /** @type {HTMLButtonElement} */ (part(root, "load"));
    const told = part(root, "load-told");
    button.disabled = true;
    tell(told, say(words, "loading"), "now");
    try {
      await runner.now();
      const { lease: address = "", token = "" } = root.dataset;
      const answer = await takeLease(db, { address, token, share: this.share() });
      tell(told, this.wordsOf(answer), answer.got === "lease" ? "done" : "broken");
    } catch (error) {
      tell(told, say(words, `store_${error instanceof StoreFault ? error.code : "refused"}`), "broken");
    }
    button.disabled = false;
    await this.draw();
  }

  /** @returns {{ settlement: string, most: number }} which vouchers a phone without a lease takes along */
  share() {
    const { root } = this.place;
    const settlement = /** @type {HTMLSelectElement} */ (part(root, "share-settlement")).value;
    const most = /** @type {HTMLInputElement} */ (part(root, "share-most")).value.replace(/\D/g, "");
    return { settlement, most: Number(most) };
  }

  /** @param {Awaited<ReturnType<typeof takeLease>>} answer @returns {string} */
  wordsOf(answer) {
    const { words } = this.place;
    if (answer.got === "lease") {
      return say(words, "loaded", { n: answer.vouchers });
    }
    if (answer.got === "refusal") {
      return say(words, "load_refusal", { why: answer.why });
    }
    const known = { revoked: "device_revoked", not_enrolled: "no_device" };
    return say(words, known[/** @type {keyof typeof known} */ (answer.got)] ?? `load_${answer.got}`);
  }
}

/**
 * @param {HTMLElement} place
 * @param {string[]} lines
 */
function list(place, lines) {
  place.hidden = lines.length === 0;
  place.replaceChildren(...lines.map((line) => make("li", line)));
}

/** @param {HTMLElement} root */
export async function start(root) {
  /** @type {Words} */
  const words = JSON.parse(document.getElementById("shift-words")?.textContent ?? "{}");
  try {
    const db = await openStore();
    await new ShiftPage({ root, words, db }).start();
  } catch (error) {
    part(root, "readiness").dataset["state"] = "not_ready";
    part(root, "ready-words").textContent = say(words, "not_ready");
    const code = error instanceof StoreFault ? error.code : "refused";
    tell(part(root, "ready-why"), say(words, `store_${code}`), "broken");
  }
}

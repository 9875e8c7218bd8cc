/** Several vouchers, one after another, and one tap at the end: each that fails is listed with its own reason. */

import { element } from "./due.js";
import { deviceName } from "./preferences.js";
import { signal } from "./sound.js";
import { part } from "./verdict.js";

/** @typedef {import("./types.js").Answer} Answer */
/** @typedef {import("./types.js").Asked} Asked */
/** @typedef {import("./types.js").Desk} Desk */
/** @typedef {import("./types.js").Verdict} Verdict */
/** @typedef {import("./types.js").Way} Way */
/** @typedef {import("./types.js").Words} Words */
/** @typedef {{ asked: Asked | null, kind: string, words: string, why: string, text: string, isDone: boolean }} Row */

export class SeveralList {
  /**
   * @param {HTMLElement} root
   * @param {Words} words
   * @param {Desk} desk
   */
  constructor(root, words, desk) {
    this.root = root;
    this.words = words;
    this.desk = desk;
    /** @type {Row[]} */
    this.rows = [];
    this.isGiving = false;
    part(root, "several-give").addEventListener("click", () => void this.giveAll());
  }

  /** @returns {boolean} */
  get isOpen() {
    return !part(this.root, "several").hidden;
  }

  /** @param {boolean} isOpen */
  turn(isOpen) {
    this.rows = [];
    part(this.root, "several").hidden = !isOpen;
    this.root.classList.toggle("with-several", isOpen);
    this.draw();
  }

  /**
   * @param {string} text
   * @param {Way} way
   */
  async add(text, way) {
    if (this.rows.some((row) => row.text === text && (row.asked !== null || row.isDone))) {
      this.put({ ...this.empty(text), kind: "attention", words: this.words["several_twice"] ?? "" });
      return;
    }
    this.put(this.rowOf(await this.desk.check(text, way), text, way));
  }

  /**
   * @param {Answer} answer
   * @param {string} text
   * @param {Way} way
   * @returns {Row}
   */
  rowOf(answer, text, way) {
    if (answer.got !== "verdict") {
      return { ...this.empty(text), ...this.failed(answer) };
    }
    const { verdict } = answer;
    const row = { ...this.empty(text), kind: verdict.kind, words: verdict.words, why: verdict.why };
    if (verdict.due.length === 0) {
      return row;
    }
    if (verdict.attention.length > 0 || verdict.due.some((kit) => kit.in_stock < kit.sets.length)) {
      return { ...row, kind: "attention", words: this.words["several_alone"] ?? "" };
    }
    return { ...row, words: this.words["several_ready"] ?? "", asked: askedFor(verdict, text, way) };
  }

  /**
   * @param {string} text
   * @returns {Row}
   */
  empty(text) {
    return { asked: null, kind: "offline", words: "", why: "", text, isDone: false };
  }

  /**
   * @param {Exclude<Answer, { got: "verdict" }>} answer
   * @returns {{ kind: string, words: string, why: string }}
   */
  failed(answer) {
    if (answer.got === "refusal") {
      return { kind: "attention", words: this.words["refused"] ?? "", why: answer.why };
    }
    return { kind: "offline", words: this.words[answer.got] ?? "", why: this.words[`${answer.got}_give_why`] ?? "" };
  }

  /** @param {Row} row */
  put(row) {
    this.rows.unshift(row);
    signal(row.kind);
    this.draw();
  }

  /** Give them one after another; what was not answered keeps its key and can be sent again. */
  async giveAll() {
    if (this.isGiving) {
      return;
    }
    this.isGiving = true;
    for (const row of this.rows.filter(({ asked }) => asked !== null).reverse()) {
      const { asked } = row;
      if (asked === null) {
        continue;
      }
      const answer = await this.desk.handOver(asked);
      const isSure = answer.got === "verdict" || answer.got === "refusal";
      const told = answer.got === "verdict" ? answer.verdict : this.failed(answer);
      Object.assign(row, { kind: told.kind, words: told.words, why: told.why });
      row.asked = isSure ? null : asked;
      row.isDone = answer.got === "verdict" && answer.verdict.answer === "given";
      this.draw();
    }
    this.isGiving = false;
    signal(this.rows.every(({ isDone }) => isDone) ? "ok" : "attention");
  }

  draw() {
    const ready = this.rows.filter(({ asked }) => asked !== null).length;
    const given = this.rows.filter(({ isDone }) => isDone).length;
    const count = String(this.rows.length);
    const counted = (this.words["several_count"] ?? "").replace("{n}", String(ready));
    const done = (this.words["several_done"] ?? "").replace("{given}", String(given)).replace("{n}", count);
    part(this.root, "several-count").textContent = this.rows.length === 0 ? "" : given > 0 ? done : counted;
    const give = part(this.root, "several-give");
    give.hidden = ready === 0;
    part(this.root, "several-words").textContent = (this.words["several_give"] ?? "").replace("{n}", String(ready));
    part(this.root, "several-rows").replaceChildren(...this.rows.map((row) => this.line(row)));
  }

  /**
   * @param {Row} row
   * @returns {HTMLElement}
   */
  line(row) {
    const line = document.createElement("li");
    line.dataset["kind"] = row.kind;
    const mark = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${this.root.dataset["icons"]}#verdict-${row.kind}`);
    mark.setAttribute("aria-hidden", "true");
    mark.append(use);
    const what = element("span", "several-what");
    what.append(element("strong", "", row.words), element("small", "", row.why));
    line.append(mark, what);
    if (row.asked !== null) {
      const drop = document.createElement("button");
      drop.type = "button";
      drop.className = "several-drop";
      drop.textContent = "×";
      drop.setAttribute("aria-label", (this.words["several_drop"] ?? "").replace("{family}", row.why));
      drop.addEventListener("click", () => {
        this.rows = this.rows.filter((one) => one !== row);
        this.draw();
      });
      line.append(drop);
    }
    return line;
  }
}

/**
 * @param {Verdict} verdict
 * @param {string} text
 * @param {Way} way
 * @returns {Asked} all that is due, to the guardian
 */
function askedFor(verdict, text, way) {
  const sets = verdict.due.flatMap((kit) => kit.sets);
  return {
    key: crypto.randomUUID(),
    text,
    way,
    sets,
    sizes: verdict.due.flatMap((kit) => kit.sets.map(() => kit.size)),
    lots: sets.map(() => 0),
    collector: "guardian",
    proxy: 0,
    note: "",
    document: "",
    last4: "",
    device: deviceName(),
    claimed_at: new Date().toISOString(),
  };
}

/** What the operator answers before giving: what, to whom, and that they have seen what asks for a second look. */

import { CollectorForm } from "./collector.js";
import { DueList } from "./due.js";
import { signal } from "./sound.js";
import { part } from "./verdict.js";

/** @typedef {import("./types.js").Asked} Asked */
/** @typedef {import("./types.js").Verdict} Verdict */
/** @typedef {import("./types.js").Words} Words */

export class Question {
  /**
   * @param {HTMLElement} root
   * @param {Words} words
   * @param {import("./verdict.js").VerdictBoard} board
   */
  constructor(root, words, board) {
    this.root = root;
    this.words = words;
    this.board = board;
    this.due = new DueList(part(root, "due"), words);
    this.collector = new CollectorForm(root, words, () => this.weigh());
    /** @type {Verdict | null} */
    this.verdict = null;
    /** @type {Set<string>} the reasons to look twice that the operator has seen */
    this.seen = new Set();
    part(root, "due").addEventListener("change", () => this.weigh());
    part(root, "ack").addEventListener("click", () => this.acknowledge());
  }

  /**
   * @param {Verdict} verdict
   * @returns {string} the kind to show it as
   */
  fill(verdict) {
    this.verdict = verdict;
    this.seen.clear();
    this.due.fill(verdict.due);
    this.collector.fill(verdict.collectors);
    return verdict.due.length > 0 && verdict.attention.length > 0 ? "attention" : verdict.kind;
  }

  /** @returns {ReturnType<DueList["counted"]>} */
  counted() {
    return this.due.counted();
  }

  /**
   * @param {string} text
   * @returns {boolean} whether it was the code of a box, of these sets or of others
   */
  takeBox(text) {
    const taken = this.due.takeBox(text);
    if (taken === "no_box") {
      return false;
    }
    this.problem(taken === "other" ? "other_box" : "");
    signal(taken === "other" ? "attention" : "seen");
    return true;
  }

  /** @returns {Pick<Asked, "sets" | "sizes" | "lots" | "collector" | "proxy" | "note" | "document" | "last4">} */
  asked() {
    const sets = this.due.chosen();
    return {
      sets,
      sizes: this.due.chosenSizes(sets),
      lots: this.due.chosenLots(sets),
      ...this.collector.came(),
    };
  }

  /** @returns {boolean} whether everything is answered; says what is not */
  isSettled() {
    if (this.isOpen()) {
      signal("attention");
      return false;
    }
    const fault = this.due.chosen().length === 0 ? "nothing_chosen" : this.collector.fault();
    this.problem(fault);
    return fault === "";
  }

  /** @returns {import("./types.js").Attention[]} why the operator must look twice */
  reasons() {
    const proxy = { code: "proxy", words: this.words["attention_proxy"] ?? "" };
    return [...(this.verdict?.attention ?? []), ...(this.collector.isSomebodyElse() ? [proxy] : [])];
  }

  /** @returns {boolean} whether a reason was not seen yet */
  isOpen() {
    return this.reasons().some(({ code }) => !this.seen.has(code));
  }

  acknowledge() {
    for (const { code } of this.reasons()) {
      this.seen.add(code);
    }
    this.weigh();
  }

  /** Show what is to be looked at twice, and how much is given. */
  weigh() {
    const reasons = this.reasons();
    const isOpen = this.isOpen();
    if (isOpen && this.root.dataset["kind"] === "ok") {
      signal("attention");
    }
    this.board.paint(reasons.length > 0 ? "attention" : (this.verdict?.kind ?? "offline"));
    part(this.root, "reasons").replaceChildren(
      ...reasons.map(({ words }) => Object.assign(document.createElement("li"), { textContent: words })),
    );
    part(this.root, "ack").hidden = !isOpen;
    part(this.root, "give").hidden = isOpen;
    const count = this.due.chosen().length;
    part(this.root, "give-words").textContent = (this.words["give_count"] ?? "").replace("{n}", String(count));
  }

  /** @param {string} name of the words, or nothing */
  problem(name) {
    const problem = part(this.root, "problem");
    problem.hidden = name === "";
    problem.textContent = this.words[name] ?? "";
  }
}

/** Taking back what was given a moment ago: for five minutes, with a reason that is one tap. */

import { writeTime } from "../offline/words.js";
import { part } from "./verdict.js";

const WINDOW = 300_000;

export class Undoing {
  /**
   * @param {HTMLElement} root
   * @param {(id: string, reason: string) => void} undo
   */
  constructor(root, undo) {
    this.root = root;
    this.form = /** @type {HTMLFormElement} */ (part(root, "undo-form"));
    this.id = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    part(root, "undo").addEventListener("click", () => this.open());
    part(root, "undo-no").addEventListener("click", () => this.close());
    for (const button of this.form.querySelectorAll("button[value]")) {
      button.addEventListener("click", () => undo(this.id, button.getAttribute("value") ?? ""));
    }
    this.form.addEventListener("submit", (event) => event.preventDefault());
  }

  /**
   * Offer it for as long as it may be done; a phone's clock that is wrong takes nothing away.
   * @param {Pick<import("./types.js").Verdict, "hand_over" | "undo_until">} verdict
   * @param {string} words
   */
  offer(verdict, words) {
    clearTimeout(this.timer);
    this.id = verdict.hand_over ?? "";
    const until = Date.parse(verdict.undo_until ?? "");
    const left = until - Date.now();
    const stays = left > 0 && left <= WINDOW ? left : WINDOW;
    const ends = Number.isNaN(until) ? Date.now() + stays : until;
    part(this.root, "undo-words").textContent = words.replace("{time}", writeTime(ends, ends));
    this.timer = setTimeout(() => {
      part(this.root, "undo").hidden = true;
      this.close();
    }, stays);
  }

  /** @returns {boolean} */
  get isOpen() {
    return !this.form.hidden;
  }

  open() {
    this.form.hidden = false;
    part(this.root, "undo").hidden = true;
    this.form.querySelector("button")?.focus();
  }

  /** The square for taking back, scanned once asks, and scanned again does it, for the first of the reasons. */
  command() {
    if (this.isOpen) {
      this.form.querySelector("button")?.click();
    } else {
      this.open();
    }
  }

  close() {
    if (this.isOpen) {
      this.form.hidden = true;
      part(this.root, "undo").hidden = false;
    }
  }
}

/** The same answer for the family, in its language: big, short, accusing nobody. The operator turns the screen round. */

import { element } from "./due.js";
import { part } from "./verdict.js";

/** @typedef {import("./types.js").Language} Language */
/** @typedef {import("./types.js").DueKit} DueKit */
/**
 * @typedef {{
 *   said: Record<Language, Record<string, [string, string]>>, same: Record<string, string>, names: Record<Language, string>,
 * }} FamilyWords
 */

/** @type {Language[]} */
const LANGUAGES = ["kk", "ru", "en"];

export class FamilyView {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {FamilyWords} */
    this.words = JSON.parse(document.getElementById("family-words")?.textContent ?? "{}");
    this.answer = "wait";
    /** @type {readonly { kit: DueKit, sets: number[] }[]} */
    this.kits = [];
    part(root, "languages").replaceChildren(...LANGUAGES.map((language) => this.choice(language)));
    part(root, "family-close").addEventListener("click", () => this.close());
  }

  /**
   * What was given a moment ago was given: the family that stands there is not asked whether it got its sets.
   * @param {import("./types.js").Verdict | null} verdict
   * @returns {string} the answer that the family reads
   */
  static answerOf(verdict) {
    const isJustGiven = verdict?.answer === "already_handed_over" && verdict.undo_until !== null;
    return isJustGiven ? "given" : (verdict?.answer ?? "wait");
  }

  /**
   * @param {string} answer
   * @param {readonly { kit: DueKit, sets: number[] }[]} kits
   * @param {Language} language
   */
  open(answer, kits, language) {
    this.answer = answer;
    this.kits = kits;
    const dialog = this.dialog();
    this.say(language);
    dialog.showModal();
  }

  close() {
    this.dialog().close();
  }

  /** @param {Language} language */
  say(language) {
    const said = this.words.said[language];
    const [title, step] = said[this.words.same[this.answer] ?? this.answer] ?? said["wait"] ?? ["", ""];
    this.dialog().lang = language;
    part(this.root, "family-title").textContent = title;
    part(this.root, "family-step").textContent = step;
    part(this.root, "family-kits").replaceChildren(
      ...this.kits.map(({ kit, sets }) => {
        const line = document.createElement("li");
        line.append(element("span", "", kit.names[language]), element("strong", "", `× ${sets.length}`));
        return line;
      }),
    );
    for (const button of part(this.root, "languages").querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.lang === language));
    }
  }

  /**
   * @param {Language} language
   * @returns {HTMLButtonElement}
   */
  choice(language) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet";
    button.lang = language;
    button.textContent = this.words.names[language];
    button.addEventListener("click", () => this.say(language));
    return button;
  }

  /** @returns {HTMLDialogElement} */
  dialog() {
    return /** @type {HTMLDialogElement} */ (part(this.root, "family"));
  }
}

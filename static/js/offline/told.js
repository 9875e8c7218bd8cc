/** Puts what this phone decided into words; the sentences travel with the page, in every language. */

/** @typedef {import("../scan/types.js").Verdict} Verdict */
/** @typedef {import("../scan/types.js").Language} Language */
/**
 * @typedef {{ answer: string, kind: string, words: string, why: string, step: string }} Sentence
 * @typedef {{
 *   verdicts: Record<string, Sentence>, notes: Record<string, string>, quarters: string[], ages: Record<string, string>,
 * }} DeskWords
 * @typedef {{ name_kk: string, name_ru: string, name_en: string }} Named
 */

const ALMATY = 5 * 3_600_000;
const DAYS = new Set(["day"]);
const QUARTERS = new Set(["quarter", "current"]);

export class Teller {
  constructor() {
    const { lang } = document.documentElement;
    /** @type {Language} */
    this.language = lang === "ru" || lang === "en" ? lang : "kk";
    /** @type {Record<string, DeskWords>} */
    const all = JSON.parse(document.getElementById("desk-words")?.textContent ?? "{}");
    /** @type {DeskWords} */
    this.words = all[this.language] ?? { verdicts: {}, notes: {}, quarters: [], ages: {} };
    /** Made once: making it takes longer than all the rest of an answer. */
    this.plurals = new Intl.PluralRules(this.language);
  }

  /**
   * @param {string} name the case
   * @param {Record<string, string | number>} [facts] times in milliseconds, quarters as numbers
   * @param {Partial<Verdict>} [more]
   * @returns {Verdict}
   */
  verdict(name, facts = {}, more = {}) {
    const { answer, kind, words, why, step } = this.words.verdicts[name] ?? {
      ...{ answer: name, kind: "attention", words: name, why: "", step: "" },
    };
    return {
      ...{ answer, kind, words, step, why: fill(why, this.written(facts)) },
      ...{ due: [], hand_over: null, undo_until: null, attention: [], collectors: [] },
      family_language: this.language,
      ...more,
    };
  }

  /**
   * @param {string} name
   * @param {Record<string, string | number>} [facts]
   * @returns {string}
   */
  note(name, facts = {}) {
    return fill(this.words.notes[name] ?? "", this.written(facts));
  }

  /**
   * @param {string} child a masked name
   * @param {number} years
   * @returns {string}
   */
  child(child, years) {
    const form = this.plurals.select(years);
    const sentence = this.words.ages[form] ?? this.words.ages["other"] ?? "";
    return fill(sentence, { child, n: String(years) });
  }

  /**
   * @param {Named} row
   * @returns {string} its name in the language of the page
   */
  name(row) {
    return row[`name_${this.language}`];
  }

  /**
   * @param {number} at milliseconds
   * @returns {string} as the clock on the wall in Kazakhstan shows it
   */
  instant(at) {
    return `${this.day(at)} ${new Date(at + ALMATY).toISOString().slice(11, 16)}`;
  }

  /**
   * @param {number} at
   * @returns {string}
   */
  day(at) {
    const day = new Date(at + ALMATY).toISOString().slice(0, 10);
    return this.language === "en" ? day : day.split("-").reverse().join(".");
  }

  /**
   * @param {number} cycle 4 × year + quarter − 1
   * @returns {string}
   */
  quarter(cycle) {
    return fill(this.words.quarters[cycle % 4] ?? "", { year: String(Math.floor(cycle / 4)) });
  }

  /**
   * @param {Record<string, string | number>} facts
   * @returns {Record<string, string>}
   */
  written(facts) {
    return Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, this.fact(name, fact)]));
  }

  /**
   * @param {string} name
   * @param {string | number} fact
   * @returns {string}
   */
  fact(name, fact) {
    if (typeof fact === "string" || name === "n") {
      return String(fact);
    }
    if (QUARTERS.has(name)) {
      return this.quarter(fact);
    }
    return DAYS.has(name) ? this.day(fact) : this.instant(fact);
  }
}

/**
 * @param {string} sentence with blanks in braces
 * @param {Record<string, string>} facts
 * @returns {string}
 */
function fill(sentence, facts) {
  return sentence.replaceAll(/\{([a-z]+)\}/g, (blank, name) => facts[name] ?? blank);
}

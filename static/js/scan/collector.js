/** Who came: the guardian by default, else a proxy or somebody else, by what paper. Never an image, four signs at most. */

import { element } from "./due.js";
import { part } from "./verdict.js";

/** @typedef {import("./types.js").Collector} Collector */
/** @typedef {import("./types.js").Words} Words */
/** @typedef {Pick<import("./types.js").Asked, "collector" | "proxy" | "note" | "document" | "last4">} Came */

const LAST_SIGNS = /^[0-9A-Za-z]{4}$/;

export class CollectorForm {
  /**
   * @param {HTMLElement} root
   * @param {Words} words
   * @param {() => void} changed
   */
  constructor(root, words, changed) {
    this.form = /** @type {HTMLFormElement} */ (part(root, "confirm"));
    this.root = root;
    this.words = words;
    this.form.addEventListener("change", () => {
      part(this.root, "who").hidden = !this.isSomebodyElse();
      part(this.root, "proxies").hidden = this.value("collector") !== "proxy";
      changed();
    });
  }

  /** @param {readonly Collector[]} people */
  fill(people) {
    this.form.reset();
    part(this.root, "who").hidden = true;
    part(this.root, "problem").hidden = true;
    const guardian = people.find(({ proxy }) => proxy === 0);
    part(this.root, "guardian-signs").textContent = this.signs(guardian?.last4 ?? "");
    part(this.root, "proxies").replaceChildren(
      ...people.filter(({ proxy }) => proxy !== 0).map((one, place) => this.choice(one, place === 0)),
    );
  }

  /**
   * @param {Collector} one
   * @param {boolean} isFirst
   * @returns {HTMLElement}
   */
  choice(one, isFirst) {
    const label = element("label", "scan-choice scan-choice-line");
    const button = document.createElement("input");
    button.type = "radio";
    button.name = "proxy";
    button.value = String(one.proxy);
    button.defaultChecked = isFirst;
    label.append(button, element("span", "", one.name), element("small", "", this.signs(one.last4)));
    return label;
  }

  /** @returns {boolean} */
  isSomebodyElse() {
    return this.value("collector") !== "guardian";
  }

  /** @returns {Came} */
  came() {
    const collector = this.value("collector");
    const isElse = this.isSomebodyElse();
    return {
      collector: collector === "proxy" || collector === "other" ? collector : "guardian",
      proxy: collector === "proxy" ? Number(this.value("proxy")) : 0,
      note: isElse ? this.value("note") : "",
      document: isElse ? this.value("document") : "",
      last4: isElse ? this.value("last4").toUpperCase() : "",
    };
  }

  /** @returns {string} the name of what is wrong, or nothing */
  fault() {
    const { proxy, note, last4 } = this.came();
    if (this.isSomebodyElse() && note === "" && proxy === 0) {
      return "no_note";
    }
    return last4 === "" || LAST_SIGNS.test(last4) ? "" : "no_last4";
  }

  /**
   * @param {string} last4
   * @returns {string}
   */
  signs(last4) {
    return last4 === "" ? "" : (this.words["last4"] ?? "").replace("{last4}", last4);
  }

  /**
   * @param {string} name
   * @returns {string}
   */
  value(name) {
    return String(new FormData(this.form).get(name) ?? "").trim();
  }
}

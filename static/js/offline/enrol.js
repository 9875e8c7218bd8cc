/** The page on which this phone becomes a device: its key, the manager's code, a PIN. */

import { part } from "../scan/verdict.js";
import { enrol } from "./device.js";
import { choosePin, isGoodPin } from "./pin.js";
import { countUnsent, keepForGood, openStore, StoreFault } from "./store.js";

const RELEASE = /\/static\/([^/]{1,40})\//;

class EnrolPage {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {Record<string, string>} */
    this.words = JSON.parse(document.getElementById("enrol-words")?.textContent ?? "{}");
    this.code = decodeURIComponent(location.hash.slice(1));
    this.busy = false;
  }

  start() {
    history.replaceState(null, "", location.pathname);
    if (this.code === "") {
      this.say("no_code");
    }
    part(this.root, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.submit();
    });
  }

  async submit() {
    const [pin, again] = [this.field("enrol-pin"), this.field("enrol-again")];
    const wrong = this.code === "" ? "no_code" : isGoodPin(pin) ? (pin === again ? null : "pin_differs") : "pin_bad";
    if (wrong !== null || this.busy) {
      this.say(wrong ?? "working");
      return;
    }
    this.busy = true;
    this.say("working");
    try {
      await this.become(pin);
    } catch (error) {
      if (!(error instanceof StoreFault)) {
        throw error;
      }
      this.say(error.code === "full" ? "full" : "store");
    } finally {
      this.busy = false;
    }
  }

  /** @param {string} pin */
  async become(pin) {
    const db = await openStore();
    const unsent = await countUnsent(db);
    if (unsent > 0) {
      this.say("unsent", { n: String(unsent) });
      return;
    }
    const { address = "", token = "" } = this.root.dataset;
    const app = RELEASE.exec(import.meta.url)?.[1] ?? "";
    const told = await enrol(db, { address, token, code: this.code, app });
    if (told.got === "refusal") {
      this.problem(told.why);
    } else if (told.got !== "answer") {
      this.say(told.got);
    } else {
      await choosePin(db, pin);
      const { point, device } = told.body;
      const name = point?.[`name_${document.documentElement.lang}`] ?? "";
      part(this.root, "form").hidden = true;
      part(this.root, "told").textContent = this.word("done", { code: device.code, point: name });
      part(this.root, "kept").textContent = this.word((await keepForGood()) ? "persistent" : "not_persistent");
      part(this.root, "done").hidden = false;
    }
  }

  /**
   * @param {string} name
   * @param {Record<string, string>} [blanks]
   */
  say(name, blanks = {}) {
    this.problem(this.word(name, blanks));
  }

  /** @param {string} words */
  problem(words) {
    const line = part(this.root, "problem");
    line.textContent = words;
    line.hidden = words === "";
  }

  /**
   * @param {string} name
   * @param {Record<string, string>} [blanks]
   * @returns {string}
   */
  word(name, blanks = {}) {
    return (this.words[name] ?? name).replaceAll(/\{([a-z]+)\}/g, (blank, key) => blanks[key] ?? blank);
  }

  /**
   * @param {string} id
   * @returns {string}
   */
  field(id) {
    const field = this.root.querySelector(`#${id}`);
    return field instanceof HTMLInputElement ? field.value : "";
  }
}

/** @param {HTMLElement} element */
export function start(element) {
  new EnrolPage(element).start();
}

/** What is due, as big lines: untick, one fewer, another size, and the lot of the box that was scanned. */

import { isBoxOf, readBox } from "./boxes.js";

/** @typedef {import("./types.js").DueKit} DueKit */
/** @typedef {import("./types.js").Size} Size */
/** @typedef {import("./types.js").Words} Words */

export class DueList {
  /**
   * @param {HTMLElement} list
   * @param {Words} words
   */
  constructor(list, words) {
    this.list = list;
    this.words = words;
    /** @type {readonly DueKit[]} */
    this.due = [];
    /** @type {Map<number, number>} the sizes that were chosen, by set: an answer that comes again keeps them */
    this.sizes = new Map();
    /** @type {Map<number, number>} the lots of the boxes that were scanned, by set */
    this.lots = new Map();
  }

  /** @param {readonly DueKit[]} due */
  fill(due) {
    this.due = due;
    this.lots.clear();
    this.list.replaceChildren(...due.map((kit) => this.line(kit)));
  }

  /** @returns {number[]} the sets that are ticked */
  chosen() {
    return this.counted().flatMap(({ sets }) => sets);
  }

  /** @returns {{ kit: DueKit, sets: number[] }[]} what is ticked, by line */
  counted() {
    const lines = [...this.list.querySelectorAll("li")];
    return this.due.flatMap((kit, row) => {
      const line = lines[row];
      const isTicked = line?.querySelector("input")?.checked;
      return isTicked ? [{ kit, sets: kit.sets.slice(0, Number(line?.dataset["count"])) }] : [];
    });
  }

  /**
   * @param {readonly number[]} sets
   * @returns {number[]} the size chosen for each set, 0 where there are none
   */
  chosenSizes(sets) {
    return sets.map((set) => this.sizes.get(set) ?? 0);
  }

  /**
   * @param {readonly number[]} sets
   * @returns {number[]} the lot whose box was scanned for each set, 0 where none was
   */
  chosenLots(sets) {
    return sets.map((set) => this.lots.get(set) ?? 0);
  }

  /**
   * Take a scanned box for the first line that its lot fits and that has no box yet.
   * @param {string} text
   * @returns {"taken" | "other" | "no_box"}
   */
  takeBox(text) {
    const box = readBox(text);
    const fitting = this.due.flatMap((kit, row) => {
      const lot = kit.lots.find((one) => isBoxOf(box, text, one));
      return lot === undefined ? [] : [{ row, kit, lot }];
    });
    const next = fitting.find(({ kit }) => !kit.sets.some((set) => this.lots.has(set))) ?? fitting[0];
    if (next !== undefined) {
      this.useLot(next.row, next.kit, next.lot);
      return "taken";
    }
    return box === null ? "no_box" : "other";
  }

  /**
   * @param {number} row
   * @param {DueKit} kit
   * @param {import("./types.js").Lot} lot
   */
  useLot(row, kit, lot) {
    for (const [place, set] of kit.sets.entries()) {
      if (place < lot.packs) {
        this.lots.set(set, lot.lot);
      }
    }
    const line = this.list.children[row];
    const choice = line?.querySelector("select");
    if (choice) {
      choice.value = String(lot.item);
      choice.dispatchEvent(new Event("change", { bubbles: true }));
    }
    const told = line?.querySelector(".due-lot");
    if (told instanceof HTMLElement) {
      const words = this.words[lot.expires === "" ? "lot_without_day" : "lot"] ?? "";
      told.textContent = words.replace("{lot}", lot.code).replace("{day}", day(lot.expires));
      told.hidden = false;
    }
  }

  /**
   * One kit with its count: the tick leaves it out, the minus gives one fewer, and a kit in sizes has them to choose.
   * @param {DueKit} kit
   * @returns {HTMLLIElement}
   */
  line(kit) {
    const line = document.createElement("li");
    const label = document.createElement("label");
    const tick = document.createElement("input");
    tick.type = "checkbox";
    tick.checked = kit.in_stock > 0;
    const what = element("span", "due-what");
    const lacks = (this.words["lacks"] ?? "").replace("{n}", String(kit.in_stock));
    const named = kit.child === "" ? kit.name : `${kit.name} · ${kit.child}`;
    const lot = element("small", "due-lot");
    lot.hidden = true;
    what.append(
      element("strong", "", kit.code),
      element("small", "", kit.in_stock < kit.sets.length ? `${named} – ${lacks}` : named),
      lot,
    );
    label.append(tick, what);
    const count = element("span", "due-count");
    line.append(label, count);
    if (kit.sets.length > 1) {
      line.append(this.fewer(kit, line, count));
    }
    if (kit.sizes.length > 0) {
      line.append(this.sizeChoice(kit));
    }
    write(line, count, kit.in_stock > 0 ? Math.min(kit.in_stock, kit.sets.length) : kit.sets.length);
    return line;
  }

  /**
   * The sizes that the point has; what expires first is offered, what was chosen for this set before stays.
   * @param {DueKit} kit
   * @returns {HTMLElement}
   */
  sizeChoice(kit) {
    const [set = 0] = kit.sets;
    const before = this.sizes.get(set);
    const size = kit.sizes.some(({ item }) => item === before) ? before : kit.size;
    const choice = document.createElement("select");
    choice.className = "input due-size";
    choice.append(
      ...kit.sizes.map((one) => new Option(this.sizeWords(one), String(one.item), false, one.item === size)),
    );
    const keep = () => this.sizes.set(set, Number(choice.value));
    choice.addEventListener("change", keep);
    keep();
    const label = element("label", "due-sizes");
    label.append(this.words["size"] ?? "", choice);
    return label;
  }

  /**
   * @param {Size} size
   * @returns {string}
   */
  sizeWords(size) {
    const name = size.name === "" ? (this.words["no_size"] ?? "") : size.name;
    return (this.words["size_there"] ?? "").replace("{size}", name).replace("{n}", String(size.packs));
  }

  /**
   * @param {DueKit} kit
   * @param {HTMLElement} line
   * @param {HTMLElement} count
   * @returns {HTMLButtonElement}
   */
  fewer(kit, line, count) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "due-fewer";
    button.textContent = "−";
    button.setAttribute("aria-label", (this.words["less"] ?? "").replace("{code}", kit.code));
    button.addEventListener("click", () => {
      const now = Number(line.dataset["count"]);
      write(line, count, now > 1 ? now - 1 : kit.sets.length);
      line.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return button;
  }
}

/**
 * @param {string} tag
 * @param {string} name
 * @param {string} [text]
 * @returns {HTMLElement}
 */
export function element(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

/**
 * @param {HTMLElement} line
 * @param {HTMLElement} count
 * @param {number} n
 */
function write(line, count, n) {
  line.dataset["count"] = String(n);
  count.textContent = `× ${n}`;
}

/**
 * @param {string} iso
 * @returns {string} as days are written here
 */
function day(iso) {
  return iso.split("-").reverse().join(".");
}

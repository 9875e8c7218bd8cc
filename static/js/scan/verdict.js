/** Shows an answer: a colour, a shape, words, what is due; it stays until the next scan, or half a minute. */

import { signal } from "./sound.js";

/** @typedef {import("./types.js").DueKit} DueKit */
/** @typedef {import("./types.js").Size} Size */
/** @typedef {import("./types.js").Words} Words */
/** @typedef {{ kind: string, words: string, why: string, step: string }} Shown */

const STAYS = 30_000;

/**
 * @param {HTMLElement} root
 * @param {string} name
 * @returns {HTMLElement}
 */
export function part(root, name) {
  const found = root.querySelector(`[data-part="${name}"]`);
  if (!(found instanceof HTMLElement || found instanceof SVGElement)) {
    throw new Error(`The page has no ${name}`);
  }
  return /** @type {HTMLElement} */ (found);
}

export class VerdictBoard {
  /**
   * @param {HTMLElement} root
   * @param {Words} words
   * @param {() => void} over what to do when the verdict's time is over
   */
  constructor(root, words, over) {
    this.root = root;
    this.words = words;
    this.over = over;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {Map<number, number>} the sizes that were chosen, by set: an answer that comes again keeps them */
    this.sizes = new Map();
  }

  /**
   * @param {Shown} shown
   * @param {readonly DueKit[]} due
   */
  show(shown, due = []) {
    const board = part(this.root, "verdict");
    board.className = `verdict verdict-${shown.kind}`;
    board.dataset["verdict"] = shown.kind;
    const use = part(this.root, "mark").querySelector("use");
    use?.setAttribute("href", `${this.root.dataset["icons"]}#verdict-${shown.kind}`);
    for (const name of /** @type {const} */ (["words", "why", "step"])) {
      part(this.root, name).textContent = shown[name];
    }
    part(this.root, "due").replaceChildren(...due.map((kit) => this.line(kit)));
    board.hidden = false;
    part(this.root, "viewfinder").hidden = true;
    board.focus({ preventScroll: true });
    requestAnimationFrame(() => globalThis.scrollTo({ top: 0 }));
    signal(shown.kind);
    clearTimeout(this.timer);
    if (due.length === 0) {
      this.timer = setTimeout(this.over, STAYS);
    }
  }

  hide() {
    clearTimeout(this.timer);
    part(this.root, "verdict").hidden = true;
    part(this.root, "viewfinder").hidden = false;
  }

  /** @returns {number[]} the sets that are ticked */
  chosen() {
    const lines = [...part(this.root, "due").querySelectorAll("li")];
    return lines.flatMap((line) => {
      const tick = line.querySelector("input");
      const sets = /** @type {number[]} */ (JSON.parse(line.dataset["sets"] ?? "[]"));
      return tick?.checked ? sets.slice(0, Number(line.dataset["count"])) : [];
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
   * One kit with its count: the tick leaves it out, the minus gives one fewer, and a kit in sizes has them to choose.
   * @param {DueKit} kit
   * @returns {HTMLLIElement}
   */
  line(kit) {
    const line = document.createElement("li");
    line.dataset["sets"] = JSON.stringify(kit.sets);
    const label = document.createElement("label");
    const tick = document.createElement("input");
    tick.type = "checkbox";
    tick.checked = kit.in_stock > 0;
    const what = document.createElement("span");
    what.className = "due-what";
    const code = document.createElement("strong");
    code.textContent = kit.code;
    const name = document.createElement("small");
    const lacks = (this.words["lacks"] ?? "").replace("{n}", String(kit.in_stock));
    const named = kit.child === "" ? kit.name : `${kit.name} · ${kit.child}`;
    name.textContent = kit.in_stock < kit.sets.length ? `${named} – ${lacks}` : named;
    what.append(code, name);
    label.append(tick, what);
    const count = document.createElement("span");
    count.className = "due-count";
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
   * @returns {HTMLLabelElement}
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
    const label = document.createElement("label");
    label.className = "due-sizes";
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
    });
    return button;
  }
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

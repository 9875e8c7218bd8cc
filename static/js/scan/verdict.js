/** Shows an answer: a colour, a shape, words; it stays until the next scan, or half a minute. */

import { signal } from "./sound.js";

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
   * @param {() => void} over what to do when the verdict's time is over
   */
  constructor(root, over) {
    this.root = root;
    this.over = over;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /**
   * @param {Shown} shown
   * @param {{ sound?: string, stays?: boolean }} [how] `stays`: it waits for the operator
   */
  show(shown, how = {}) {
    const board = part(this.root, "verdict");
    this.paint(shown.kind);
    for (const name of /** @type {const} */ (["words", "why", "step"])) {
      part(this.root, name).textContent = shown[name];
    }
    board.hidden = false;
    part(this.root, "viewfinder").hidden = true;
    board.focus({ preventScroll: true });
    requestAnimationFrame(() => globalThis.scrollTo({ top: 0 }));
    signal(how.sound ?? shown.kind);
    clearTimeout(this.timer);
    if (!how.stays) {
      this.timer = setTimeout(this.over, STAYS);
    }
  }

  /** Give the whole page the colour and the shape of a kind. @param {string} kind */
  paint(kind) {
    const board = part(this.root, "verdict");
    board.className = `verdict verdict-${kind}`;
    board.dataset["verdict"] = kind;
    this.root.dataset["kind"] = kind;
    const use = part(this.root, "mark").querySelector("use");
    use?.setAttribute("href", `${this.root.dataset["icons"]}#verdict-${kind}`);
  }

  hide() {
    clearTimeout(this.timer);
    delete this.root.dataset["kind"];
    part(this.root, "verdict").hidden = true;
    part(this.root, "viewfinder").hidden = false;
  }
}

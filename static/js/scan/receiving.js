/**
 * Receiving by scanning: a scanner types anywhere on the page, or the camera looks. A code that means one thing adds or
 * raises its line here, without asking for the page again; whatever a person must decide goes to the server with the form.
 */

import { hasFrame, startCamera } from "./camera.js";
import { makeDecoder } from "./decoder.js";
import { makeMemory } from "./repeats.js";
import { signal } from "./sound.js";
import { part } from "./verdict.js";
import { exactSignOf, listenToWedge } from "./wedge.js";

/**
 * @typedef {{
 *   item: number | null, code: string, name: string, gtin: string, lot: string, expires_on: string,
 *   packs: number | null, sscc: string,
 * }} Goods
 * @typedef {{ goods: Goods[], remarks: string[], fault: string }} ReadScan
 */

const FRAME_PAUSE = 150;
const PATIENCE = 15_000;
const FORMATS = ["QRCode", "DataMatrix", "Code128", "EAN-13", "EAN-8", "UPC-A", "UPC-E", "ITF"];
const SEPARATOR = "|";

/**
 * @param {HTMLElement} line
 * @param {string} name
 * @returns {HTMLInputElement}
 */
function fieldOf(line, name) {
  const found = line.querySelector(`[name$="-${name}"]`);
  if (!(found instanceof HTMLInputElement)) {
    throw new Error(`A line has no field ${name}`);
  }
  return found;
}

class ReceivingPage {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.isRepeat = makeMemory();
    /** @type {Promise<void>} scans one after the other, as they came */
    this.queue = Promise.resolve();
  }

  start() {
    listenToWedge((text) => this.scanned(text), exactSignOf);
    const field = this.codeField();
    field.addEventListener("keydown", (event) => this.typeSeparator(event, field));
    part(this.root, "scan").addEventListener("click", (event) => {
      event.preventDefault();
      this.takeTyped(field);
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        this.takeTyped(field);
      }
    });
    this.list().addEventListener("click", (event) => this.remove(event));
    this.list().addEventListener("input", (event) => {
      const line = event.target instanceof Element ? event.target.closest("li") : null;
      if (line) {
        this.showSum(line);
      }
    });
    this.list().addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target instanceof HTMLInputElement) {
        event.preventDefault();
        field.focus();
      }
    });
    this.startCameraButton();
    if (document.activeElement === document.body) {
      field.focus({ preventScroll: true });
    }
  }

  /** @returns {HTMLInputElement} */
  codeField() {
    const found = this.root.querySelector("#code");
    if (!(found instanceof HTMLInputElement)) {
      throw new Error("The page has no field for codes");
    }
    return found;
  }

  /** @returns {HTMLElement} */
  list() {
    return part(this.root, "lines");
  }

  /** @returns {HTMLElement[]} */
  lines() {
    return [...this.list().children].filter((line) => line instanceof HTMLElement);
  }

  /**
   * Scanners send FNC1 as keys that type nothing into a field.
   * @param {KeyboardEvent} event
   * @param {HTMLInputElement} field
   */
  typeSeparator(event, field) {
    if ((event.ctrlKey && event.code === "BracketRight") || event.code === "F8") {
      event.preventDefault();
      field.setRangeText(SEPARATOR, field.selectionStart ?? 0, field.selectionEnd ?? 0, "end");
    }
  }

  /** @param {HTMLInputElement} field */
  takeTyped(field) {
    const text = field.value;
    if (text.trim() !== "") {
      field.value = "";
      this.scanned(text);
    }
  }

  /** @param {string} text */
  scanned(text) {
    signal("seen");
    this.queue = this.queue.then(() => this.read(text)).catch(() => this.askServer(text));
  }

  /** @param {string} text */
  async read(text) {
    const response = await fetch(this.root.dataset["read"] ?? "", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-CSRFToken": this.root.dataset["token"] ?? "",
      },
      body: JSON.stringify({ text }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!response.ok) {
      this.askServer(text);
      return;
    }
    /** @type {ReadScan} */
    const said = await response.json();
    const chosen = said.goods.length === 1 ? said.goods[0] : this.knownAmong(said.goods);
    if (!chosen || chosen.item === null) {
      this.askServer(text);
      return;
    }
    this.take(chosen);
  }

  /**
   * Send the code with the form: the server says what is wrong with it, or asks what only a person knows.
   * @param {string} text
   */
  askServer(text) {
    const field = this.codeField();
    field.value = text;
    const button = part(this.root, "scan");
    if (field.form && button instanceof HTMLButtonElement) {
      field.form.requestSubmit(button);
    }
  }

  /**
   * @param {Goods[]} ways
   * @returns {Goods | undefined} the way to read a code that a line has chosen before
   */
  knownAmong(ways) {
    const fitting = ways.filter((way) => way.lot !== "" && this.lines().some((line) => this.isSame(line, way)));
    return fitting.length === 1 ? fitting[0] : undefined;
  }

  /**
   * @param {HTMLElement} line
   * @param {Goods} goods
   */
  isSame(line, goods) {
    return (
      fieldOf(line, "item_id").value === String(goods.item) &&
      fieldOf(line, "lot_code").value === goods.lot &&
      fieldOf(line, "expires_on").value === goods.expires_on
    );
  }

  /**
   * The line of a scan, by the same rules as on the server (`logistics.rules.receiving`).
   * @param {Goods} goods
   * @returns {HTMLElement | undefined}
   */
  lineOf(goods) {
    const own = this.lines().filter((line) => fieldOf(line, "item_id").value === String(goods.item));
    const loose = goods.sscc === "" ? own.filter((line) => fieldOf(line, "sscc").value === "") : [];
    if (goods.lot === "" && goods.expires_on === "") {
      return loose.at(-1);
    }
    const isWaiting = (/** @type {HTMLElement} */ line) =>
      ["lot_code", "expires_on", "sscc", "packs"].every((name) => fieldOf(line, name).value === "");
    return loose.find((line) => this.isSame(line, goods)) ?? own.find(isWaiting);
  }

  /** @param {Goods} goods */
  take(goods) {
    const twice = goods.sscc !== "" && this.lines().find((line) => fieldOf(line, "sscc").value === goods.sscc);
    if (twice) {
      this.say(this.root.dataset["twice"] ?? "", twice);
      return;
    }
    const line = this.lineOf(goods) ?? this.add(goods);
    const packs = fieldOf(line, "packs");
    fieldOf(line, "lot_code").value ||= goods.lot;
    fieldOf(line, "expires_on").value ||= goods.expires_on;
    fieldOf(line, "sscc").value ||= goods.sscc;
    const counted = /^\d+$/.test(packs.value) ? Number(packs.value) : 0;
    packs.value = String(counted + (goods.packs ?? 1));
    const words = (this.root.dataset["raised"] ?? "").replace("{item}", goods.name).replace("{packs}", packs.value);
    this.showSum(line);
    this.say(words, line);
  }

  /**
   * Say beside a line how many packs came in all, where some of them go back.
   * @param {HTMLElement} line
   */
  showSum(line) {
    const [taken, back] = ["packs", "rejected"].map((name) => fieldOf(line, name).value.replace(/\s/g, ""));
    const known = [taken, back].every((typed) => /^\d*$/.test(typed ?? "")) && back !== "";
    part(line, "sum").textContent = known ? `${this.root.dataset["sum"] ?? ""}: ${Number(taken) + Number(back)}` : "";
  }

  /**
   * @param {Goods} goods
   * @returns {HTMLElement}
   */
  add(goods) {
    const template = part(this.root, "line-template");
    if (!(template instanceof HTMLTemplateElement)) {
      throw new Error("The page has no line to copy");
    }
    const copy = template.content.cloneNode(true);
    this.list().append(copy);
    const line = /** @type {HTMLElement} */ (this.list().lastElementChild);
    part(line, "name").textContent = goods.name;
    part(line, "code").textContent = goods.code;
    part(line, "due").textContent = goods.sscc === "" ? "" : `SSCC ${goods.sscc}`;
    fieldOf(line, "item_id").value = String(goods.item);
    this.renumber();
    return line;
  }

  /** Let names, labels and buttons say the place that each line has now. */
  renumber() {
    for (const [place, line] of this.lines().entries()) {
      /** @type {NodeListOf<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>} */
      const fields = line.querySelectorAll("input, select, textarea");
      for (const field of fields) {
        field.name = field.name.replace(/^lines-\w+-/, `lines-${place}-`);
        if (field.id !== "") {
          field.id = field.name;
        }
      }
      for (const label of line.querySelectorAll("label")) {
        label.htmlFor = label.htmlFor.replace(/^lines-\w+-/, `lines-${place}-`);
      }
      const remove = part(line, "remove");
      if (remove instanceof HTMLButtonElement) {
        remove.value = `remove-${place}`;
      }
    }
    const none = this.root.querySelector('[data-part="none"]');
    none?.remove();
  }

  /** @param {MouseEvent} event */
  remove(event) {
    const button = event.target instanceof Element ? event.target.closest('[data-part="remove"]') : null;
    const line = button?.closest("li");
    if (button && line) {
      event.preventDefault();
      line.remove();
      this.renumber();
      this.codeField().focus({ preventScroll: true });
    }
  }

  /**
   * @param {string} words
   * @param {HTMLElement} line
   */
  say(words, line) {
    part(this.root, "told").textContent = words;
    for (const other of this.lines()) {
      other.classList.toggle("goods-row-touched", other === line);
    }
    line.scrollIntoView({ block: "nearest" });
  }

  startCameraButton() {
    const button = part(this.root, "camera");
    button.hidden = false;
    button.addEventListener("click", () => {
      button.hidden = true;
      void this.watch();
    });
  }

  async watch() {
    const frame = part(this.root, "viewfinder");
    const video = part(this.root, "video");
    frame.hidden = false;
    if (!(video instanceof HTMLVideoElement)) {
      return;
    }
    if ((await startCamera(video)) !== null) {
      frame.hidden = true;
      part(this.root, "told").textContent = this.root.dataset["noCamera"] ?? "";
      return;
    }
    const decode = await makeDecoder(this.root.dataset["wasm"] ?? "", FORMATS);
    for (;;) {
      if (hasFrame(video) && !document.hidden) {
        const text = await decode(video).catch(() => null);
        if (text !== null && !this.isRepeat(text, "camera", performance.now())) {
          this.scanned(text);
        }
      }
      await new Promise((resolve) => setTimeout(resolve, FRAME_PAUSE));
    }
  }
}

/** @param {HTMLElement} root */
export function start(root) {
  new ReceivingPage(root).start();
}

/**
 * The sheet of a count: Enter saves the line and opens the next one, the arrows go up and down, and nothing else is needed.
 * What could not be saved stays in its field and is sent again; without this module the page is saved by its button.
 */

const PATIENCE = 15_000;

/** @typedef {{ counted: number | null, waiting: number }} Saved */

class Sheet {
  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list;
    /** @type {Map<HTMLInputElement, { batch: string, packs: string }>} a key for each entry: sent twice, it counts once */
    this.keys = new Map();
    /** @type {Map<HTMLInputElement, Promise<void>>} */
    this.going = new Map();
  }

  /** @returns {HTMLInputElement[]} */
  fields() {
    return [...this.list.querySelectorAll("input.sheet-packs")].filter((field) => field instanceof HTMLInputElement);
  }

  start() {
    this.list.addEventListener("keydown", (event) => {
      const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.target instanceof HTMLInputElement && event.target.matches(".sheet-packs") && step !== undefined) {
        event.preventDefault();
        void this.save(event.target);
        this.go(event.target, step);
      }
    });
    this.list.addEventListener("change", (event) => {
      if (event.target instanceof HTMLInputElement && event.target.matches(".sheet-packs")) {
        void this.save(event.target);
      }
    });
    addEventListener("online", () => this.saveAll());
    const first = this.fields().find((field) => field.value === "") ?? this.fields()[0];
    first?.focus();
  }

  /**
   * @param {HTMLInputElement} field
   * @param {number} step
   */
  go(field, step) {
    const fields = this.fields();
    const next = fields[fields.indexOf(field) + step];
    if (next !== undefined) {
      next.focus();
      next.select();
      next.scrollIntoView({ block: "center" });
    } else if (step > 0) {
      void this.last();
    }
  }

  /** After the last line: the next page of the sheet, else the button that saves. */
  async last() {
    await Promise.all(this.going.values());
    const next = document.querySelector('.pager a[rel="next"]');
    const isWhole = this.fields().every((field) => this.seen(field).value === field.value.replace(/\s/g, ""));
    if (next instanceof HTMLAnchorElement && isWhole) {
      next.click();
    } else {
      /** @type {HTMLElement | null} */ (this.list.closest("form")?.querySelector("button.main"))?.focus();
    }
  }

  saveAll() {
    for (const field of this.fields()) {
      void this.save(field);
    }
  }

  /** One after the other, so that a line is never overtaken by an older entry of its own. @param {HTMLInputElement} field */
  async save(field) {
    const before = this.going.get(field) ?? Promise.resolve();
    const now = before.then(() => this.send(field));
    this.going.set(field, now);
    await now;
  }

  /** @param {HTMLInputElement} field */
  async send(field) {
    const packs = field.value.replace(/[\s\u00a0\u202f]/g, "");
    const seen = this.seen(field);
    if (packs === seen.value) {
      return;
    }
    const known = this.keys.get(field);
    const batch = known?.packs === packs ? known.batch : crypto.randomUUID();
    this.keys.set(field, { batch, packs });
    this.tell(field, this.list.dataset["saving"] ?? "", "going");
    const paper = /** @type {HTMLInputElement | null} */ (document.getElementById("counted_at"));
    const lot = Number(field.closest("li")?.dataset["lot"]);
    const body = { batch, lot_id: lot, packs, seen: seen.value, counted_at: paper?.value ?? "" };
    await this.post(field, seen, body);
  }

  /**
   * @param {HTMLInputElement} field
   * @param {HTMLInputElement} seen
   * @param {Record<string, unknown>} body
   */
  async post(field, seen, body) {
    try {
      const response = await fetch(this.list.dataset["save"] ?? "", {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Accept: "application/json",
          "X-CSRFToken": this.list.dataset["token"] ?? "",
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE),
      });
      /** @type {unknown} */
      const said = await response.json();
      if (!response.ok) {
        const detail = /** @type {{ detail?: string }} */ (said).detail;
        this.tell(field, detail ?? this.list.dataset["unsaved"] ?? "", "wrong");
        return;
      }
      const saved = /** @type {Saved} */ (said);
      seen.value = saved.counted === null ? "" : String(saved.counted);
      this.keys.delete(field);
      this.tell(field, this.list.dataset["saved"] ?? "", "saved");
      this.progress(saved.waiting);
    } catch {
      this.tell(field, this.list.dataset["unsaved"] ?? "", "wrong");
    }
  }

  /** @param {number} waiting */
  progress(waiting) {
    const told = document.querySelector('[data-part="waiting"]');
    if (told !== null) {
      told.textContent = waiting.toLocaleString(this.list.dataset["language"]);
    }
  }

  /** @param {HTMLInputElement} field @returns {HTMLInputElement} */
  seen(field) {
    return /** @type {HTMLInputElement} */ (field.closest("li")?.querySelector('input[name$="-seen"]'));
  }

  /**
   * @param {HTMLInputElement} field
   * @param {string} words
   * @param {"going" | "saved" | "wrong"} state
   */
  tell(field, words, state) {
    const row = field.closest("li");
    const told = row?.querySelector(".sheet-told");
    if (row && told) {
      row.dataset["state"] = state;
      told.textContent = words;
    }
  }
}

/** @param {HTMLElement} list */
export function start(list) {
  new Sheet(list).start();
}

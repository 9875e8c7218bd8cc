/**
 * The palette: Ctrl+K (on a Mac ⌘K) opens a dialog in which everything that one may open is found by its name.
 * Without scripts the same link leads to a page of its own.
 */

/** @typedef {{ kind: string, name: string, code: string, href: string }} Found */

const PAUSE = 120;

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string>} attributes
 * @returns {HTMLElementTagNameMap[T]}
 */
function make(tag, attributes) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  return element;
}

/**
 * @param {Found} found
 * @param {number} place
 * @returns {HTMLLIElement}
 */
function optionOf(found, place) {
  const option = make("li", { role: "option", id: `found-${place}`, "aria-selected": "false" });
  const link = make("a", { href: found.href, tabindex: "-1" });
  for (const [look, words] of [
    ["palette-name", found.name],
    ["code", found.code],
    ["muted", found.kind],
  ]) {
    const part = make("span", { class: look ?? "" });
    part.textContent = words ?? "";
    link.append(part);
  }
  option.append(link);
  return option;
}

class Palette {
  /** @param {DOMStringMap} words */
  constructor(words) {
    this.words = words;
    this.address = words["address"] ?? "";
    this.chosen = -1;
    this.waiting = 0;
    this.asking = new AbortController();
    this.dialog = make("dialog", { class: "palette", "aria-label": words["label"] ?? "" });
    this.field = make("input", {
      class: "input",
      type: "search",
      id: "palette-field",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      "aria-expanded": "true",
      "aria-controls": "palette-found",
      "aria-autocomplete": "list",
    });
    const label = make("label", { for: "palette-field" });
    label.textContent = words["label"] ?? "";
    this.list = make("ul", { role: "listbox", id: "palette-found", "aria-label": words["label"] ?? "" });
    this.told = make("p", { class: "muted", role: "status" });
    const hint = make("p", { class: "hint" });
    hint.textContent = words["hint"] ?? "";
    this.dialog.append(label, this.field, this.told, this.list, hint);
    this.field.addEventListener("input", () => this.askSoon());
    this.dialog.addEventListener("keydown", (event) => this.steer(event));
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) {
        this.dialog.close();
      }
    });
    document.body.append(this.dialog);
  }

  open() {
    if (this.dialog.open) {
      return;
    }
    this.dialog.showModal();
    this.field.select();
    void this.ask();
  }

  askSoon() {
    window.clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => void this.ask(), PAUSE);
  }

  async ask() {
    this.asking.abort();
    this.asking = new AbortController();
    try {
      const answer = await fetch(`${this.address}?q=${encodeURIComponent(this.field.value)}`, {
        headers: { Accept: "application/json" },
        signal: this.asking.signal,
      });
      if (!answer.ok) {
        throw new Error(`${answer.status}`);
      }
      /** @type {{ found: Found[] }} */
      const { found } = await answer.json();
      this.show(found);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) {
        this.show([]);
        this.told.textContent = this.words["failed"] ?? "";
      }
    }
  }

  /** @param {Found[]} found */
  show(found) {
    this.list.replaceChildren(...found.map(optionOf));
    this.told.textContent = found.length === 0 ? (this.words["nothing"] ?? "") : "";
    this.choose(found.length === 0 ? -1 : 0);
  }

  /** @param {number} place */
  choose(place) {
    this.chosen = place;
    this.field.removeAttribute("aria-activedescendant");
    for (const [number, option] of [...this.list.children].entries()) {
      option.setAttribute("aria-selected", String(number === place));
      if (number === place) {
        this.field.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      }
    }
  }

  /** @param {KeyboardEvent} event */
  steer(event) {
    const count = this.list.children.length;
    if (event.key === "Escape" && !event.isComposing) {
      event.preventDefault(); // else the first Esc only empties the field
      this.dialog.close();
    }
    if (event.isComposing || count === 0) {
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.choose((this.chosen + (event.key === "ArrowDown" ? 1 : count - 1)) % count);
    } else if (event.key === "Enter" && event.target === this.field) {
      event.preventDefault();
      this.list.children[this.chosen]?.querySelector("a")?.click();
    }
  }
}

/** @param {HTMLElement} element */
export function start(element) {
  /** @type {Palette | null} */
  let palette = null;
  const open = () => {
    palette ??= new Palette(element.dataset);
    palette.open();
  };
  element.addEventListener("click", (event) => {
    if (event instanceof MouseEvent && (event.ctrlKey || event.metaKey || event.shiftKey)) {
      return;
    }
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    const alone = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (alone && event.code === "KeyK" && document.querySelector("dialog[open]") === null) {
      event.preventDefault();
      open();
    }
  });
}

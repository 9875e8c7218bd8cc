/**
 * Keys: "/" goes to the search, "?" shows all keys, "g" and a digit opens a room; holding Alt shows which.
 * Keys are taken by their place on the keyboard as well, so that they work in the Kazakh and the Russian layout.
 * Whoever speaks to the computer or presses keys by accident can turn the single ones off (WCAG 2.1.4).
 */

const OFF = "single-keys-off";
const SECOND = 1500;

/**
 * @param {EventTarget | null} target
 * @returns {boolean}
 */
function isTyping(target) {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest("input, select, textarea, [role=textbox]") !== null)
  );
}

/**
 * @param {KeyboardEvent} event
 * @returns {"search" | "help" | "go" | null}
 */
function meaningOf(event) {
  if (event.key === "/" || (event.code === "Slash" && event.key === ".")) {
    return "search";
  }
  if (event.key === "?" || (event.code === "Slash" && event.key === ",")) {
    return "help";
  }
  return event.code === "KeyG" && !event.shiftKey ? "go" : null;
}

function search() {
  const field = document.querySelector('main input[type="search"]');
  if (field instanceof HTMLInputElement) {
    field.focus();
    field.select();
  } else {
    /** @type {HTMLElement | null} */ (document.querySelector('[data-module~="palette"]'))?.click();
  }
}

/**
 * @param {HTMLDialogElement} help
 */
function letTurnOff(help) {
  const box = help.querySelector('input[type="checkbox"]');
  if (box instanceof HTMLInputElement) {
    box.checked = localStorage.getItem(OFF) === null;
    box.addEventListener("change", () => {
      if (box.checked) {
        localStorage.removeItem(OFF);
      } else {
        localStorage.setItem(OFF, "yes");
      }
    });
  }
}

function showBadgesWhileAltIsHeld() {
  const root = document.documentElement;
  const hide = () => delete root.dataset["keys"];
  document.addEventListener("keydown", (event) => {
    if (event.key === "Alt" && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      root.dataset["keys"] = "shown";
    } else {
      hide();
    }
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === "Alt" && root.dataset["keys"] !== undefined) {
      event.preventDefault(); // else Alt alone leads into the menu of the browser
      hide();
    }
  });
  window.addEventListener("blur", hide);
}

/** @returns {boolean} whether a scanner types here: what it reads has letters, digits and "/" in it */
function isScanning() {
  return document.querySelector('[data-module*="scan/"]') !== null;
}

/** @param {HTMLElement} element */
export function start(element) {
  if (!(element instanceof HTMLDialogElement)) {
    return;
  }
  letTurnOff(element);
  showBadgesWhileAltIsHeld();
  for (const button of document.querySelectorAll("[data-keys-open]")) {
    button.removeAttribute("hidden");
    button.addEventListener("click", () => element.showModal());
  }
  let went = 0;
  document.addEventListener("keydown", (event) => {
    const held = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
    if (held || isTyping(event.target) || document.querySelector("dialog[open]") || localStorage.getItem(OFF)) {
      return;
    }
    if (isScanning()) {
      return;
    }
    const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
    if (digit !== undefined && event.timeStamp - went < SECOND) {
      event.preventDefault();
      /** @type {HTMLElement | null} */ (document.querySelector(`.rooms [data-key="${digit}"]`))?.click();
    }
    const meaning = meaningOf(event);
    went = meaning === "go" ? event.timeStamp : 0;
    if (meaning === "search") {
      event.preventDefault();
      search();
    } else if (meaning === "help") {
      event.preventDefault();
      element.showModal();
    }
  });
}

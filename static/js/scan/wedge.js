/**
 * A scanner that types: read from the physical keys, so that any layout and Caps Lock give the same text. It types faster
 * than people and ends with Enter or Tab; nothing needs to have the focus, and typing into a field is left alone. In the
 * one field for codes it is told from a person by its pace, or by how every voucher begins.
 */

const GAP = 250;
const SHORTEST = 6;

/** Milliseconds from key to key on the average: nobody types six signs in a row at this pace. */
const PACE = 60;

/** How every voucher begins; nobody types one by hand. */
const VOUCHER = /^KZV\d:.{40}/;

/** The marks of a QR's alphanumeric mode on the keys of a United States keyboard: [plain, with Shift]. */
/** @type {Record<string, [string, string]>} */
const KEYS = {
  Space: [" ", " "],
  Minus: ["-", "_"],
  Equal: ["=", "+"],
  Semicolon: [";", ":"],
  Period: [".", ">"],
  Comma: [",", "<"],
  Slash: ["/", "?"],
  Quote: ["'", '"'],
  BracketLeft: ["[", "{"],
  BracketRight: ["]", "}"],
  NumpadAdd: ["+", "+"],
  NumpadSubtract: ["-", "-"],
  NumpadMultiply: ["*", "*"],
  NumpadDivide: ["/", "/"],
  NumpadDecimal: [".", "."],
};
const DIGITS_WITH_SHIFT = ")!@#$%^&*(";

const ENDS = new Set(["Enter", "NumpadEnter", "Tab"]);

/** Keys that make no sign themselves; any other one, such as Backspace, is a person's. */
const MODIFIERS = new Set(["Shift", "CapsLock", "AltGraph", "NumLock"]);

/** FNC1, as a page shows it; scanners send it as Ctrl and ] or as F8. */
const SEPARATOR = "|";

/**
 * @param {KeyboardEvent} event
 * @returns {string | null} the sign of a code of goods, where capitals and FNC1 count
 */
export function exactSignOf(event) {
  if ((event.ctrlKey && event.code === "BracketRight") || event.code === "F8") {
    return SEPARATOR;
  }
  const sign = signOf(event);
  const isCapital = event.shiftKey !== event.getModifierState("CapsLock");
  return sign !== null && /^[A-Z]$/.test(sign) && !isCapital ? sign.toLowerCase() : sign;
}

/**
 * @param {Pick<KeyboardEvent, "code" | "shiftKey">} event
 * @returns {string | null} the sign that a scanner meant by this key
 */
export function signOf(event) {
  const { code, shiftKey } = event;
  if (/^Key[A-Z]$/.test(code)) {
    return code.slice(3);
  }
  if (/^Digit\d$/.test(code)) {
    return shiftKey ? (DIGITS_WITH_SHIFT[Number(code.slice(5))] ?? null) : code.slice(5);
  }
  if (/^Numpad\d$/.test(code)) {
    return code.slice(6);
  }
  return KEYS[code]?.[shiftKey ? 1 : 0] ?? null;
}

/**
 * @param {EventTarget | null} target
 * @returns {boolean} whether a person types there
 */
function isTyping(target) {
  if (!(target instanceof HTMLElement)) {
    return false;
  }
  const isChoice =
    target instanceof HTMLInputElement && ["checkbox", "radio", "button", "submit"].includes(target.type);
  return !isChoice && (target.isContentEditable || target.matches("input, textarea, select"));
}

/**
 * @param {KeyboardEvent} event
 * @param {(event: KeyboardEvent) => string | null} read
 * @returns {boolean} whether a person asks the browser for something; Ctrl and ] may be a scanner's FNC1
 */
function isShortcut(event, read) {
  const isSeparator = read === exactSignOf && event.code === "BracketRight";
  return (event.ctrlKey && !isSeparator) || event.altKey || event.metaKey;
}

/**
 * @param {(text: string) => void} scanned
 * @param {(event: KeyboardEvent) => string | null} [read] the sign of a key
 * @param {HTMLInputElement | null} [field] the field for codes: what a scanner types there is read as well
 * @returns {() => void} ends the listening
 */
export function listenToWedge(scanned, read = signOf, field = null) {
  let typed = "";
  let first = 0;
  let last = 0;

  /**
   * @param {KeyboardEvent} event
   * @param {boolean} isInField
   */
  function end(event, isInField) {
    const whole = typed;
    typed = "";
    const isByScanner = !isInField || last - first <= PACE * (whole.length - 1) || VOUCHER.test(whole);
    if (whole.length >= SHORTEST && isByScanner) {
      event.preventDefault();
      event.stopPropagation();
      scanned(whole);
    }
  }

  /**
   * @param {KeyboardEvent} event
   * @param {boolean} isInField where a person may type, too: there every key goes on to the field
   */
  function take(event, isInField) {
    const sign = read(event);
    if (sign === null) {
      typed = isInField && !MODIFIERS.has(event.key) ? "" : typed;
      return;
    }
    first = typed === "" ? event.timeStamp : first;
    typed += sign;
    last = event.timeStamp;
    if (typed.length > 1 && !isInField) {
      event.preventDefault();
    }
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    const isInField = event.target === field;
    if (isShortcut(event, read) || (isTyping(event.target) && !isInField)) {
      return;
    }
    if (event.timeStamp - last > GAP) {
      typed = "";
    }
    if (ENDS.has(event.code)) {
      end(event, isInField);
    } else {
      take(event, isInField);
    }
  }

  document.addEventListener("keydown", press, { capture: true });
  return () => document.removeEventListener("keydown", press, { capture: true });
}

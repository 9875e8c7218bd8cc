/**
 * A scanner that types: read from the physical keys, so that any layout and Caps Lock give the same text. It types faster
 * than people and ends with Enter or Tab; nothing needs to have the focus, and typing into a field is left alone.
 */

const GAP = 250;
const SHORTEST = 6;

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
 * @returns {() => void} ends the listening
 */
export function listenToWedge(scanned, read = signOf) {
  let typed = "";
  let last = 0;

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (isShortcut(event, read) || isTyping(event.target)) {
      return;
    }
    if (event.timeStamp - last > GAP) {
      typed = "";
    }
    if (event.code === "Enter" || event.code === "NumpadEnter" || event.code === "Tab") {
      const whole = typed;
      typed = "";
      if (whole.length >= SHORTEST) {
        event.preventDefault();
        event.stopPropagation();
        scanned(whole);
      }
      return;
    }
    const sign = read(event);
    if (sign === null) {
      return;
    }
    typed += sign;
    last = event.timeStamp;
    if (typed.length > 1) {
      event.preventDefault();
    }
  }

  document.addEventListener("keydown", press, { capture: true });
  return () => document.removeEventListener("keydown", press, { capture: true });
}

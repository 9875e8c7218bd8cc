/** What the code of a box says of its lot: GS1, or the lot's number as it stands. */

/** @typedef {import("./types.js").Lot} Lot */
/** @typedef {{ lot: string, gtin: string }} Box */

const SEPARATOR = "|";

/** Lengths of the elements that have one; the others end with a separator (GS1 General Specifications, 3.2). @type {Record<string, number>} */
const FIXED = { "00": 18, "01": 14, "02": 14, 11: 6, 12: 6, 13: 6, 15: 6, 16: 6, 17: 6, 20: 2 };
const OPEN = ["10", "21", "22", "30", "37"];

/**
 * @param {string} text
 * @returns {Box | null} null where it is no code of goods
 */
export function readBox(text) {
  const whole = text.replace(/^\][A-Za-z]\d/, "").replaceAll("\u001d", SEPARATOR);
  if (whole.startsWith("(")) {
    return boxOf(new Map([...whole.matchAll(/\((\d{2,4})\)([^(]*)/g)].map(([, key = "", value = ""]) => [key, value])));
  }
  if (/^\d{8}$|^\d{12,14}$/.test(whole)) {
    return { lot: "", gtin: whole.padStart(14, "0") };
  }
  return boxOf(elements(whole));
}

/**
 * @param {Map<string, string>} found
 * @returns {Box | null}
 */
function boxOf(found) {
  const gtin = found.get("01") ?? found.get("02") ?? "";
  const lot = found.get("10") ?? "";
  return gtin === "" && (lot === "" || !found.has("00")) ? null : { lot, gtin };
}

/**
 * @param {string} whole
 * @returns {Map<string, string>}
 */
function elements(whole) {
  /** @type {Map<string, string>} */
  const found = new Map();
  let rest = whole.replace(/^\|/, "");
  while (rest !== "") {
    const key = rest.slice(0, 2);
    const length = FIXED[key];
    if (length === undefined && !OPEN.includes(key)) {
      return found;
    }
    const ends = rest.indexOf(SEPARATOR);
    const until = length === undefined ? (ends < 0 ? rest.length : ends) : 2 + length;
    const value = rest.slice(2, until);
    if (length !== undefined && !/^\d+$/.test(value)) {
      return found;
    }
    found.set(key, value);
    rest = rest.slice(until).replace(/^\|/, "");
  }
  return found;
}

/**
 * @param {Box | null} box
 * @param {string} text what was scanned
 * @param {Lot} lot
 * @returns {boolean} whether the box holds this lot; scanners that type give capitals only
 */
export function isBoxOf(box, text, lot) {
  const said = plain(box === null || box.lot === "" ? text : box.lot);
  return lot.code !== "" && said === plain(lot.code);
}

/** @param {string} code @returns {string} */
function plain(code) {
  return code.trim().toUpperCase();
}

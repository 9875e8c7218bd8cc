/** The code below the square, as people type it: spaces, case and letters that look alike are forgiven, wrong symbols are not. */

/** @typedef {import("./bytes.js").Bytes} Bytes */

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SEEN = "АВЕКМНОРСТУХІҮҺЅЈOIL";
const AS = "ABEKMH0PCTYX1YHSJ011";
const LENGTH = 14;
const BASE = 32;
const SLACK = 2;
const BETWEEN = /[\s\-_.‐-―−⁃]+/gu;

/** @type {ReadonlyMap<string, number>} */
const VALUES = new Map([...ALPHABET].map((sign, value) => [sign, value]));
/** @type {ReadonlyMap<string, string>} */
const LOOKS = new Map([...SEEN].map((sign, place) => [sign, AS.charAt(place)]));

/**
 * @param {string} typed
 * @returns {string} its plain symbols
 */
export function plainCode(typed) {
  const bare = typed.normalize("NFKC").replace(BETWEEN, "").toUpperCase();
  return [...bare].map((sign) => LOOKS.get(sign) ?? sign).join("");
}

/**
 * @param {string} typed
 * @returns {{ answer: "ok", secret: Bytes } | { answer: "unreadable" | "unknown_format", secret: null }}
 */
export function readCode(typed) {
  const plain = plainCode(typed);
  const signs = [...plain];
  const slack = /^\p{Nd}+$/u.test(typed.trim()) ? 0 : SLACK;
  if (typed.trim() === "") {
    return { answer: "unreadable", secret: null };
  }
  if (Math.abs(signs.length - LENGTH) > slack || !signs.every((sign) => VALUES.has(sign))) {
    return { answer: "unknown_format", secret: null };
  }
  const secret = signs.length === LENGTH ? secretOf(plain) : null;
  return secret === null ? { answer: "unreadable", secret } : { answer: "ok", secret };
}

/**
 * @param {Uint8Array} secret eight bytes
 * @returns {string} its fourteen symbols
 */
export function writeCode(secret) {
  const number = new DataView(secret.buffer, secret.byteOffset, 8).getBigUint64(0) << 1n;
  let body = "";
  for (let shift = 60n; shift >= 0n; shift -= 5n) {
    body += ALPHABET.charAt(Number((number >> shift) & 31n));
  }
  return body + checkSymbol(body);
}

/**
 * @param {string} plain fourteen symbols
 * @returns {Bytes | null} null: a symbol is wrong
 */
function secretOf(plain) {
  const body = plain.slice(0, -1);
  if (checkSymbol(body) !== plain.at(-1)) {
    return null;
  }
  let number = 0n;
  for (const sign of body) {
    number = number * 32n + BigInt(VALUES.get(sign) ?? 0);
  }
  if (number & 1n) {
    return null;
  }
  const secret = new Uint8Array(8);
  new DataView(secret.buffer).setBigUint64(0, number >> 1n);
  return secret;
}

/**
 * The Luhn mod 32 symbol.
 * @param {string} body
 * @returns {string}
 */
function checkSymbol(body) {
  let total = 0;
  for (const [place, sign] of [...body].reverse().entries()) {
    const weighed = (VALUES.get(sign) ?? 0) * (place % 2 === 0 ? 2 : 1);
    total += Math.floor(weighed / BASE) + (weighed % BASE);
  }
  return ALPHABET.charAt((BASE - (total % BASE)) % BASE);
}

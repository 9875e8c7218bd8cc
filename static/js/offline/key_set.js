/** The keys that count, signed by the root whose public half the device was given when it was enrolled. */

import { own, sha256, toHex } from "./bytes.js";
import { ALGORITHM, EDDSA, ES256, isSigned, readStrictly, takeApart } from "./cose.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */
/**
 * A key: `kid` and `print` (SHA-256 of the key) in hexadecimal digits, `from` and `until` in milliseconds.
 * @typedef {{
 *   kid: string, alg: number, key: Bytes, from: number, until: number, purpose: string, cycle: number, print: string,
 * }} Key
 * @typedef {{ version: number, made: number, keys: readonly Key[] }} KeySet
 */

const FORMAT = 1;
const FIELDS = ["v", "version", "made", "keys"];
const KEY_FIELDS = ["kid", "alg", "key", "from", "until", "purpose", "cycle"];
const KID_BYTES = 2;
const KEY_BYTES = new Map([
  [EDDSA, 32],
  [ES256, 65],
]);

/**
 * @param {Uint8Array} written
 * @param {Uint8Array} root 32 bytes, pinned when this device was enrolled
 * @returns {Promise<KeySet | null>} null: the root did not sign it, or it is not written as agreed
 */
export async function readKeySet(written, root) {
  const envelope = takeApart(written);
  const head = envelope && readStrictly(envelope.protected);
  if (!(envelope && head instanceof Map && head.size === 1 && head.get(ALGORITHM) === EDDSA)) {
    return null;
  }
  if (!(await isSigned(envelope, EDDSA, root))) {
    return null;
  }
  const payload = readStrictly(envelope.payload);
  if (!hasExactly(payload, FIELDS) || payload.get("v") !== FORMAT) {
    return null;
  }
  const version = payload.get("version");
  const made = payload.get("made");
  const keys = payload.get("keys");
  if (!(isCount(version) && isCount(made) && Array.isArray(keys))) {
    return null;
  }
  const read = await Promise.all(keys.map(readKey));
  return read.every((key) => key !== null) ? { version, made, keys: read } : null;
}

/**
 * @param {KeySet | null} held
 * @param {KeySet} offered
 * @returns {boolean} whether the device may take what is offered: never a version lower than it holds
 */
export function mayReplace(held, offered) {
  return held === null || offered.version >= held.version;
}

/**
 * A key whose time is over still verifies: the answer to an old voucher is "expired", not "unknown key".
 * @param {KeySet} set
 * @param {string} purpose
 * @param {{ at: number, withdrawn?: readonly string[] }} now milliseconds; the prints of keys withdrawn since
 * @returns {Key[]} those that count
 */
export function keysFor(set, purpose, { at, withdrawn = [] }) {
  return set.keys.filter((key) => key.purpose === purpose && key.from <= at && !withdrawn.includes(key.print));
}

/**
 * @param {unknown} written
 * @returns {Promise<Key | null>}
 */
async function readKey(written) {
  if (!hasExactly(written, KEY_FIELDS)) {
    return null;
  }
  const [kid, alg, key, from, until, purpose, cycle] = KEY_FIELDS.map((field) => written.get(field));
  const isKid = kid instanceof Uint8Array && kid.length === KID_BYTES;
  const isKey = key instanceof Uint8Array && KEY_BYTES.get(Number(alg)) === key.length;
  if (!(isKid && isKey && typeof alg === "number" && typeof purpose === "string")) {
    return null;
  }
  if (!(isCount(from) && isCount(until) && isCount(cycle))) {
    return null;
  }
  return { kid: toHex(kid), alg, key: own(key), from, until, purpose, cycle, print: toHex(await sha256(key)) };
}

/**
 * @param {unknown} value
 * @param {readonly string[]} fields
 * @returns {value is Map<string, unknown>}
 */
function hasExactly(value, fields) {
  return value instanceof Map && value.size === fields.length && fields.every((field) => value.has(field));
}

/**
 * @param {unknown} value
 * @returns {value is number}
 */
function isCount(value) {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

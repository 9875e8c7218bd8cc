/** The sealed manifest: a row is found by the hash of a voucher's secret and opened with the secret; without the paper nobody reads it. */

import { fromBase64, own, sha256, toBase64, utf8 } from "./bytes.js";
import { readStrictly } from "./cose.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */
/** @typedef {{ allotment: number, bit: number, child: string, years: number }} GrantedSet */
/** @typedef {{ proxy: number, name: string, last4: string }} Proxy */
/**
 * What a row says: names are masked; `replaced` this print took the place of another, `partly` something was given before.
 * @typedef {{
 *   rev: number, guardian: string, last4: string, sets: GrantedSet[], proxies: Proxy[], language: string,
 *   replaced: boolean, partly: boolean,
 * }} Row
 */

const HASH_BYTES = 16;
const INFO = "toptama manifest row";
const NONCE = new Uint8Array(12);
const REPLACED = 1;
const PARTLY = 2;

/**
 * @param {Uint8Array} secret of a voucher
 * @returns {Promise<Bytes>} H
 */
export async function hashOf(secret) {
  return (await sha256(secret)).slice(0, HASH_BYTES);
}

/**
 * @param {Uint8Array} hash
 * @returns {string} as rows and events are found by it
 */
export function nameOf(hash) {
  return toBase64(hash);
}

/**
 * Open the row of a voucher.
 * @param {Uint8Array} sealed
 * @param {{ secret: Uint8Array, hash: Uint8Array, lease: string }} by the lease's id as a UUID
 * @returns {Promise<Row | null>} null: it is not a row of this lease and this secret
 */
export async function openRow(sealed, { secret, hash, lease }) {
  const material = await crypto.subtle.importKey("raw", own(secret), "HKDF", false, ["deriveKey"]);
  const derived = { name: "HKDF", hash: "SHA-256", salt: bytesOfUuid(lease), info: utf8(INFO) };
  const key = await crypto.subtle.deriveKey(derived, material, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
  try {
    const how = { name: "AES-GCM", iv: NONCE, additionalData: own(hash) };
    return readRow(new Uint8Array(await crypto.subtle.decrypt(how, key, own(sealed))));
  } catch {
    return null;
  }
}

/**
 * @param {string} uuid
 * @returns {Bytes} its 16 bytes
 */
export function bytesOfUuid(uuid) {
  const digits = uuid.replaceAll("-", "");
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/**
 * Read the rows of a manifest as they came.
 * @param {unknown} rows
 * @returns {[string, Bytes][]}
 * @throws {RangeError} when they are not written as agreed
 */
export function readRows(rows) {
  if (!Array.isArray(rows)) {
    throw new RangeError("no rows");
  }
  return rows.map(([hash, sealed]) => [toBase64(fromBase64(hash)), fromBase64(sealed)]);
}

/**
 * @param {Bytes} opened
 * @returns {Row | null}
 */
function readRow(opened) {
  const row = readStrictly(opened);
  if (!(Array.isArray(row) && row.length === 7)) {
    return null;
  }
  const [rev, guardian, last4, sets, proxies, language, flags] = row;
  if (!(Array.isArray(sets) && Array.isArray(proxies) && typeof guardian === "string" && Number.isInteger(flags))) {
    return null;
  }
  return {
    rev,
    guardian,
    last4,
    sets: sets.map(([allotment, bit, child, years]) => ({ allotment, bit, child, years })),
    proxies: proxies.map(([proxy, name, signs]) => ({ proxy, name, last4: signs })),
    language,
    replaced: (flags & REPLACED) !== 0,
    partly: (flags & PARTLY) !== 0,
  };
}

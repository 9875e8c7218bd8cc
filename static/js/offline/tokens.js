/**
 * The text of a voucher's QR, `KZV1:` and base45 of a COSE_Sign1, read as strictly as the server reads it. The signature
 * is verified before anything in the payload is looked at.
 */

import { ALGORITHM, EDDSA, ES256, isSigned, KEY_ID, readStrictly, takeApart } from "./cose.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */
/** @typedef {import("./key_set.js").Key} Key */
/** @typedef {import("./cose.js").Envelope} Envelope */
/**
 * What a token says: `expires` in seconds since 1970, `cycle` 4 × year + quarter − 1, `kits` a hint in bits.
 * @typedef {{ expires: number, secret: Bytes, cycle: number, point: number, kits: number, idx: number, rev: number }} Claims
 * @typedef {"unknown_format" | "malformed" | "unknown_key" | "bad_signature"} Refusal
 * @typedef {{ answer: "ok", claims: Claims } | { answer: Refusal, claims: null }} Reading
 */

export const PREFIX = "KZV1:";
const LONGEST = 300;
const SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
/** @type {ReadonlyMap<string, number>} */
const VALUES = new Map([...SIGNS].map((sign, value) => [sign, value]));
const KEY_ID_BYTES = 2;
const SECRET_BYTES = 8;
const EXPIRES = 4;
const SECRET = 7;
const VOUCHER = -70001;

/**
 * @param {string} text what was scanned
 * @param {readonly Key[]} keys those that count (see `keysFor`)
 * @returns {Promise<Reading>}
 */
export async function readVoucher(text, keys) {
  if (!text.startsWith(PREFIX)) {
    return refused("unknown_format");
  }
  const message = text.length > LONGEST ? null : fromBase45(text.slice(PREFIX.length));
  const envelope = message && takeApart(message);
  const head = envelope && readHead(envelope.protected);
  if (!envelope || !head) {
    return refused("malformed");
  }
  const candidates = keys.filter((key) => key.kid === head.kid && key.alg === head.algorithm);
  if (candidates.length === 0) {
    return refused("unknown_key");
  }
  const signers = await Promise.all(
    candidates.map(async (key) => ((await isSigned(envelope, key.alg, key.key)) ? key : null)),
  );
  if (signers.every((key) => key === null)) {
    return refused("bad_signature");
  }
  const claims = readClaims(envelope.payload);
  if (claims === null) {
    return refused("malformed");
  }
  return signers.some((key) => key?.cycle === claims.cycle) ? { answer: "ok", claims } : refused("bad_signature");
}

/**
 * Base45 (RFC 9285), each text in its one way of writing.
 * @param {string} written
 * @returns {Bytes | null} null: it is none
 */
export function fromBase45(written) {
  if (written.length % 3 === 1) {
    return null;
  }
  const bytes = [];
  for (let at = 0; at < written.length; at += 3) {
    const digits = [...written.slice(at, at + 3)].map((sign) => VALUES.get(sign) ?? Number.NaN);
    const whole = digits.length === 3;
    const value = digits.reduceRight((sum, digit) => sum * 45 + digit, 0);
    if (!(value <= (whole ? 0xffff : 0xff))) {
      return null;
    }
    bytes.push(...(whole ? [value >> 8, value & 0xff] : [value]));
  }
  return Uint8Array.from(bytes);
}

/**
 * @param {Refusal} answer
 * @returns {Reading}
 */
function refused(answer) {
  return { answer, claims: null };
}

/**
 * @param {Bytes} written
 * @returns {{ algorithm: number, kid: string } | null}
 */
function readHead(written) {
  const head = readStrictly(written);
  if (!(head instanceof Map && head.size === 2)) {
    return null;
  }
  const algorithm = head.get(ALGORITHM);
  const kid = head.get(KEY_ID);
  const known = algorithm === EDDSA || algorithm === ES256;
  if (!known || !(kid instanceof Uint8Array && kid.length === KEY_ID_BYTES)) {
    return null;
  }
  return { algorithm, kid: [...kid].map((byte) => byte.toString(16).padStart(2, "0")).join("") };
}

/**
 * @param {Bytes} payload
 * @returns {Claims | null}
 */
function readClaims(payload) {
  const claims = readStrictly(payload);
  if (!(claims instanceof Map && claims.size === 3)) {
    return null;
  }
  const secret = claims.get(SECRET);
  const voucher = claims.get(VOUCHER);
  if (!(secret instanceof Uint8Array && secret.length === SECRET_BYTES && Array.isArray(voucher))) {
    return null;
  }
  const numbers = [claims.get(EXPIRES), ...voucher];
  if (numbers.length !== 6 || !numbers.every((one) => Number.isSafeInteger(one) && one >= 0)) {
    return null;
  }
  const [expires, cycle, point, kits, idx, rev] = /** @type {[number, number, number, number, number, number]} */ (
    numbers
  );
  return { expires, secret: new Uint8Array(secret), cycle, point, kits, idx, rev };
}

/** COSE_Sign1 (RFC 9052) over canonical CBOR (RFC 8949, 4.2.3), read strictly: what we write ourselves and nothing else. */

import { decode, encode } from "../../vendor/cborg/index.js";
import { verifyAsync } from "../../vendor/ed25519/index.js";
import { equal, own } from "./bytes.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */
/** @typedef {{ protected: Bytes, payload: Bytes, signature: Bytes }} Envelope a message taken apart, still unbelieved */

export const EDDSA = -8;
export const ES256 = -7;
export const ALGORITHM = 1;
export const KEY_ID = 4;

const SIGNATURE_BYTES = 64;
const KEY_BYTES = new Map([
  [EDDSA, 32],
  [ES256, 65],
]);
const TAG = Uint8Array.of(0xd2);
const NOTHING = new Uint8Array(0);

/** @type {Map<number, AlgorithmIdentifier | EcKeyImportParams>} */
const KINDS = new Map([
  [EDDSA, { name: "Ed25519" }],
  [ES256, { name: "ECDSA", namedCurve: "P-256" }],
]);
const ECDSA = { name: "ECDSA", hash: "SHA-256" };

/** @type {WeakMap<Uint8Array, Promise<CryptoKey | null>>} */
const opened = new WeakMap();

/**
 * @param {unknown} value numbers, texts, bytes, lists and Maps
 * @returns {Bytes}
 */
export function writeCanonical(value) {
  return own(encode(value));
}

/**
 * @param {Uint8Array} bytes
 * @returns {unknown} maps as Map; undefined where the bytes are not exactly what `writeCanonical` writes
 */
export function readStrictly(bytes) {
  try {
    const value = decode(bytes, { useMaps: true, rejectDuplicateMapKeys: true, allowIndefinite: false });
    return equal(encode(value), bytes) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {Uint8Array} message
 * @param {{ tagged?: boolean }} [how] whether it stands under COSE's own tag, as the status list does
 * @returns {Envelope | null} null: malformed
 */
export function takeApart(message, { tagged = false } = {}) {
  if (tagged && !equal(message.subarray(0, 1), TAG)) {
    return null;
  }
  const parts = readStrictly(tagged ? message.subarray(1) : message);
  if (!(Array.isArray(parts) && parts.length === 4)) {
    return null;
  }
  const [head, open, payload, signature] = parts;
  const fits = [head, payload, signature].every((part) => part instanceof Uint8Array);
  if (!fits || !(open instanceof Map && open.size === 0) || signature.length !== SIGNATURE_BYTES) {
    return null;
  }
  return { protected: own(head), payload: own(payload), signature: own(signature) };
}

/**
 * @param {Uint8Array} head the protected part
 * @param {Uint8Array} payload
 * @returns {Bytes} what a signature is over; nothing stands outside
 */
export function toSign(head, payload) {
  return writeCanonical(["Signature1", head, NOTHING, payload]);
}

/**
 * @param {Uint8Array} head
 * @param {Uint8Array} payload
 * @param {(message: Bytes) => Promise<Uint8Array>} sign gives 64 bytes
 * @returns {Promise<Bytes>} the signed message, untagged
 */
export async function signed(head, payload, sign) {
  const signature = await sign(toSign(head, payload));
  return writeCanonical([head, new Map(), payload, signature]);
}

/**
 * @param {Envelope} envelope
 * @param {number} algorithm
 * @param {Uint8Array} key 32 bytes of Ed25519, 65 of P-256
 * @returns {Promise<boolean>}
 */
export async function isSigned(envelope, algorithm, key) {
  if (KEY_BYTES.get(algorithm) !== key.length) {
    return false;
  }
  const message = toSign(envelope.protected, envelope.payload);
  const held = await openKey(algorithm, key);
  if (held === null) {
    return algorithm === EDDSA && (await byOurOwn(envelope.signature, message, key));
  }
  return crypto.subtle.verify(algorithm === ES256 ? ECDSA : "Ed25519", held, envelope.signature, message);
}

/**
 * @param {number} algorithm
 * @param {Uint8Array} key
 * @returns {Promise<CryptoKey | null>} null where this browser does not have the algorithm, or the key is none
 */
function openKey(algorithm, key) {
  const known = opened.get(key);
  if (known !== undefined) {
    return known;
  }
  const kind = /** @type {AlgorithmIdentifier} */ (KINDS.get(algorithm));
  const opening = crypto.subtle.importKey("raw", own(key), kind, false, ["verify"]).catch(() => null);
  opened.set(key, opening);
  return opening;
}

/**
 * Older browsers have no Ed25519.
 * @param {Bytes} signature
 * @param {Bytes} message
 * @param {Uint8Array} key
 * @returns {Promise<boolean>}
 */
async function byOurOwn(signature, message, key) {
  try {
    return await verifyAsync(signature, message, key, { zip215: false });
  } catch {
    return false;
  }
}

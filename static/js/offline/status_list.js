/** The status of every voucher of a quarter: the IETF Token Status List as a CWT, two bits for each index. */

import { own, toHex } from "./bytes.js";
import { ALGORITHM, EDDSA, isSigned, KEY_ID, readStrictly, takeApart } from "./cose.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */
/** @typedef {import("./key_set.js").Key} Key */
/** @typedef {"valid" | "revoked" | "suspended" | "handed_over"} State */
/**
 * A list that was believed: `issued` and `expires` in milliseconds; an index past its end is "valid", since the list may
 * be older than the print.
 * @typedef {{ subject: string, cycle: number, issued: number, expires: number, states: Bytes }} StatusList
 */

const TYPE = 16;
const MEDIA_TYPE = "application/statuslist+cwt";
const SUBJECT = 2;
const EXPIRES = 4;
const ISSUED = 6;
const LIST = 65533;
const TTL = 65534;
const BITS = 2;
const LARGEST = 4_000_000;

/** @type {readonly [State, State, State, State]} */
const STATES = ["valid", "revoked", "suspended", "handed_over"];

/**
 * @param {Uint8Array} written
 * @param {readonly Key[]} keys those of purpose `status` that count (see `keysFor`)
 * @returns {Promise<StatusList | null>} null: none of the keys signed it, or it is not written as agreed
 */
export async function readStatusList(written, keys) {
  const envelope = takeApart(written, { tagged: true });
  const head = envelope && readStrictly(envelope.protected);
  if (!(envelope && head instanceof Map && head.size === 3)) {
    return null;
  }
  if (head.get(ALGORITHM) !== EDDSA || head.get(TYPE) !== MEDIA_TYPE || !(head.get(KEY_ID) instanceof Uint8Array)) {
    return null;
  }
  const kid = toHex(head.get(KEY_ID));
  for (const key of keys) {
    if (key.kid === kid && (await isSigned(envelope, key.alg, key.key))) {
      return readPayload(envelope.payload, key.cycle);
    }
  }
  return null;
}

/**
 * @param {StatusList} list
 * @param {number} idx
 * @returns {State}
 */
export function stateOf(list, idx) {
  const byte = list.states[idx >> 2] ?? 0;
  return STATES[/** @type {0 | 1 | 2 | 3} */ ((byte >> ((idx & 3) * BITS)) & 3)];
}

/**
 * @param {StatusList | null} held
 * @param {StatusList} offered
 * @returns {boolean} whether the device may take what is offered: of the same quarter never an older one
 */
export function mayReplace(held, offered) {
  return held === null || held.cycle !== offered.cycle || offered.issued >= held.issued;
}

/**
 * @param {Bytes} payload
 * @param {number} cycle the quarter whose key signed it
 * @returns {Promise<StatusList | null>}
 */
async function readPayload(payload, cycle) {
  const claims = readStrictly(payload);
  if (!(claims instanceof Map && claims.size === 5 && Number.isSafeInteger(claims.get(TTL)))) {
    return null;
  }
  const [subject, issued, expires, list] = [SUBJECT, ISSUED, EXPIRES, LIST].map((key) => claims.get(key));
  if (!(typeof subject === "string" && Number.isSafeInteger(issued) && Number.isSafeInteger(expires))) {
    return null;
  }
  if (!(list instanceof Map && list.size === 2 && list.get("bits") === BITS && list.get("lst") instanceof Uint8Array)) {
    return null;
  }
  const states = await inflate(own(list.get("lst")));
  return states && { subject, cycle, issued: issued * 1000, expires: expires * 1000, states };
}

/**
 * @param {Bytes} packed by DEFLATE in the ZLIB format (RFC 1950)
 * @returns {Promise<Bytes | null>} null: broken, or larger than any list of ours
 */
export async function inflate(packed) {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const parts = [];
  let length = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      length += part.value.length;
      if (length > LARGEST) {
        await reader.cancel();
        return null;
      }
      parts.push(part.value);
    }
  } catch {
    return null;
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

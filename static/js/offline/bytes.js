/** Bytes and how they are written down: base64url without padding, hexadecimal digits; joined, compared, hashed. */

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** @type {ReadonlyMap<string, number>} */
const VALUES = new Map([...SIGNS].map((sign, value) => [sign, value]));
const HEX = /^(?:[0-9a-f]{2})*$/;

/**
 * @param {Uint8Array} bytes
 * @returns {string} base64url without padding
 */
export function toBase64(bytes) {
  let written = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const signs = Math.min(4, bytes.length - at + 1);
    for (let place = 0; place < signs; place += 1) {
      written += SIGNS[(group >> (18 - 6 * place)) & 63];
    }
  }
  return written;
}

/**
 * @param {string} written base64url without padding
 * @returns {Bytes}
 * @throws {RangeError} when it is anything else
 */
export function fromBase64(written) {
  const bytes = new Uint8Array(Math.floor((written.length * 3) / 4));
  let held = 0;
  let bits = 0;
  let filled = 0;
  for (const sign of written) {
    const value = VALUES.get(sign);
    if (value === undefined) {
      throw new RangeError("not base64url");
    }
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[filled] = (held >> bits) & 0xff;
      filled += 1;
    }
  }
  if (written.length % 4 === 1 || (held & ((1 << bits) - 1)) !== 0) {
    throw new RangeError("not base64url");
  }
  return bytes;
}

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {string} written pairs of lower-case digits
 * @returns {Bytes}
 * @throws {RangeError} when it is anything else
 */
export function fromHex(written) {
  if (!HEX.test(written)) {
    throw new RangeError("not hexadecimal");
  }
  return Uint8Array.from(written.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/**
 * @param {readonly Uint8Array[]} parts
 * @returns {Bytes} one after another
 */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 * @returns {boolean}
 */
export function equal(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/**
 * @param {string} text
 * @returns {Bytes} as UTF-8
 */
export function utf8(text) {
  return own(new TextEncoder().encode(text));
}

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<Bytes>}
 */
export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", own(bytes)));
}

/**
 * What the browser's cryptography takes: bytes of an ordinary buffer, not of one that threads share.
 * @param {Uint8Array} bytes
 * @returns {Bytes}
 */
export function own(bytes) {
  return bytes.buffer instanceof ArrayBuffer ? /** @type {Bytes} */ (bytes) : new Uint8Array(bytes);
}

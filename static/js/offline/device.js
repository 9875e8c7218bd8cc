/** This phone as a device of its point: a key of its own that never leaves it, and the proof made with it. */

import { fromBase64, sha256, toBase64, toHex, utf8 } from "./bytes.js";
import { changeDevice, forgetLease, readDevice, write } from "./store.js";

/** @typedef {import("./store.js").Database} Database */
/** @typedef {import("./store.js").DeviceKey} DeviceKey */
/** @typedef {import("./bytes.js").Bytes} Bytes */
/**
 * What came of asking: `body` where the server answered as agreed, else why not.
 * @typedef {{ got: "answer", body: any }
 *   | { got: "refusal", why: string, code: string }
 *   | { got: "offline" | "broken" | "signed_out" | "revoked" | "not_enrolled" }} Told
 */

const PATIENCE = 30_000;
const ECDSA = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };
const STALE = "proof_stale";
const REVOKED = "device_revoked";

/**
 * Make this phone a device of the point whose manager showed the code.
 * @param {Database} db
 * @param {{ address: string, token: string, code: string, app: string }} asked
 * @returns {Promise<Told>}
 */
export async function enrol(db, { address, token, code, app }) {
  const pair = await crypto.subtle.generateKey(ECDSA, false, ["sign", "verify"]);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const body = JSON.stringify({ code, key: toBase64(publicKey), app });
  const told = await send(address, { body, headers: { "X-CSRFToken": token } });
  if (told.got !== "answer") {
    return told;
  }
  const { device, root, server_time: heard } = told.body;
  if (typeof device?.id !== "string" || typeof heard !== "number") {
    return { got: "broken" };
  }
  await becomeDevice(db, {
    id: device.id,
    code: device.code,
    privateKey: pair.privateKey,
    publicKey,
    expires: device.expires,
    root: fromBase64(root),
    offset: heard - Date.now(),
    heard,
    revoked: false,
  });
  return told;
}

/**
 * Take a new key. The chain of the key before ends; what it still holds sealed is set aside and never dropped.
 * @param {Database} db
 * @param {DeviceKey} device
 */
async function becomeDevice(db, device) {
  await write(db, ["keys", "lease", "rows", "events", "settings"], async (store) => {
    /** @type {DeviceKey | undefined} */
    const before = await store("keys").get("device");
    /** @type {import("./store.js").StoredEvent[]} */
    const events = await store("events").getAll();
    const held = events.filter((event) => event.sealed !== null);
    if (before !== undefined && held.length > 0) {
      await store("settings").put(held, `kept ${before.id}`);
    }
    await Promise.all([store("events").clear(), store("lease").clear(), store("rows").clear()]);
    await store("keys").put(device, "device");
  });
}

/**
 * Ask what only this device may ask, with its proof. A stale proof is made anew once, by the server's clock; a revoked
 * device forgets manifest and lease and keeps its events.
 * @param {Database} db
 * @param {string} address
 * @param {{ method?: string, body?: string, headers?: Record<string, string> }} asked
 * @returns {Promise<Told>}
 */
export async function askAsDevice(db, address, asked) {
  for (const isLast of [false, true]) {
    const device = await readDevice(db);
    if (device === null) {
      return { got: "not_enrolled" };
    }
    const proof = await proofOf(device, address, asked);
    const told = await send(address, { ...asked, headers: { ...asked.headers, "Toptama-Device": proof } });
    if (told.got === "answer" && typeof told.body.server_time === "number") {
      await hear(db, told.body.server_time);
    }
    if (told.got === "refusal" && told.code === REVOKED) {
      await changeDevice(db, { revoked: true });
      await forgetLease(db);
      return { got: "revoked" };
    }
    if (!(told.got === "refusal" && told.code === STALE && !isLast)) {
      return told;
    }
    await hear(db, Number(told.serverTime));
  }
  return { got: "broken" };
}

/**
 * Remember the server's time: how far ours is from it, and the last one heard.
 * @param {Database} db
 * @param {number} serverTime milliseconds
 */
export async function hear(db, serverTime) {
  if (Number.isSafeInteger(serverTime)) {
    await changeDevice(db, { offset: serverTime - Date.now(), heard: serverTime });
  }
}

/**
 * @param {DeviceKey} device
 * @param {Uint8Array} message
 * @returns {Promise<Bytes>} r ‖ s
 */
export async function signAs(device, message) {
  return new Uint8Array(await crypto.subtle.sign(SIGNING, device.privateKey, new Uint8Array(message)));
}

/**
 * @param {DeviceKey} device
 * @param {string} address
 * @param {{ method?: string, body?: string }} asked
 * @returns {Promise<string>} the header's value
 */
async function proofOf(device, address, { method = "POST", body = "" }) {
  const time = Date.now() + device.offset;
  const path = new URL(address, globalThis.location.href).pathname;
  const message = utf8(`${method}\n${path}\n${time}\n${toHex(await sha256(utf8(body)))}`);
  return `${device.id}.${time}.${toBase64(await signAs(device, message))}`;
}

/**
 * @param {string} address
 * @param {{ method?: string, body?: string, headers?: Record<string, string> }} asked
 * @returns {Promise<Told & { serverTime?: unknown }>}
 */
async function send(address, { method = "POST", body = "", headers = {} }) {
  let response;
  try {
    response = await fetch(address, {
      method,
      headers: { "Content-Type": "application/json", Accept: "application/json", ...headers },
      ...(method === "GET" ? {} : { body }),
      signal: AbortSignal.timeout(PATIENCE),
      redirect: "error",
    });
  } catch {
    return { got: "offline" };
  }
  /** @type {any} */
  const said = await response.json().catch(() => null);
  if (response.ok) {
    return typeof said === "object" && said !== null ? { got: "answer", body: said } : { got: "broken" };
  }
  const code = typeof said?.code === "string" ? said.code : "";
  if (code === "form_expired" || (response.status === 401 && code !== STALE)) {
    return { got: "signed_out" };
  }
  if (response.status >= 500 || typeof said?.detail !== "string") {
    return { got: "broken" };
  }
  return { got: "refusal", why: said.detail, code, serverTime: said.server_time };
}

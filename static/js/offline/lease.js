/** The lease: with whom this phone hands over without a network, until when, and whether all is there to do so. */

import { fromBase64 } from "./bytes.js";
import { minutesWrong, phoneTime } from "./clock.js";
import { askAsDevice } from "./device.js";
import { keysFor, mayReplace, readKeySet } from "./key_set.js";
import { readRows } from "./manifest.js";
import { mayReplace as mayReplaceList, readStatusList } from "./status_list.js";
import { countUnsent, forgetLease, readDevice, readLease, replaceLease } from "./store.js";

/** @typedef {import("./store.js").Database} Database */
/** @typedef {import("./device.js").Told} Told */
/** @typedef {import("./key_set.js").KeySet} KeySet */
/** @typedef {import("./key_set.js").Key} Key */
/** @typedef {import("./status_list.js").StatusList} StatusList */
/** @typedef {{ set: KeySet, vouchers: Key[], list: StatusList | null }} Trust */
/**
 * Why this phone is not ready to work without a network: "no_device", "device_revoked", "device_expired", "no_lease",
 * "lease_ended", "stale_list", "no_list", "full", "not_persistent", "no_shell",
 * "clock_wrong" by `minutes`.
 * @typedef {{ ready: boolean, lacks: string[], warnings: string[], minutes: number }} Readiness
 */

const FORMAT = 1;
const RELEASE = /\/static\/([^/]{1,40})\//;

/**
 * Open the lease, or load its list again; what is loaded is believed and kept as a whole, or not at all.
 * @param {Database} db
 * @param {{ address: string, token: string, share?: { settlement: string, most: number } }} asked `share`: which of the point's vouchers a new
 *   lease takes; so many at most, 0 = all
 * @returns {Promise<Told | { got: "lease", manifest: any, vouchers: number } | { got: "untrusted" }>} untrusted: not signed as it must be, or older than what is here
 * @throws {import("./store.js").StoreFault} there is no room for it
 */
export async function takeLease(db, { address, token, share }) {
  const body = JSON.stringify({ ...(await said(db)), ...share });
  const told = await askAsDevice(db, address, { body, headers: { "X-CSRFToken": token } });
  if (told.got !== "answer") {
    return told;
  }
  const { rows, ...manifest } = told.body;
  const device = await readDevice(db);
  const before = await readLease(db);
  const read = rowsOf(rows);
  if (device === null || read === null || !isManifest(manifest, device.id)) {
    return { got: "broken" };
  }
  const offered = await believe(manifest, device.root);
  const held = before === null ? null : await believe(before, device.root);
  if (offered === null || !mayReplace(held?.set ?? null, offered.set)) {
    return { got: "untrusted" };
  }
  const isOlder = offered.list === null || !mayReplaceList(held?.list ?? null, offered.list);
  const list = isOlder && held?.list ? before.status_list : manifest.status_list;
  const kept = { ...manifest, status_list: list, loaded: Date.now() };
  await replaceLease(db, kept, read);
  return { got: "lease", manifest: kept, vouchers: read.length };
}

/**
 * Verify what a manifest stands on: the key set by the pinned root, the list by a key of the set.
 * @param {any} manifest
 * @param {Uint8Array} root
 * @returns {Promise<Trust | null>} null: the root did not sign the key set
 */
export async function believe(manifest, root) {
  const set = await readKeySet(bytesOf(manifest.key_set), root);
  if (set === null) {
    return null;
  }
  const now = { at: manifest.server_time, withdrawn: manifest.withdrawn ?? [] };
  const written = bytesOf(manifest.status_list);
  const list = written.length === 0 ? null : await readStatusList(written, keysFor(set, "status", now));
  return { set, vouchers: keysFor(set, "voucher", now), list };
}

/**
 * Say whether this phone can work without a network, and what it lacks; warnings keep nobody from work.
 * @param {Database} db
 * @returns {Promise<Readiness>}
 */
export async function readReadiness(db) {
  const device = await readDevice(db);
  const manifest = await readLease(db);
  const now = device === null ? 0 : await phoneTime(db, device);
  const lacks = device === null ? ["no_device"] : lacksOf(device, manifest, now);
  const minutes = device === null ? 0 : minutesWrong(device);
  const warnings = minutes > 0 ? ["clock_wrong"] : [];
  if (manifest !== null && device !== null) {
    const trust = await believe(manifest, device.root);
    const issued = trust?.list?.issued ?? 0;
    if (trust?.list == null) {
      warnings.push("no_list");
    } else if (now - issued > manifest.stale_after) {
      warnings.push("stale_list");
    }
    if ((await countUnsent(db)) >= manifest.lease.most_events) {
      lacks.push("full");
    }
  }
  if (!(await isShellKept())) {
    lacks.push("no_shell");
  }
  if (!(await navigator.storage?.persisted?.())) {
    warnings.push("not_persistent");
  }
  return { ready: lacks.length === 0, lacks, warnings, minutes };
}

/**
 * Give the lease back after the day was closed; the phone forgets its list when the server has said so.
 * @param {Database} db
 * @param {{ address: string, token: string }} asked
 * @returns {Promise<Told>}
 */
export async function giveBackLease(db, { address, token }) {
  const told = await askAsDevice(db, address, {
    body: JSON.stringify(await said(db)),
    headers: { "X-CSRFToken": token },
  });
  if (told.got === "answer") {
    await forgetLease(db);
  }
  return told;
}

/**
 * @param {Database} db
 * @returns {Promise<{ unsent: number, now: number, app: string }>} what a phone says of itself when it asks
 */
async function said(db) {
  const app = RELEASE.exec(import.meta.url)?.[1] ?? "";
  return { unsent: await countUnsent(db), now: Date.now(), app };
}

/**
 * Whether the page itself is kept on this phone, so that it opens without a network.
 * @returns {Promise<boolean>}
 */
export async function isShellKept() {
  if (!("caches" in globalThis)) {
    return false;
  }
  const names = await caches.keys();
  const shells = names.filter((name) => name.startsWith("toptama-shell-"));
  const found = await Promise.all(shells.map(async (name) => (await caches.open(name)).match("/distribution/scan")));
  return found.some((page) => page !== undefined);
}

/**
 * @param {import("./store.js").DeviceKey} device
 * @param {any} manifest
 * @param {number} at the server's time
 * @returns {string[]}
 */
function lacksOf(device, manifest, at) {
  const lacks = [];
  if (device.revoked) {
    lacks.push("device_revoked");
  }
  if (device.expires <= at) {
    lacks.push("device_expired");
  }
  if (manifest === null) {
    lacks.push("no_lease");
  } else if (manifest.lease.ends <= at) {
    lacks.push("lease_ended");
  }
  return lacks;
}

/**
 * @param {any} manifest
 * @param {string} device
 * @returns {boolean}
 */
function isManifest(manifest, device) {
  return (
    manifest.v === FORMAT &&
    manifest.device?.id === device &&
    typeof manifest.lease?.id === "string" &&
    typeof manifest.lease.ends === "number" &&
    typeof manifest.operator?.id === "number" &&
    typeof manifest.point?.id === "number" &&
    bytesOf(manifest.sealing?.key).length === 65 &&
    Array.isArray(manifest.kits) &&
    Array.isArray(manifest.stock)
  );
}

/**
 * @param {unknown} written
 * @returns {Uint8Array} nothing where it is not base64url
 */
function bytesOf(written) {
  try {
    return fromBase64(String(written ?? ""));
  } catch {
    return new Uint8Array(0);
  }
}

/**
 * @param {unknown} rows
 * @returns {[string, Uint8Array][] | null}
 */
function rowsOf(rows) {
  try {
    return readRows(rows);
  } catch {
    return null;
  }
}

/** What happened, as this device says it: signed, chained to the one before, sealed to the server, on the disk before anybody is told. */

import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "../../vendor/hpke/index.js";
import { concat, fromBase64, fromHex, own, sha256, toHex, utf8 } from "./bytes.js";
import { ALGORITHM, ES256, KEY_ID, signed, writeCanonical } from "./cose.js";
import { signAs } from "./device.js";
import { bytesOfUuid } from "./manifest.js";
import { readDevice, StoreFault, write } from "./store.js";

/** @typedef {import("./store.js").Database} Database */
/** @typedef {import("./store.js").DeviceKey} DeviceKey */
/** @typedef {import("./store.js").StoredEvent} StoredEvent */
/** @typedef {import("./store.js").LogLine} LogLine */
/** @typedef {import("./bytes.js").Bytes} Bytes */
/**
 * What an event adds to what all have: `fields` stand in it by the names of the protocol; the rest the phone keeps beside it.
 * @typedef {{
 *   kind: import("./store.js").EventKind, id: string, fields: Record<string, unknown>, h: string, tail: string,
 *   sets: number[], kits: Record<string, number>, lots: Record<string, number>, undoes: string | null, day: string,
 * }} Fact
 */

const VERSION = 1;
const INFO = "toptama event 1";
const FIRST = "0".repeat(64);

const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

/** The chain went on while the event was made: another tab wrote. */
export class ChainMoved extends Error {}

/**
 * Write a fact down, and the line of the log that belongs to it, in one transaction. When this resolves, both are on the disk.
 * @param {Database} db
 * @param {any} manifest of the lease under which it happens
 * @param {Fact} fact
 * @param {LogLine} line
 * @returns {Promise<StoredEvent>}
 * @throws {StoreFault} nothing was kept
 * @throws {ChainMoved} nothing was kept
 */
export async function writeEvent(db, manifest, fact, line) {
  const device = await readDevice(db);
  if (device === null) {
    throw new StoreFault("refused");
  }
  const last = await lastOf(db.transaction("events").store);
  const event = await makeEvent(device, manifest, fact, { last, claimed: line.at });
  await write(db, ["events", "log"], async (store) => {
    if ((await lastOf(store("events")))?.seq !== last?.seq) {
      throw new ChainMoved();
    }
    await Promise.all([store("events").add(event), store("log").add(line)]);
  });
  return event;
}

/**
 * @param {any} events the store of them
 * @returns {Promise<StoredEvent | undefined>} the newest
 */
async function lastOf(events) {
  return (await events.openCursor(null, "prev"))?.value;
}

/**
 * Make an event: canonical CBOR, signed by the device, sealed to the server.
 * @param {DeviceKey} device
 * @param {any} manifest
 * @param {Fact} fact
 * @param {{ last: StoredEvent | undefined, claimed: number }} place the event before in the chain, and the device's clock
 * @returns {Promise<StoredEvent>}
 */
export async function makeEvent(device, manifest, fact, { last, claimed }) {
  const seq = (last?.seq ?? 0) + 1;
  const prev = last?.hash ?? FIRST;
  const payload = writeCanonical(
    new Map(
      Object.entries({
        v: VERSION,
        kind: fact.kind,
        id: bytesOfUuid(fact.id),
        lease: bytesOfUuid(manifest.lease.id),
        seq,
        prev: fromHex(prev),
        operator: manifest.operator.id,
        point: manifest.point.id,
        claimed,
        server: device.heard,
        ...fact.fields,
      }),
    ),
  );
  const head = writeCanonical(
    new Map(
      /** @type {[number, unknown][]} */ ([
        [ALGORITHM, ES256],
        [KEY_ID, bytesOfUuid(device.id)],
      ]),
    ),
  );
  const message = await signed(head, payload, (text) => signAs(device, text));
  const { fields: _, ...kept } = fact;
  return {
    ...kept,
    seq,
    prev,
    claimed,
    lease: manifest.lease.id,
    heard: device.heard,
    hash: toHex(await sha256(message)),
    sealed: await seal(message, manifest.sealing),
    state: "unsent",
    ...{ result: "", reason: "", words: "", sentence: "", step: "", answered_at: null },
  };
}

/**
 * @param {Bytes} message
 * @param {{ kid: string, key: string }} sealing
 * @returns {Promise<Bytes>} what only the server opens: kid ‖ enc ‖ ciphertext
 */
async function seal(message, { kid, key }) {
  const recipientPublicKey = await suite.kem.deserializePublicKey(own(fromBase64(key)).buffer);
  const sender = await suite.createSenderContext({ recipientPublicKey, info: utf8(INFO) });
  const sealed = await sender.seal(message);
  return concat(fromHex(kid), new Uint8Array(sender.enc), new Uint8Array(sealed));
}

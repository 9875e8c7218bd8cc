/** What a scan is answered with by this phone alone: the server's reasons in the server's order, from signed and sealed lists. */

import { readCode, writeCode } from "./codes.js";
import { hashOf, nameOf, openRow } from "./manifest.js";
import { stateOf } from "./status_list.js";
import { PREFIX, readVoucher } from "./tokens.js";

/** @typedef {import("./lease.js").Trust} Trust */
/** @typedef {import("./manifest.js").Row} Row */
/** @typedef {import("./manifest.js").GrantedSet} GrantedSet */
/** @typedef {import("./store.js").StoredEvent} StoredEvent */
/** @typedef {import("./tokens.js").Claims} Claims */
/**
 * All that judging stands on; `now` is the server's time as this phone knows it, `offset` how far that is ahead of its clock, in milliseconds.
 * @typedef {{
 *   manifest: any, trust: Trust, now: number, offset: number,
 *   rowOf: (h: string) => Promise<Uint8Array | null>, eventsOf: (h: string) => Promise<readonly StoredEvent[]>,
 * }} Grounds
 */
/**
 * `name` is the case that is told, `facts` fill its sentence; `row` and `due` where something may be given; `given` the
 * hand-over of this phone that answers "already".
 * @typedef {{
 *   name: string, facts: Record<string, string | number>, h: string, tail: string, row: Row | null, due: GrantedSet[],
 *   given: StoredEvent | null,
 * }} Judgement
 */

/** How long an operator may take back what they gave, in milliseconds. */
export const UNDO_WINDOW = 5 * 60_000;

/** Kazakhstan's one time since 1 March 2024; phones with old tables do not know it. */
const ALMATY = 5 * 3_600_000;
const TAIL = 4;

/**
 * @param {string} text what was scanned or typed
 * @param {Grounds} grounds
 * @returns {Promise<Judgement>}
 */
export async function judge(text, grounds) {
  if (!text.startsWith(PREFIX)) {
    const typed = readCode(text);
    return typed.secret === null ? told(typed.answer) : judgeSecret(typed.secret, "code_not_here", grounds);
  }
  const { answer, claims } = await readVoucher(text, grounds.trust.vouchers);
  if (claims === null) {
    return told(answer);
  }
  const refusal = refusalOf(claims, grounds);
  if (refusal !== null) {
    return refusal;
  }
  const isGiven = stateAt(grounds.trust, claims) === "handed_over";
  return judgeSecret(claims.secret, isGiven ? "listed_given" : "not_here", grounds);
}

/**
 * @param {number} at milliseconds
 * @returns {number} the quarter in Kazakhstan, 4 × year + quarter − 1
 */
export function cycleAt(at) {
  const day = new Date(at + ALMATY);
  return 4 * day.getUTCFullYear() + Math.floor(day.getUTCMonth() / 3);
}

/**
 * @param {readonly StoredEvent[]} events
 * @returns {StoredEvent[]} the hand-overs among them that were not taken back
 */
export function standing(events) {
  const undone = new Set(events.filter((one) => one.kind === "undo").map((one) => one.undoes));
  return events.filter((one) => one.kind === "hand_over" && !undone.has(one.id));
}

/**
 * Whether the manifest does not know of an event yet.
 * @param {StoredEvent} event
 * @param {any} manifest
 * @returns {boolean}
 */
export function isNews(event, manifest) {
  return event.answered_at === null || event.answered_at > manifest.loaded;
}

/**
 * @param {Claims} claims
 * @param {Grounds} grounds
 * @returns {Judgement | null} why the voucher does not count here and now
 */
function refusalOf(claims, { manifest, trust, now }) {
  const state = stateAt(trust, claims);
  if (state === "suspended") {
    return told("suspended");
  }
  if (state === "revoked" || isReplaced(claims, manifest)) {
    return told("revoked");
  }
  if (now > claims.expires * 1000) {
    return told("expired", { day: claims.expires * 1000 });
  }
  const current = cycleAt(now);
  if (claims.cycle !== current) {
    const facts = { day: firstDay(claims.cycle), quarter: claims.cycle, current };
    return told(claims.cycle > current ? "not_yet_valid" : "other_cycle", facts);
  }
  return claims.point === manifest.point.id ? null : told("elsewhere");
}

/**
 * @param {Uint8Array} secret
 * @param {"code_not_here" | "not_here" | "listed_given"} missing the case when the list has no row for it
 * @param {Grounds} grounds
 * @returns {Promise<Judgement>}
 */
async function judgeSecret(secret, missing, { manifest, trust, now, offset, rowOf, eventsOf }) {
  if (manifest.lease.ends <= now) {
    return told("ended", { at: manifest.lease.ends });
  }
  const hash = await hashOf(secret);
  const h = nameOf(hash);
  const [events, sealed] = await Promise.all([eventsOf(h), rowOf(h)]);
  const known = { h, tail: writeCode(secret).slice(-TAIL), row: null, due: [], given: null };
  const given = standing(events).at(-1) ?? null;
  const about = { manifest, now, offset };
  const row = sealed === null ? null : await openRow(sealed, { secret, hash, lease: manifest.lease.id });
  if (row === null) {
    const facts = { at: trust.list?.issued ?? manifest.server_time };
    return given === null ? { ...known, name: missing, facts } : { ...known, ...alreadyGiven(given, about) };
  }
  const gone = new Set(
    standing(events)
      .filter((one) => isNews(one, manifest))
      .flatMap((one) => one.sets),
  );
  const due = row.sets.filter((one) => !gone.has(one.allotment));
  if (due.length > 0) {
    return { ...known, name: "ok", facts: { family: row.guardian }, row, due };
  }
  return given === null ? { ...known, name: "nothing_due", facts: {} } : { ...known, ...alreadyGiven(given, about) };
}

/**
 * @param {StoredEvent} given
 * @param {Pick<Grounds, "manifest" | "now" | "offset">} about
 * @returns {{ name: string, facts: Record<string, string | number>, given: StoredEvent }}
 */
function alreadyGiven(given, { manifest, now, offset }) {
  const at = given.claimed + offset;
  const facts = { at, point: "", device: manifest.device.code };
  const isRecent = now - at <= UNDO_WINDOW;
  return { name: isRecent ? "just_given" : "already_handed_over", facts, given };
}

/**
 * @param {Trust} trust
 * @param {Claims} claims
 * @returns {import("./status_list.js").State}
 */
function stateAt({ list }, claims) {
  return list === null || list.cycle !== claims.cycle ? "valid" : stateOf(list, claims.idx);
}

/**
 * @param {Claims} claims
 * @param {any} manifest
 * @returns {boolean} whether a later print of it counts
 */
function isReplaced(claims, manifest) {
  const lowest = manifest.revisions?.[String(claims.idx)] ?? 0;
  return claims.cycle === manifest.lease.cycle && claims.rev < lowest;
}

/**
 * @param {number} cycle
 * @returns {number} its first moment in Kazakhstan
 */
function firstDay(cycle) {
  return Date.UTC(Math.floor(cycle / 4), (cycle % 4) * 3, 1) - ALMATY;
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} [facts]
 * @returns {Judgement}
 */
function told(name, facts = {}) {
  return { name, facts, h: "", tail: "", row: null, due: [], given: null };
}

/**
 * Writes a line of the log for every scan at a desk that writes none by itself: the server's, which may not answer, and that
 * of a second window. No scan is silent here either; of its text only a hash stays, and of what is no voucher nothing.
 */

import { sha256, utf8 } from "./bytes.js";
import { readCode } from "./codes.js";
import { hashOf, nameOf } from "./manifest.js";
import { forgetOld, KEEP_SENT, openStore } from "./store.js";
import { PREFIX } from "./tokens.js";

/** @typedef {import("../scan/types.js").Answer} Answer */
/** @typedef {import("../scan/types.js").Desk} Desk */

const HASH_BYTES = 16;
const TIDY_EVERY = 500;

/**
 * @param {Desk} desk
 * @returns {Desk} the same, which keeps a line of each answer and of each that did not come
 */
export function logged(desk) {
  return {
    kind: desk.kind,
    check: (text, way) => noted(desk.check(text, way), way, text),
    handOver: (asked) => noted(desk.handOver(asked), asked.way, asked.text),
    undo: (id, reason) => noted(desk.undo(id, reason), "typed", ""),
  };
}

/**
 * @param {Promise<Answer>} asking
 * @param {string} way
 * @param {string} text
 * @returns {Promise<Answer>} at once; the line is written beside it, and where there is no room for it, none is
 */
async function noted(asking, way, text) {
  const answer = await asking;
  const said = answer.got === "verdict" ? answer.verdict.answer : answer.got;
  keepLine(way, text, said).catch(() => undefined);
  return answer;
}

/**
 * @param {string} way
 * @param {string} text
 * @param {string} answer
 */
async function keepLine(way, text, answer) {
  const [db, h] = await Promise.all([openStore(), markOf(text)]);
  const place = Number(await db.add("log", { at: Date.now(), way, h, answer }));
  if (place % TIDY_EVERY === 0) {
    await forgetOld(db, Date.now() - KEEP_SENT);
  }
}

/**
 * @param {string} text
 * @returns {Promise<string>} by which the same paper is known again; empty for what is no voucher
 */
async function markOf(text) {
  if (text.startsWith(PREFIX)) {
    return nameOf((await sha256(utf8(text))).slice(0, HASH_BYTES));
  }
  const { secret } = readCode(text);
  return secret === null ? "" : nameOf(await hashOf(secret));
}

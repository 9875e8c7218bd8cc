/**
 * What the modules of the scan page tell each other.
 * @typedef {"camera" | "wedge" | "typed"} Way
 * @typedef {"kk" | "ru" | "en"} Language
 * @typedef {{ item: number, name: string, packs: number }} Size
 *
 * A lot of the point, in the order of taking; `item` is the one of its size.
 * @typedef {{ lot: number, code: string, item: number, expires: string, packs: number }} Lot
 *
 * So many sets of a kind; `names` are its names for the family, by language.
 * @typedef {{
 *   code: string, name: string, sets: number[], in_stock: number, child: string, size: number, sizes: Size[],
 *   names: Record<Language, string>, lots: Lot[],
 * }} DueKit
 *
 * Somebody who may come for the sets: the guardian (`proxy` 0) or a proxy. Names are masked; `last4` are the last four
 * digits of their IIN, or empty where they are not known.
 * @typedef {{ proxy: number, name: string, last4: string }} Collector
 *
 * Why the operator must tap once before giving: "provisional" (no network), "replaced" (another print was revoked),
 * "stale_list", "other_point"; "proxy" is added by the page itself.
 * @typedef {{ code: string, words: string }} Attention
 * @typedef {{
 *   answer: string, kind: string, words: string, why: string, step: string,
 *   due: DueKit[], hand_over: string | null, undo_until: string | null,
 *   family_language: Language, attention: Attention[], collectors: Collector[],
 * }} Verdict
 *
 * What the operator asks for when they press the button. `sizes` and `lots` stand beside `sets`; 0 = any. `key` is the
 * id of the hand-over: the same key again is the same hand-over.
 * @typedef {{
 *   key: string, text: string, way: Way, sets: number[], sizes: number[], lots: number[],
 *   collector: "guardian" | "proxy" | "other", proxy: number, note: string, document: string, last4: string,
 *   device: string, claimed_at: string,
 * }} Asked
 *
 * Whatever comes of asking a desk is an answer: a verdict, a refusal in words, or that there was none.
 * @typedef {{ got: "verdict", verdict: Verdict }
 *   | { got: "refusal", why: string }
 *   | { got: "offline" | "broken" | "signed_out" }} Answer
 *
 * Judges and writes down: the server's way (online), or this device's own under its lease (leased).
 * @typedef {{
 *   kind: "online" | "leased",
 *   check: (text: string, way: Way) => Promise<Answer>,
 *   handOver: (asked: Asked) => Promise<Answer>,
 *   undo: (id: string, reason: string) => Promise<Answer>,
 * }} Desk
 * @typedef {Record<string, string>} Words
 */
export {};

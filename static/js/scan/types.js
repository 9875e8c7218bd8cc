/**
 * What the modules of the scan page tell each other.
 * @typedef {"camera" | "wedge" | "typed"} Way
 * @typedef {{ code: string, name: string, sets: number[], in_stock: number }} DueKit
 * @typedef {{
 *   answer: string, kind: string, words: string, why: string, step: string,
 *   due: DueKit[], hand_over: string | null, undo_until: string | null,
 * }} Verdict
 * @typedef {Record<string, string>} Words
 */
export {};

/**
 * What the modules of the scan page tell each other.
 * @typedef {"camera" | "wedge" | "typed"} Way
 * @typedef {{ item: number, name: string, packs: number }} Size
 * @typedef {{
 *   code: string, name: string, sets: number[], in_stock: number, child: string, size: number, sizes: Size[],
 * }} DueKit
 * @typedef {{
 *   answer: string, kind: string, words: string, why: string, step: string,
 *   due: DueKit[], hand_over: string | null, undo_until: string | null,
 * }} Verdict
 * @typedef {Record<string, string>} Words
 */
export {};

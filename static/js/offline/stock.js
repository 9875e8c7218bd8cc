/** What this phone has to give: the list's lots without what it gave itself since, picked as the server picks them. */

import { isNews, standing } from "./judge.js";

/** @typedef {import("./manifest.js").GrantedSet} GrantedSet */
/** @typedef {import("./store.js").StoredEvent} StoredEvent */
/** @typedef {{ lot: number, code: string, kit: number, item: number, size: string, expires: string, packs: number }} Lot */
/** @typedef {{ bit: number, code: string, name_kk: string, name_ru: string, name_en: string, item: number }} Kit */
/** @typedef {{ set: GrantedSet, lot: Lot | null }} Pick `lot` null: nothing is there for it */
/** @typedef {import("../scan/types.js").DueKit} DueKit */

/**
 * @param {any} manifest
 * @param {readonly StoredEvent[]} events all of this phone
 * @returns {Lot[]} in the order of taking
 */
export function lotsLeft(manifest, events) {
  /** @type {Map<number, number>} */
  const gone = new Map();
  for (const event of standing(events)) {
    if (isNews(event, manifest)) {
      for (const [lot, packs] of Object.entries(event.lots)) {
        gone.set(Number(lot), (gone.get(Number(lot)) ?? 0) + packs);
      }
    }
  }
  const stock = /** @type {Lot[]} */ (manifest.stock);
  return stock.map((lot) => ({ ...lot, packs: Math.max(0, lot.packs - (gone.get(lot.lot) ?? 0)) }));
}

/**
 * Take a pack for each set: those whose box was scanned first, then those whose size was chosen, so that none of the
 * others takes their last pack.
 * @param {readonly GrantedSet[]} sets
 * @param {readonly Lot[]} lots
 * @param {{ sizes: ReadonlyMap<number, number>, lots: ReadonlyMap<number, number> }} chosen by set; 0 = any
 * @returns {Pick[]} in the order of `sets`
 */
export function pickPacks(sets, lots, chosen) {
  const left = new Map(lots.map((lot) => [lot.lot, lot.packs]));
  const rank = (/** @type {GrantedSet} */ one) =>
    (chosen.lots.get(one.allotment) ? 0 : 2) + (chosen.sizes.get(one.allotment) ? 0 : 1);
  /** @type {Map<number, Lot | null>} */
  const picked = new Map();
  for (const one of [...sets].sort((a, b) => rank(a) - rank(b))) {
    const size = chosen.sizes.get(one.allotment) || null;
    const box = chosen.lots.get(one.allotment) || null;
    const fits = (/** @type {Lot} */ lot) =>
      (left.get(lot.lot) ?? 0) > 0 && (size ?? lot.item) === lot.item && (box ?? lot.lot) === lot.lot;
    const lot = lots.find((candidate) => candidate.kit === one.bit && fits(candidate)) ?? null;
    if (lot !== null) {
      left.set(lot.lot, (left.get(lot.lot) ?? 0) - 1);
    }
    picked.set(one.allotment, lot);
  }
  return sets.map((set) => ({ set, lot: picked.get(set.allotment) ?? null }));
}

/**
 * What is due as the page shows it: by kit; a kit in sizes child by child, each first offered what expires first.
 * @param {readonly GrantedSet[]} due
 * @param {readonly Lot[]} lots
 * @param {readonly Kit[]} kits
 * @param {import("./told.js").Teller} teller
 * @returns {DueKit[]}
 */
export function dueKits(due, lots, kits, teller) {
  return kits
    .filter((kit) => due.some((one) => one.bit === kit.bit))
    .sort((a, b) => (a.code < b.code ? -1 : 1))
    .flatMap((kit) => {
      const sets = due.filter((one) => one.bit === kit.bit);
      const there = lots.filter((lot) => lot.kit === kit.bit && lot.packs > 0);
      const packs = there.reduce((sum, lot) => sum + lot.packs, 0);
      const shown = {
        code: kit.code,
        name: teller.name(kit),
        names: { kk: kit.name_kk, ru: kit.name_ru, en: kit.name_en },
        lots: there.map(({ lot, code, item, expires, packs: left }) => ({ lot, code, item, expires, packs: left })),
      };
      if (there.some((lot) => lot.size !== "")) {
        return byChild(sets, there, teller).map((line) => ({ ...shown, ...line }));
      }
      const ids = sets.map((one) => one.allotment);
      return [{ ...shown, sets: ids, in_stock: Math.min(packs, ids.length), child: "", size: 0, sizes: [] }];
    });
}

/**
 * @param {readonly GrantedSet[]} sets
 * @param {readonly Lot[]} there
 * @param {import("./told.js").Teller} teller
 */
function byChild(sets, there, teller) {
  const sizes = sizesOf(there);
  const offered = there.flatMap((lot) => Array(lot.packs).fill(lot.item));
  return sets.map((one, place) => ({
    sets: [one.allotment],
    in_stock: place < offered.length ? 1 : 0,
    child: teller.child(one.child, one.years),
    size: offered[place] ?? 0,
    sizes,
  }));
}

/**
 * @param {readonly Lot[]} there
 * @returns {import("../scan/types.js").Size[]} the shortest name first
 */
function sizesOf(there) {
  /** @type {Map<number, import("../scan/types.js").Size>} */
  const sizes = new Map();
  for (const lot of there) {
    const before = sizes.get(lot.item)?.packs ?? 0;
    sizes.set(lot.item, { item: lot.item, name: lot.size, packs: before + lot.packs });
  }
  return [...sizes.values()].sort((a, b) => a.name.length - b.name.length || (a.name < b.name ? -1 : 1));
}

/**
 * @param {any} manifest
 * @param {number} bit
 * @returns {Kit}
 */
export function kitOf(manifest, bit) {
  const unnamed = { bit, code: String(bit), name_kk: "", name_ru: "", name_en: "", item: 0 };
  return manifest.kits.find((/** @type {Kit} */ kit) => kit.bit === bit) ?? unnamed;
}

/**
 * @param {readonly number[]} sets
 * @param {readonly number[]} values one for each set
 * @returns {Map<number, number>}
 */
export function beside(sets, values) {
  return new Map(sets.map((set, place) => [set, values[place] ?? 0]));
}

/**
 * @param {readonly string[]} names
 * @returns {Record<string, number>} how often each stands there
 */
export function counted(names) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const name of names) {
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

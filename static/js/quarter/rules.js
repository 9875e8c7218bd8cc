/**
 * The check of a published roster: root, quotas, draw and grants are computed again from the files by themselves. The
 * same rules as static/checker/check_quarter.py.
 */

/** @typedef {{ url: string, sha256: string }} Told */
/** @typedef {{ pseudonym: string, kato: string, kit: string, priority: number, missed: number, lot: string }} Line */
/** @typedef {{ file: string, line: number, word: string, more: string }} Fault */
/**
 * @typedef {{ quarter: string, roster: number, merkle_root: string, seed: string | null,
 *   supply: Record<string, number>, need: Record<string, number>, rule: string }} Cycle
 */

const RULE = "Sainte-Lague by district; priority, missed, draw by child";
const FORMS = {
  "roster.csv": {
    head: "pseudonym,kato,kit,priority,missed",
    form: /^[0-9a-f]{32},\d{9},[A-Z0-9]+,(0|[1-9]\d*),(0|[1-9]\d*)$/,
  },
  "draw.csv": {
    head: "pseudonym,kato,kit,draw,granted",
    form: /^[0-9a-f]{32},\d{9},[A-Z0-9]+,([0-9a-f]{64}|),[01]$/,
  },
  "dropped.csv": { head: "pseudonym,kit", form: /^[0-9a-f]{32},[A-Z0-9]+$/ },
};
const AT_ONCE = 4096;
const utf8 = new TextEncoder();

/**
 * @param {Map<string, ArrayBuffer>} files
 * @param {Record<string, Told>} told
 * @param {(word: string, part: number) => void} say
 * @returns {Promise<Fault[]>}
 */
export async function check(files, told, say) {
  /** @type {Fault[]} */
  const faults = [];
  for (const [name, { sha256 }] of Object.entries(told)) {
    if (hex(await digest(new Uint8Array(files.get(name) ?? new ArrayBuffer(0)))) !== sha256) {
      faults.push({ file: name, line: 0, word: "hash", more: sha256 });
    }
  }
  /** @type {Cycle} */
  const cycle = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(files.get("cycle.json")));
  if (cycle.rule !== RULE) {
    faults.push({ file: "cycle.json", line: 0, word: "rule", more: RULE });
  }
  const lines = rows(files, "roster.csv", faults);
  await checkRoster(lines, cycle, faults, say);
  if (files.has("draw.csv") || cycle.seed !== null) {
    const dropped = rows(files, "dropped.csv", faults);
    const expected = grant(await ordered(lines, cycle.seed, say), dropped, cycle, faults);
    compare(expected, rows(files, "draw.csv", faults), faults);
  }
  return faults;
}

/**
 * @param {Map<string, ArrayBuffer>} files
 * @param {keyof typeof FORMS} name
 * @param {Fault[]} faults
 */
function rows(files, name, faults) {
  const { head, form } = FORMS[name];
  const all = new TextDecoder("utf-8", { ignoreBOM: true }).decode(files.get(name)).split("\n");
  if (all.pop() !== "" || all[0] !== head) {
    faults.push({ file: name, line: 1, word: "form", more: head });
  }
  const found = all.slice(1);
  const odd = found.findIndex((line) => !form.test(line));
  if (odd >= 0) {
    faults.push({ file: name, line: odd + 2, word: "form", more: (found[odd] ?? "").slice(0, 80) });
  }
  return found;
}

/**
 * @param {string[]} lines
 * @param {Cycle} cycle
 * @param {Fault[]} faults
 * @param {(word: string, part: number) => void} say
 */
async function checkRoster(lines, cycle, faults, say) {
  /** @type {Record<string, number>} */
  const need = {};
  let before = "";
  for (const [place, line] of lines.entries()) {
    const kit = line.split(",")[2] ?? "";
    need[kit] = (need[kit] ?? 0) + 1;
    const hashed = line.replaceAll(",", "|");
    if (hashed <= before) {
      faults.push({ file: "roster.csv", line: place + 2, word: "order", more: "" });
    }
    before = hashed;
  }
  const kits = new Set([...Object.keys(need), ...Object.keys(cycle.need)]);
  if ([...kits].some((kit) => need[kit] !== cycle.need[kit])) {
    faults.push({ file: "cycle.json", line: 0, word: "need", more: JSON.stringify(need) });
  }
  const root = await merkle(lines, say);
  if (root !== cycle.merkle_root) {
    faults.push({ file: "roster.csv", line: 0, word: "root", more: root });
  }
}

/**
 * @param {string[]} lines
 * @param {(word: string, part: number) => void} say
 */
async function merkle(lines, say) {
  const leaf = (/** @type {string} */ line) => digest(utf8.encode(`\0${line.replaceAll(",", "|")}`));
  let level = await inTurns(lines, leaf, (part) => say("root", part / 2));
  if (level.length === 0) {
    level = [await digest(new Uint8Array())];
  }
  while (level.length > 1) {
    const low = level;
    const pairs = Array.from({ length: low.length >> 1 }, (_, place) => place * 2);
    level = await inTurns(
      pairs,
      (place) => digest(joined(low[place], low[place + 1])),
      () => {},
    );
    if (low.length % 2 === 1) {
      level.push(/** @type {Uint8Array<ArrayBuffer>} */ (low[low.length - 1]));
    }
    say("root", 1 - level.length / lines.length / 2);
  }
  return hex(/** @type {Uint8Array<ArrayBuffer>} */ (level[0]));
}

/**
 * @param {Uint8Array | undefined} left
 * @param {Uint8Array | undefined} right
 * @returns {Uint8Array<ArrayBuffer>}
 */
function joined(left, right) {
  const node = new Uint8Array(65);
  node[0] = 1;
  node.set(left ?? [], 1);
  node.set(right ?? [], 33);
  return node;
}

/**
 * Every line with its lot, by kit, district and order.
 * @param {string[]} lines
 * @param {string | null} seed
 * @param {(word: string, part: number) => void} say
 */
async function ordered(lines, seed, say) {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = seed === null ? null : await crypto.subtle.importKey("raw", utf8.encode(seed), hmac, false, ["sign"]);
  const drawn = await inTurns(
    lines,
    async (line) => {
      const [pseudonym = "", kato = "", kit = "", priority = "", missed = ""] = line.split(",");
      const lot =
        key === null
          ? ""
          : hex(new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8.encode(`${pseudonym}|${kit}`))));
      return { pseudonym, kato, kit, priority: Number(priority), missed: Number(missed), lot };
    },
    (part) => say("draw", part),
  );
  return drawn.sort(
    (one, two) =>
      byText(one.kit, two.kit) ||
      byText(one.kato, two.kato) ||
      one.priority - two.priority ||
      two.missed - one.missed ||
      byText(one.lot, two.lot) ||
      byText(one.pseudonym, two.pseudonym),
  );
}

/**
 * @param {Line[]} lines
 * @param {string[]} dropped
 * @param {Cycle} cycle
 * @param {Fault[]} faults
 */
function grant(lines, dropped, cycle, faults) {
  const gone = new Set(dropped);
  const known = new Set(lines.map((line) => `${line.pseudonym},${line.kit}`));
  for (const [place, line] of dropped.entries()) {
    if (!known.has(line) || (place > 0 && line <= (dropped[place - 1] ?? ""))) {
      faults.push({ file: "dropped.csv", line: place + 2, word: "nobody", more: line });
    }
  }
  /** @type {Map<string, Map<string, number>>} */
  const needs = new Map();
  for (const { kit, kato } of lines) {
    const need = needs.get(kit) ?? new Map();
    needs.set(kit, need.set(kato, (need.get(kato) ?? 0) + 1));
  }
  /** @type {Map<string, number>} */
  const left = new Map();
  for (const [kit, need] of needs) {
    for (const [kato, quota] of quotas(cycle.supply[kit] ?? 0, need)) {
      left.set(`${kit},${kato}`, quota);
    }
  }
  return lines.map(({ pseudonym, kato, kit, lot }) => {
    const free = left.get(`${kit},${kato}`) ?? 0;
    const granted = free > 0 && !gone.has(`${pseudonym},${kit}`);
    left.set(`${kit},${kato}`, free - Number(granted));
    return `${pseudonym},${kato},${kit},${lot},${Number(granted)}`;
  });
}

/**
 * The supply goes to the smallest (2k + 1) / need, ties to the smaller code; `need` is in the order of the codes. All
 * products stay far below 2^53.
 * @param {number} supply
 * @param {Map<string, number>} need
 */
export function quotas(supply, need) {
  const total = [...need.values()].reduce((sum, count) => sum + count, 0);
  if (supply >= total) {
    return need;
  }
  const sure = Math.max(0, supply - need.size);
  const given = new Map([...need].map(([kato, n]) => [kato, Math.floor((2 * sure * n + total) / (2 * total))]));
  const sum = [...given.values()].reduce((all, count) => all + count, 0);
  for (let rest = supply - sum; rest > 0; rest -= 1) {
    let best = "";
    for (const [kato, n] of need) {
      const here = (2 * (given.get(kato) ?? 0) + 1) * (need.get(best) ?? 0);
      if (best === "" || here < (2 * (given.get(best) ?? 0) + 1) * n) {
        best = kato;
      }
    }
    given.set(best, (given.get(best) ?? 0) + 1);
  }
  return given;
}

/**
 * @param {string[]} expected
 * @param {string[]} told
 * @param {Fault[]} faults
 */
function compare(expected, told, faults) {
  for (let place = 0; place < Math.max(expected.length, told.length); place += 1) {
    if (expected[place] !== told[place]) {
      faults.push({ file: "draw.csv", line: place + 2, word: "expected", more: expected[place] ?? "–" });
    }
  }
}

/**
 * @template From, To
 * @param {From[]} all
 * @param {(one: From) => Promise<To>} work
 * @param {(part: number) => void} say
 * @returns {Promise<To[]>}
 */
async function inTurns(all, work, say) {
  /** @type {To[]} */
  const found = [];
  for (let place = 0; place < all.length; place += AT_ONCE) {
    for (const one of await Promise.all(all.slice(place, place + AT_ONCE).map(work))) {
      found.push(one);
    }
    say(found.length / all.length);
  }
  return found;
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function digest(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {string} one
 * @param {string} two
 */
function byText(one, two) {
  if (one === two) {
    return 0;
  }
  return one < two ? -1 : 1;
}

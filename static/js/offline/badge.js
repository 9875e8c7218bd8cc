/** The badge of the network: its state in a word and how many events are not sent; amber after a day, red after three. It keeps the sending going. */

import { askAside } from "./leave_guard.js";
import { saveQueue } from "./queue_export.js";
import { runner } from "./runner.js";
import { openStore, readLease } from "./store.js";
import { releaseOf, say } from "./words.js";

/** @typedef {import("./runner.js").Shown} Shown */

const DAY = 86_400_000;
const LATE_DAYS = 1;
const TOO_LATE_DAYS = 3;
const MINUTE = 60_000;
const SIGNS = { online: "wifi", offline: "wifi-off", fault: "alert-triangle" };

/**
 * @param {Shown} shown
 * @param {number} now
 * @returns {"ok" | "attention" | "refused"} how much it matters
 */
export function toneOf(shown, now) {
  const age = shown.oldest === null ? 0 : now - shown.oldest;
  if (age >= TOO_LATE_DAYS * DAY || shown.fault !== "") {
    return "refused";
  }
  return age > LATE_DAYS * DAY || shown.attention > 0 || shown.wrong > 0 ? "attention" : "ok";
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @returns {HTMLElement}
 */
function part(element, name) {
  return /** @type {HTMLElement} */ (element.querySelector(`[data-part="${name}"]`));
}

/**
 * @param {HTMLElement} element
 * @param {Shown} shown
 */
function show(element, shown) {
  const words = element.dataset;
  element.dataset["link"] = shown.link;
  element.dataset["tone"] = toneOf(shown, Date.now());
  const sign = part(element, "sign");
  sign.setAttribute("href", `${(sign.getAttribute("href") ?? "").split("#")[0]}#${SIGNS[shown.link]}`);
  part(element, "word").textContent = words[shown.link] ?? "";
  for (const name of /** @type {const} */ (["unsent", "attention", "wrong"])) {
    const count = part(element, name);
    count.hidden = shown[name] === 0;
    count.textContent = count.hidden ? "" : say({ count: words[name] ?? "" }, "count", { n: shown[name] });
  }
  if ("quiet" in words) {
    element.hidden = shown.unsent === 0 && shown.wrong === 0;
  }
}

/**
 * Another person signed in while hand-overs of the one before are not sent: these go first. The Shift page stays open, for sending.
 * @param {HTMLElement} element
 */
async function guardSwitch(element) {
  const { actor = "", others = "", send = "", save = "" } = element.dataset;
  if (actor === "" || runner.shown.unsent === 0 || document.querySelector(".shift") !== null) {
    return;
  }
  const db = await openStore();
  const operator = (await readLease(db))?.operator;
  if (operator === undefined || String(operator.id) === actor) {
    return;
  }
  const words = { others };
  const dialog = askAside(say(words, "others", { n: runner.shown.unsent, name: operator.name }), [
    [send, "send", "button"],
    [save, "save", "button quiet"],
  ]);
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("close", async () => {
    await (dialog.returnValue === "save" ? saveQueue(db, releaseOf(import.meta.url)) : runner.now());
    await guardSwitch(element);
  });
}

/** @param {HTMLElement} element */
export function start(element) {
  void keep(element);
}

/** @param {HTMLElement} element */
async function keep(element) {
  const draw = () => show(element, runner.shown);
  runner.addEventListener("shown", draw);
  setInterval(draw, MINUTE);
  const { address = "", probe = "" } = element.dataset;
  await runner.start({ address, probe, app: releaseOf(import.meta.url) });
  draw();
  await guardSwitch(element);
}

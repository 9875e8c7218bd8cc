/** The check of a published roster, in the visitor's own browser: nothing but the files is read, nothing is sent. */

import { check } from "../quarter/rules.js";

/** @typedef {import("../quarter/rules.js").Told} Told */
/** @typedef {import("../quarter/rules.js").Fault} Fault */
/** @typedef {Record<string, string>} Words */

const MOST_TOLD = 20;

/** @param {HTMLElement} element */
export function start(element) {
  /** @type {Record<string, Told>} */
  const told = JSON.parse(element.dataset["files"] ?? "{}");
  /** @type {Words} */
  const words = JSON.parse(element.dataset["words"] ?? "{}");
  const button = element.querySelector("button");
  const output = element.querySelector("[data-output]");
  if (button === null || !(output instanceof HTMLElement)) {
    return;
  }
  button.hidden = false;
  button.addEventListener("click", () => answer(output, words, () => fetched(told), told));
  const choice = document.createElement("input");
  choice.type = "file";
  choice.multiple = true;
  choice.id = "own-files";
  choice.className = "input";
  const label = document.createElement("label");
  label.htmlFor = choice.id;
  label.textContent = words["choose"] ?? "";
  choice.addEventListener("change", () => answer(output, words, () => chosen(choice.files), {}));
  element.querySelector("[data-choice]")?.replaceChildren(label, choice);
}

/**
 * @param {HTMLElement} output
 * @param {Words} words
 * @param {() => Promise<Map<string, ArrayBuffer>>} read
 * @param {Record<string, Told>} told
 */
async function answer(output, words, read, told) {
  const progress = document.createElement("p");
  output.replaceChildren(progress);
  verdict(output, "");
  const say = (/** @type {string} */ word, /** @type {number} */ part) => {
    progress.textContent = `${words[word] ?? word} ${Math.round(part * 100)} %`;
  };
  try {
    say("reading", 0);
    const faults = await check(await read(), told, say);
    progress.remove();
    show(output, words, faults);
  } catch (error) {
    progress.textContent = `${words["unreadable"] ?? ""} ${error instanceof Error ? error.message : ""}`;
  }
}

/** @param {Record<string, Told>} told */
async function fetched(told) {
  /** @type {Map<string, ArrayBuffer>} */
  const found = new Map();
  for (const [name, { url }] of Object.entries(told)) {
    const response = await fetch(url);
    if (!response.ok) {
      throw new Error(`${name}: ${response.status}`);
    }
    found.set(name, await response.arrayBuffer());
  }
  return found;
}

/** @param {FileList | null} files */
async function chosen(files) {
  /** @type {Map<string, ArrayBuffer>} */
  const found = new Map();
  for (const file of files ?? []) {
    found.set(file.name, await file.arrayBuffer());
  }
  return found;
}

/**
 * @param {HTMLElement} output
 * @param {Words} words
 * @param {Fault[]} faults
 */
function show(output, words, faults) {
  verdict(output, faults.length ? "wrong" : "right");
  const list = document.createElement("ul");
  for (const fault of faults.slice(0, MOST_TOLD)) {
    const item = document.createElement("li");
    const where = fault.line ? `${fault.file}, ${words["line"]} ${fault.line}` : fault.file;
    item.textContent = `${where}: ${words[fault.word] ?? fault.word} ${fault.more}`;
    list.append(item);
  }
  output.replaceChildren(list);
}

/**
 * Show one of the two verdicts that the page holds, or none.
 * @param {HTMLElement} output
 * @param {string} word
 */
function verdict(output, word) {
  for (const name of ["right", "wrong"]) {
    const shown = output.parentElement?.querySelector(`[data-${name}]`);
    shown?.toggleAttribute("hidden", name !== word);
  }
}

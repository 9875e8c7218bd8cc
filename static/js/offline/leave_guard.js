/** Nobody signs out while something is only on this phone: the form asks what is unsent, and offers to send it or to save it to a file. */

import { saveQueue } from "./queue_export.js";
import { countWaiting } from "./queues.js";
import { openStore } from "./store.js";
import { releaseOf } from "./words.js";

/** @returns {Promise<number>} how many events nobody has answered; none where the browser keeps nothing */
async function countHere() {
  try {
    return await countWaiting(await openStore());
  } catch {
    return 0;
  }
}

/**
 * @param {string} why
 * @param {[string, string, string][]} choices label, value and look of each
 * @returns {HTMLDialogElement} already shown; it leaves when it is closed
 */
export function askAside(why, choices) {
  const dialog = document.createElement("dialog");
  dialog.className = "question";
  const words = document.createElement("p");
  words.id = "aside-words";
  words.textContent = why;
  dialog.setAttribute("aria-labelledby", words.id);
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "buttons";
  for (const [label, value, look] of choices) {
    const button = document.createElement("button");
    button.value = value;
    button.className = look;
    button.textContent = label;
    form.append(button);
  }
  dialog.append(words, form);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  return dialog;
}

/** @param {HTMLElement} form */
export function start(form) {
  if (!(form instanceof HTMLFormElement)) {
    return;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const unsent = await countHere();
    if (unsent === 0) {
      form.submit();
      return;
    }
    const { shift = "", why = "", send = "", save = "", back = "" } = form.dataset;
    const dialog = askAside(why.replace("{n}", String(unsent)), [
      [send, "send", "button"],
      [save, "save", "button quiet"],
      [back, "back", "button quiet"],
    ]);
    dialog.addEventListener("close", async () => {
      if (dialog.returnValue === "send") {
        location.assign(`${shift}#send`);
      } else if (dialog.returnValue === "save") {
        await saveQueue(await openStore(), releaseOf(import.meta.url));
      }
    });
  });
}

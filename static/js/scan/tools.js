/** The switches of the scan page: hand, sound, several in a row, the way of reading. The phone remembers them. */

import { remember, remembered } from "./preferences.js";
import { isMuted, mute, unlockSound } from "./sound.js";
import { part } from "./verdict.js";

/**
 * @param {HTMLElement} root
 * @param {import("./viewfinder.js").Viewfinder} viewfinder
 * @param {{ several: (isOpen: boolean) => void, look: () => void }} page
 */
export function useTools(root, viewfinder, page) {
  toggle(part(root, "hand"), remembered("hand") === "left", (isLeft) => {
    root.classList.toggle("left-hand", isLeft);
    remember("hand", isLeft ? "left" : "right");
  });
  toggle(part(root, "mute"), isMuted(), mute);
  toggle(part(root, "several-turn"), false, page.several);
  part(root, "several-turn").addEventListener("click", page.look);
  /** @type {NodeListOf<HTMLInputElement>} */
  const ways = root.querySelectorAll('input[name="mode"]');
  for (const way of ways) {
    way.checked = way.value === viewfinder.mode;
    way.addEventListener("change", () => {
      viewfinder.mode = /** @type {import("./viewfinder.js").Mode} */ (way.value);
      page.look();
    });
  }
  waitForTap(part(root, "start"));
}

/**
 * @param {HTMLElement} button
 * @param {boolean} isOn
 * @param {(isOn: boolean) => void} turn
 */
function toggle(button, isOn, turn) {
  const set = (/** @type {boolean} */ now) => {
    button.setAttribute("aria-pressed", String(now));
    turn(now);
  };
  set(isOn);
  button.addEventListener("click", () => set(button.getAttribute("aria-pressed") !== "true"));
}

/** Browsers are silent until the first tap, wherever it is: the button that asks for it goes with that tap. @param {HTMLElement} button */
function waitForTap(button) {
  const unlock = async () => {
    if (await unlockSound()) {
      button.hidden = true;
      document.removeEventListener("pointerdown", unlock, { capture: true });
      document.removeEventListener("keydown", unlock, { capture: true });
    }
  };
  document.addEventListener("pointerdown", unlock, { capture: true });
  document.addEventListener("keydown", unlock, { capture: true });
}

/**
 * The PIN of this phone: without it the desk does not open. It is checked through a key that cannot leave the phone, so
 * guessing takes the phone itself; ten wrong ones remove the list, never what was given.
 */

import { equal, own, utf8 } from "./bytes.js";
import { forgetLease, readSetting, write } from "./store.js";

/** @typedef {import("./store.js").Database} Database */
/** @typedef {{ salt: Uint8Array, check: Uint8Array, key: CryptoKey, wrong: number, until: number }} Kept */

const NAME = "pin";
const FORM = /^\d{6}$/;
const ROUNDS = 100_000;
const FREE_TRIES = 4;
const TRIES = 10;
const WAIT = 30_000;
const OPEN = "toptama-unlocked";

/**
 * @param {string} pin
 * @returns {boolean} whether it may be one: six digits, not all the same and no run
 */
export function isGoodPin(pin) {
  return FORM.test(pin) && !/^(\d)\1+$/.test(pin) && !"01234567890".includes(pin) && !"09876543210".includes(pin);
}

/**
 * @param {Database} db
 * @param {string} pin
 */
export async function choosePin(db, pin) {
  const key = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const check = await checkOf(pin, salt, key);
  await keep(db, { salt, check, key, wrong: 0, until: 0 });
  sessionStorage.setItem(OPEN, "yes");
}

/**
 * @param {Database} db
 * @returns {Promise<boolean>}
 */
export async function hasPin(db) {
  return (await readSetting(db, NAME, null)) !== null;
}

/** Ask for the PIN again before anything else is handed over. */
export function lock() {
  sessionStorage.removeItem(OPEN);
}

/**
 * Try a PIN.
 * @param {Database} db
 * @param {string} pin
 * @param {number} at milliseconds
 * @returns {Promise<{ right: boolean, left: number, wait: number }>} `left` tries, `wait` milliseconds; without tries the list is gone
 */
export async function tryPin(db, pin, at) {
  const kept = await readSetting(db, NAME, /** @type {Kept | null} */ (null));
  if (kept === null) {
    return { right: true, left: TRIES, wait: 0 };
  }
  if (kept.until > at) {
    return { right: false, left: TRIES - kept.wrong, wait: kept.until - at };
  }
  const wrong = kept.wrong + 1;
  const wait = wrong > FREE_TRIES ? WAIT * 2 ** (wrong - FREE_TRIES - 1) : 0;
  await keep(db, { ...kept, wrong, until: at + wait });
  if (equal(await checkOf(pin, kept.salt, kept.key), kept.check)) {
    await keep(db, { ...kept, wrong: 0, until: 0 });
    sessionStorage.setItem(OPEN, "yes");
    return { right: true, left: TRIES, wait: 0 };
  }
  if (wrong >= TRIES) {
    await forgetLease(db);
    await keep(db, { ...kept, wrong: 0, until: at + wait });
  }
  return { right: false, left: Math.max(0, TRIES - wrong), wait };
}

/**
 * Ask for the PIN, where this phone has one and this window was not opened with it.
 * @param {Database} db
 * @param {HTMLElement} root
 * @param {import("./told.js").Teller} teller
 * @returns {Promise<boolean>} false: the list was removed
 */
export async function unlock(db, root, teller) {
  if (sessionStorage.getItem(OPEN) === "yes" || !(await hasPin(db))) {
    return true;
  }
  const { form, field, told } = lockScreen(teller);
  root.hidden = true;
  root.before(form);
  field.focus();
  return new Promise((resolve) => {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const { right, left, wait } = await tryPin(db, field.value, Date.now());
      field.value = "";
      if (right || left === 0) {
        form.remove();
        root.hidden = false;
        resolve(right);
        return;
      }
      told.textContent =
        wait > 0 ? teller.note("pin_wait", { n: Math.ceil(wait / 1000) }) : teller.note("pin_wrong", { n: left });
      field.focus();
    });
  });
}

/**
 * @param {import("./told.js").Teller} teller
 */
function lockScreen(teller) {
  const form = document.createElement("form");
  form.className = "desk-lock";
  const title = document.createElement("h1");
  title.textContent = teller.note("pin_title");
  const label = document.createElement("label");
  label.htmlFor = "desk-pin";
  label.textContent = teller.note("pin_field");
  const field = document.createElement("input");
  Object.assign(field, { id: "desk-pin", type: "password", inputMode: "numeric", autocomplete: "off", maxLength: 6 });
  field.className = "input";
  const told = document.createElement("p");
  told.className = "error";
  told.setAttribute("role", "alert");
  const button = document.createElement("button");
  button.className = "button main";
  button.textContent = teller.note("pin_open");
  form.append(title, label, field, told, button);
  return { form, field, told };
}

/**
 * @param {Database} db
 * @param {Kept} kept
 */
async function keep(db, kept) {
  await write(db, ["settings"], (store) => store("settings").put(kept, NAME));
}

/**
 * @param {string} pin
 * @param {Uint8Array} salt
 * @param {CryptoKey} key
 * @returns {Promise<Uint8Array>}
 */
async function checkOf(pin, salt, key) {
  const material = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: own(salt), iterations: ROUNDS };
  const derived = await crypto.subtle.deriveBits(how, material, 256);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, derived));
}

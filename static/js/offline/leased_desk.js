/** Opens the desk of this phone, when it holds a lease: once, in one window, after its PIN. */

import { LeasedDesk } from "./desk.js";
import { unlock } from "./pin.js";
import { logged } from "./scan_log.js";
import { DESK_LOCK, openStore, readDevice, readLease, StoreFault } from "./store.js";
import { Teller } from "./told.js";

/** @typedef {import("../scan/types.js").Desk} Desk */

/**
 * Open the desk of this phone, when it holds a lease; asks for its PIN first.
 * @param {HTMLElement} root the scan page
 * @returns {Promise<Desk | null>} null: no device, or no lease; the page then works online only
 */
export async function openLeasedDesk(root) {
  const teller = new Teller();
  try {
    const db = await openStore();
    const device = await readDevice(db);
    if (device?.revoked) {
      notice(root, teller.note("note_revoked"));
    }
    const manifest = await readLease(db);
    if (device === null || device.revoked || manifest === null) {
      return null;
    }
    const operator = root.dataset["operator"];
    if (operator !== undefined && operator !== String(manifest.operator.id)) {
      notice(root, teller.note("note_other_operator", { name: manifest.operator.name }));
      return null;
    }
    if (!(await isOnlyWriter())) {
      return closedDesk(teller);
    }
    if (!(await unlock(db, root, teller))) {
      return null;
    }
    return new LeasedDesk(db, teller).desk();
  } catch (error) {
    if (error instanceof StoreFault) {
      notice(root, teller.note(error.code === "newer" ? "note_newer" : "note_refused_store"));
      return null;
    }
    throw error;
  }
}

/**
 * Take the lock of the one tab that writes; when another has it, wait for it in the background and start anew.
 * @returns {Promise<boolean>}
 */
function isOnlyWriter() {
  return new Promise((resolve) => {
    void navigator.locks.request(DESK_LOCK, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      if (lock !== null) {
        return new Promise(() => undefined);
      }
      void navigator.locks.request(DESK_LOCK, () => location.reload());
      return undefined;
    });
  });
}

/**
 * @param {Teller} teller
 * @returns {Desk} the one of a second tab: it only says so
 */
function closedDesk(teller) {
  const answer = async () => ({ got: /** @type {const} */ ("verdict"), verdict: teller.verdict("other_tab") });
  return logged({ kind: "leased", check: answer, handOver: answer, undo: answer });
}

/**
 * Say something above the page that is no verdict.
 * @param {HTMLElement} root
 * @param {string} words
 */
function notice(root, words) {
  const line = document.createElement("p");
  line.className = "desk-notice";
  line.setAttribute("role", "status");
  line.textContent = words;
  root.prepend(line);
}

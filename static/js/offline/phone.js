/** This phone: whether its memory is kept, putting the page on the home screen, the file of the unsent, the network by hand, clearing the lists. */

import { askAside } from "./leave_guard.js";
import { part, tell } from "./parts.js";
import { saveQueue } from "./queue_export.js";
import { countWaiting } from "./queues.js";
import { runner } from "./runner.js";
import { forgetLease, keepForGood, readDevice, readSetting, write } from "./store.js";
import { releaseOf, say } from "./words.js";

/** @typedef {import("./shift.js").Place} Place */
/** @typedef {Event & { prompt: () => Promise<void> }} InstallOffer */

const PATIENCE = 15_000;

export class ThisPhone {
  /** @param {Place} place */
  constructor({ root, words, db }) {
    this.root = root;
    this.words = words;
    this.db = db;
    /** @type {InstallOffer | null} */
    this.offer = null;
  }

  start() {
    const { root } = this;
    addEventListener("beforeinstallprompt", (event) => {
      event.preventDefault();
      this.offer = /** @type {InstallOffer} */ (event);
      part(root, "install").hidden = false;
    });
    part(root, "install").addEventListener("click", () => void this.offer?.prompt());
    part(root, "install-hint").hidden = !isBareApple();
    part(root, "save").addEventListener("click", () => void this.save());
    part(root, "clear").addEventListener("click", () => void this.clear());
    if (root.dataset["mode"] !== "") {
      part(root, "by-hand").addEventListener("click", () => void this.switch());
    }
    void keepForGood().then(() => this.draw());
    void this.tellModes();
  }

  async draw() {
    const { root, words } = this;
    const isKept = (await navigator.storage?.persisted?.()) ?? false;
    const persistent = part(root, "persistent");
    persistent.textContent = say(words, isKept ? "kept_for_good" : "not_kept_for_good");
    persistent.dataset["tone"] = isKept ? "" : "attention";
    const device = await readDevice(this.db);
    part(root, "code").textContent = device?.code ?? say(words, "no_code");
    if (root.dataset["mode"] !== "") {
      const { byHand } = runner.shown;
      part(root, "by-hand").setAttribute("aria-pressed", String(byHand));
      part(root, "by-hand-words").textContent = say(words, byHand ? "work_online" : "work_offline");
    }
  }

  async save() {
    const name = await saveQueue(this.db, releaseOf(import.meta.url));
    this.tell(name === null ? say(this.words, "nothing_to_save") : say(this.words, "saved", { name }));
  }

  /** Clear the lists, when nothing is only here. */
  async clear() {
    const { words } = this;
    const n = await countWaiting(this.db);
    if (n > 0) {
      const dialog = askAside(say(words, "blocked", { n }), [
        [say(words, "send_now"), "send", "button"],
        [say(words, "save_file"), "save", "button quiet"],
        [say(words, "back"), "back", "button quiet"],
      ]);
      dialog.addEventListener("close", () => {
        if (dialog.returnValue === "send") {
          part(this.root, "send-now").click();
        } else if (dialog.returnValue === "save") {
          void this.save();
        }
      });
      return;
    }
    const dialog = askAside(say(words, "clear_question"), [
      [say(words, "back"), "back", "button quiet"],
      [say(words, "clear"), "clear", "button danger"],
    ]);
    dialog.addEventListener("close", async () => {
      if (dialog.returnValue === "clear") {
        await forgetLease(this.db);
        this.tell(say(words, "cleared"));
      }
    });
  }

  async switch() {
    const on = !runner.shown.byHand;
    await runner.setByHand(on);
    this.tell(say(this.words, on ? "work_offline_why" : "work_online_why"));
    await this.draw();
    await this.tellModes();
  }

  /** Tell the server when the network was switched by hand; what it has not noted is told again the next time. */
  async tellModes() {
    const { mode: address = "", token = "", point = "" } = this.root.dataset;
    /** @type {{ at: number, offline: boolean }[]} */
    const untold = await readSetting(this.db, "mode_untold", []);
    if (address === "" || runner.shown.byHand) {
      return;
    }
    for (const { at, offline } of untold) {
      const body = {
        mode: offline ? "offline" : "online",
        point: Number(point),
        claimed_at: new Date(at).toISOString(),
      };
      const isNoted = await post(address, token, body);
      if (!isNoted) {
        return;
      }
      await write(this.db, ["settings"], async (store) => {
        /** @type {{ at: number }[]} */
        const left = (await store("settings").get("mode_untold")) ?? [];
        await store("settings").put(
          left.filter((one) => one.at !== at),
          "mode_untold",
        );
      });
    }
  }

  /** @param {string} words */
  tell(words) {
    tell(part(this.root, "phone-told"), words);
  }
}

/**
 * @param {string} address
 * @param {string} token
 * @param {Record<string, unknown>} body
 * @returns {Promise<boolean>} whether the server noted it
 */
async function post(address, token, body) {
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
    return response.ok && (await response.json()).noted === true;
  } catch {
    return false;
  }
}

/** @returns {boolean} an iPhone or iPad on which the page is not on the home screen: its browser forgets after a week */
function isBareApple() {
  const isApple = /iPhone|iPad|iPod/.test(navigator.userAgent);
  return isApple && !matchMedia("(display-mode: standalone)").matches;
}

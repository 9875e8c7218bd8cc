/**
 * Counting by scanning: a scanner types anywhere on the page, or the camera looks; each code is sent with the form of the
 * page, and the part that changes is taken from the answer. Sent twice, the same form counts once.
 */

import { hasFrame, startCamera } from "./camera.js";
import { makeDecoder } from "./decoder.js";
import { makeMemory } from "./repeats.js";
import { signal } from "./sound.js";
import { part } from "./verdict.js";
import { listenToWedge } from "./wedge.js";

const FRAME_PAUSE = 150;
const PATIENCE = 15_000;
const AGAIN = 3_000;
/** @type {import("./decoder.js").Format[]} */
const PACK_FORMATS = ["QRCode", "DataMatrix", "Code128", "EAN-13", "EAN-8", "UPC-A", "ITF"];

class CountPage {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.isRepeat = makeMemory();
    /** @type {string[]} codes that came while another was being sent */
    this.waiting = [];
    this.busy = false;
  }

  start() {
    listenToWedge((text) => this.scanned(text));
    this.root.addEventListener("submit", (event) => {
      if (event.target instanceof HTMLFormElement && event.target.querySelector("#code") !== null) {
        event.preventDefault();
        const button = event.submitter;
        void this.send(event.target, button instanceof HTMLButtonElement ? button : null);
      }
    });
    const camera = part(this.root, "camera");
    camera.hidden = false;
    camera.addEventListener("click", () => {
      camera.hidden = true;
      void this.watch();
    });
  }

  async watch() {
    const video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;
    video.className = "count-video";
    this.root.prepend(video);
    const missing = await startCamera(video);
    if (missing !== null) {
      video.remove();
      this.say(this.root.dataset["noCamera"] ?? "");
      return;
    }
    this.say(this.root.dataset["camera"] ?? "");
    const decode = await makeDecoder(this.root.dataset["wasm"] ?? "", PACK_FORMATS);
    for (;;) {
      if (hasFrame(video) && !document.hidden) {
        const text = await decode(video).catch(() => null);
        if (text !== null && !this.isRepeat(text, "camera", performance.now())) {
          this.scanned(text);
        }
      }
      await new Promise((resolve) => setTimeout(resolve, FRAME_PAUSE));
    }
  }

  /** @param {string} text */
  scanned(text) {
    signal("seen");
    if (this.busy) {
      this.waiting.push(text);
      return;
    }
    const form = this.form();
    const field = form?.querySelector("#code");
    if (form && field instanceof HTMLInputElement) {
      field.value = text;
      void this.send(form, null);
    }
  }

  /** @returns {HTMLFormElement | null} */
  form() {
    return this.root.querySelector("#code")?.closest("form") ?? null;
  }

  /**
   * @param {HTMLFormElement} form
   * @param {HTMLButtonElement | null} button
   */
  async send(form, button) {
    this.busy = true;
    const fields = new FormData(form);
    if (button?.name) {
      fields.set(button.name, button.value);
    }
    const body = new URLSearchParams();
    for (const [name, value] of fields) {
      body.append(name, String(value));
    }
    const html = await this.answer(form.action, body);
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector('[data-part="live"]');
    if (fresh === null) {
      location.reload();
      return;
    }
    part(this.root, "live").replaceWith(document.adoptNode(fresh));
    const told = fresh.querySelector("[data-signal]");
    signal(told instanceof HTMLElement ? (told.dataset["signal"] ?? "refused") : "refused");
    this.busy = false;
    const next = this.waiting.shift();
    if (next !== undefined) {
      this.scanned(next);
    }
  }

  /**
   * Ask until there is an answer; the form's own key lets it count once.
   * @param {string} address
   * @param {URLSearchParams} body
   * @returns {Promise<string>}
   */
  async answer(address, body) {
    for (;;) {
      try {
        const response = await fetch(address, { method: "POST", body, signal: AbortSignal.timeout(PATIENCE) });
        if (response.status < 500) {
          return await response.text();
        }
      } catch {
        signal("offline");
      }
      this.say(this.root.dataset["offline"] ?? "");
      await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
  }

  /** @param {string} words */
  say(words) {
    part(this.root, "told").textContent = words;
  }
}

/** @param {HTMLElement} element */
export function start(element) {
  new CountPage(element).start();
}

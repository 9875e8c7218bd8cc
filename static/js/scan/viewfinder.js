/** What the camera sees: when it is read, which camera it is, its light and how close it comes. */

import { abilitiesOf, adjust, hasFrame, listCameras, startCamera, trackOf } from "./camera.js";
import { makeReader } from "./decoder.js";
import { remember, remembered } from "./preferences.js";
import { part } from "./verdict.js";

/** @typedef {import("./types.js").Words} Words */
/** @typedef {import("./camera.js").NoCamera} NoCamera */
/** @typedef {"continuous" | "single" | "hold"} Mode */

const FRAME_PAUSE = 60;
const STEPS = [1, 2, 3];

export class Viewfinder {
  /**
   * @param {HTMLElement} root
   * @param {Words} words
   * @param {{ seen: (texts: string[]) => Promise<void>, wide: () => boolean }} page
   */
  constructor(root, words, page) {
    this.root = root;
    this.words = words;
    this.page = page;
    this.video = /** @type {HTMLVideoElement} */ (part(root, "video"));
    this.isReading = true;
    this.step = 0;
    this.cut = 1;
    this.isLit = false;
    this.isWatching = false;
  }

  /** @returns {Mode} */
  get mode() {
    const kept = remembered("mode");
    return kept === "single" || kept === "hold" ? kept : "continuous";
  }

  set mode(mode) {
    remember("mode", mode);
    this.isReading = mode !== "hold";
  }

  listen() {
    this.isReading = this.mode !== "hold";
    part(this.root, "torch").addEventListener("click", () => void this.light());
    part(this.root, "zoom").addEventListener("click", () => void this.comeCloser());
    part(this.root, "cameras").addEventListener("change", (event) => {
      remember("camera", event.target instanceof HTMLSelectElement ? event.target.value : "");
      void this.open();
    });
    const hold = part(this.root, "hold");
    const press = (/** @type {boolean} */ isDown) => {
      this.isReading = isDown;
      hold.classList.toggle("pressed", isDown);
    };
    hold.addEventListener("pointerdown", () => press(true));
    for (const ends of ["pointerup", "pointercancel", "pointerleave", "blur"]) {
      hold.addEventListener(ends, () => press(false));
    }
    hold.addEventListener("keydown", (event) => press(event.code === "Space" || event.code === "Enter"));
    hold.addEventListener("keyup", () => press(false));
  }

  /** Start the camera and read for as long as the page is open. */
  async open() {
    this.say("starting");
    const missing = await startCamera(this.video, remembered("camera"));
    part(this.root, "viewfinder").classList.toggle("without-camera", missing !== null);
    part(this.root, "camera-help").hidden = missing === null;
    part(this.root, "zoom").hidden = missing !== null;
    if (missing !== null) {
      this.tellNoCamera(missing);
      return;
    }
    this.say("aim");
    part(this.root, "torch").hidden = !abilitiesOf(this.video).torch;
    this.show(1);
    await this.offerCameras();
    if (!this.isWatching) {
      this.isWatching = true;
      void this.watch();
    }
  }

  async watch() {
    const read = await makeReader(this.root.dataset["wasm"] ?? "");
    for (;;) {
      if (this.isReading && hasFrame(this.video) && !document.hidden) {
        const texts = await read(this.video, { closer: this.cut, wide: this.page.wide() }).catch(() => []);
        if (texts.length > 0 && this.isReading) {
          await this.page.seen(texts);
        }
      }
      await new Promise((resolve) => setTimeout(resolve, FRAME_PAUSE));
    }
  }

  async offerCameras() {
    const cameras = await listCameras();
    const now = trackOf(this.video)?.getSettings().deviceId ?? "";
    const choice = /** @type {HTMLSelectElement} */ (part(this.root, "cameras"));
    choice.replaceChildren(
      ...cameras.map(({ deviceId, label }, place) => {
        const named = label === "" ? (this.words["camera"] ?? "").replace("{n}", String(place + 1)) : label;
        return new Option(named, deviceId, false, deviceId === now);
      }),
    );
    part(this.root, "cameras-field").hidden = cameras.length < 2;
  }

  async light() {
    const wanted = !this.isLit;
    if (await adjust(this.video, { torch: wanted })) {
      this.isLit = wanted;
      part(this.root, "torch").setAttribute("aria-pressed", String(wanted));
    }
  }

  /** Once, twice or three times as close: by the lens where it can, else by what we cut out of the picture. */
  async comeCloser() {
    this.step = (this.step + 1) % STEPS.length;
    const times = STEPS[this.step] ?? 1;
    const lens = abilitiesOf(this.video).zoom;
    const byLens = lens && lens.max > lens.min ? Math.min(lens.max, lens.min * times) : 0;
    const isDone = byLens > 0 && (await adjust(this.video, { zoom: byLens }));
    this.cut = isDone ? 1 : times;
    this.show(times);
  }

  /** @param {number} times */
  show(times) {
    this.root.dataset["closer"] = String(this.cut);
    part(this.root, "zoom-times").textContent = `${times}×`;
    part(this.root, "zoom").setAttribute("aria-pressed", String(times > 1));
  }

  /** @param {NoCamera} missing */
  tellNoCamera(missing) {
    const why = missing === "camera_refused" ? `camera_refused_${browserName()}` : `${missing}_why`;
    part(this.root, "camera-missing").textContent = this.words[missing] ?? "";
    part(this.root, "camera-why").textContent = this.words[why] ?? "";
    part(this.root, "camera-meanwhile").hidden = missing !== "camera_refused";
    part(this.root, "aim").textContent = "";
  }

  /** @param {string} name */
  say(name) {
    if (!part(this.root, "viewfinder").classList.contains("without-camera")) {
      part(this.root, "aim").textContent = this.words[name] ?? "";
    }
  }
}

/** @returns {"samsung" | "firefox" | "safari" | "chrome"} whose words to use for where the camera is allowed */
function browserName() {
  const said = navigator.userAgent;
  if (said.includes("SamsungBrowser")) {
    return "samsung";
  }
  if (said.includes("Firefox")) {
    return "firefox";
  }
  return said.includes("Safari") && !said.includes("Chrome") ? "safari" : "chrome";
}

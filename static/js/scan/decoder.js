/** From a frame to texts: the browser's own reader where it exists and works, else the one that we serve. */

import { prepareZXingModule, readBarcodes } from "../../vendor/zxing/reader/index.js";

/** @typedef {(video: HTMLVideoElement) => Promise<string | null>} Decoder */
/** @typedef {(video: HTMLVideoElement, look?: Look) => Promise<string[]>} Reader */
/** `closer` cuts the middle out; `wide` also looks for the codes that makers print on boxes. @typedef {{ closer: number, wide: boolean }} Look */
/** @typedef {{ detect: (source: CanvasImageSource) => Promise<{ rawValue: string }[]> }} Detector */
/** @typedef {{ new (options: { formats: string[] }): Detector, getSupportedFormats: () => Promise<string[]> }} DetectorMaker */

const LONGEST_SIDE = 900;
const MOST = 4;

/** @typedef {import("../../vendor/zxing/reader/index.js").ReadInputBarcodeFormat} Format */

/** Vouchers carry nothing else; packs carry what makers print on them. @type {Format[]} */
const VOUCHERS = ["QRCode"];
/** @type {Format[]} */
const BOXES = ["QRCode", "DataMatrix", "Code128", "EAN-13", "EAN-8"];
/** @type {Look} */
const USUAL = { closer: 1, wide: false };

/** @returns {Promise<Detector | null>} the browser's own reader of squares */
async function browsersOwn() {
  const maker = /** @type {{ BarcodeDetector?: DetectorMaker }} */ (globalThis).BarcodeDetector;
  try {
    if (!maker || !(await maker.getSupportedFormats()).includes("qr_code")) {
      return null;
    }
    return new maker({ formats: ["qr_code"] });
  } catch {
    return null;
  }
}

/** Draws what is looked at; every second time the middle at its full sharpness, where the frame is bigger than we read. */
class Canvas {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.turn = 0;
  }

  /**
   * @param {HTMLVideoElement} video
   * @param {number} closer
   * @returns {HTMLCanvasElement}
   */
  draw(video, closer) {
    const whole = Math.max(video.videoWidth, video.videoHeight);
    this.turn += 1;
    const cut = this.turn % 2 === 0 ? Math.max(closer, whole / LONGEST_SIDE) : closer;
    const [width, height] = [video.videoWidth / cut, video.videoHeight / cut];
    const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    const [left, top] = [(video.videoWidth - width) / 2, (video.videoHeight - height) / 2];
    this.context?.drawImage(video, left, top, width, height, 0, 0, this.canvas.width, this.canvas.height);
    return this.canvas;
  }

  /** @returns {ImageData | null} */
  picture() {
    return this.context?.getImageData(0, 0, this.canvas.width, this.canvas.height) ?? null;
  }
}

/**
 * @param {string} wasm
 * @returns {(canvas: Canvas, formats: Format[]) => Promise<string[]>}
 */
function ours(wasm) {
  const ready = prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  return async (canvas, formats) => {
    await ready;
    const picture = canvas.picture();
    if (picture === null) {
      return [];
    }
    const found = await readBarcodes(picture, { formats, tryHarder: true, maxNumberOfSymbols: MOST });
    return found.filter(({ isValid }) => isValid).map(({ text }) => text);
  };
}

/**
 * @param {string} wasm the address of our reader's machine code
 * @returns {Promise<Reader>} gives all texts in view, each once
 */
export async function makeReader(wasm) {
  const canvas = new Canvas();
  let own = await browsersOwn();
  let read = own === null ? ours(wasm) : null;
  return async (video, look = USUAL) => {
    canvas.draw(video, look.closer);
    if (own !== null && !look.wide) {
      try {
        return once((await own.detect(canvas.canvas)).map(({ rawValue }) => rawValue));
      } catch {
        own = null;
      }
    }
    read ??= ours(wasm);
    return once(await read(canvas, look.wide ? BOXES : VOUCHERS));
  };
}

/**
 * @param {string[]} texts
 * @returns {string[]}
 */
function once(texts) {
  return [...new Set(texts)].filter((text) => text !== "");
}

/**
 * @param {string} wasm the address of our reader's machine code
 * @param {string[]} formats the codes to look for, by the names of our reader; only it gives FNC1 as it stands
 * @returns {Promise<Decoder>} gives one text
 */
export async function makeDecoder(wasm, formats) {
  const canvas = new Canvas();
  const read = ours(wasm);
  return async (video) => {
    canvas.draw(video, 1);
    return (await read(canvas, /** @type {Format[]} */ (formats)))[0] ?? null;
  };
}

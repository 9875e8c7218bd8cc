/** From a frame to a text: the browser's own reader where it exists and works, else the one that we serve. */

import { prepareZXingModule, readBarcodes } from "../../vendor/zxing/reader/index.js";

/** @typedef {(video: HTMLVideoElement) => Promise<string | null>} Decoder */
/** @typedef {{ detect: (source: HTMLVideoElement) => Promise<{ rawValue: string }[]> }} Detector */
/** @typedef {{ new (options: { formats: string[] }): Detector, getSupportedFormats: () => Promise<string[]> }} DetectorMaker */

const LONGEST_SIDE = 900;

/** @typedef {import("../../vendor/zxing/reader/index.js").ReadInputBarcodeFormat} Format */

/** Vouchers carry nothing else; packs carry what makers print on them. @type {Format[]} */
const VOUCHERS = ["QRCode"];

/**
 * @param {Format[]} formats
 * @returns {Promise<Decoder | null>} none where other codes than QR are wanted: only our reader gives FNC1 as it stands
 */
async function browsersOwn(formats) {
  const maker = /** @type {{ BarcodeDetector?: DetectorMaker }} */ (globalThis).BarcodeDetector;
  if (formats !== VOUCHERS) {
    return null;
  }
  try {
    if (!maker || !(await maker.getSupportedFormats()).includes("qr_code")) {
      return null;
    }
    const detector = new maker({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? null;
  } catch {
    return null;
  }
}

/**
 * @param {string} wasm
 * @param {Format[]} formats
 * @returns {Decoder}
 */
function ours(wasm, formats) {
  const ready = prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    await ready;
    const scale = Math.min(1, LONGEST_SIDE / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    if (!context) {
      return null;
    }
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = context.getImageData(0, 0, canvas.width, canvas.height);
    const found = await readBarcodes(picture, { formats, tryHarder: true, maxNumberOfSymbols: 1 });
    return found[0]?.isValid ? found[0].text : null;
  };
}

/**
 * @param {string} wasm the address of our reader's machine code
 * @param {string[]} formats the codes to look for, by the names of our reader
 * @returns {Promise<Decoder>}
 */
export async function makeDecoder(wasm, formats = VOUCHERS) {
  const wanted = /** @type {Format[]} */ (formats);
  const own = await browsersOwn(wanted);
  if (own === null) {
    return ours(wasm, wanted);
  }
  /** @type {Decoder | null} */
  let fallback = null;
  return async (video) => {
    if (fallback === null) {
      try {
        return await own(video);
      } catch {
        fallback = ours(wasm, wanted);
      }
    }
    return fallback(video);
  };
}

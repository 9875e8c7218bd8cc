/** The same code again within a moment is the same scan: a camera sees it in every frame, a trigger is pressed twice. */

/** @typedef {import("./types.js").Way} Way */

/** @type {Record<Way, number>} */
const QUIET = { camera: 2500, wedge: 5000, typed: 0 };

/** @returns {(text: string, way: Way, at: number) => boolean} whether the text was seen a moment ago */
export function makeMemory() {
  let text = "";
  let seen = Number.NEGATIVE_INFINITY;
  return (now, way, at) => {
    const isRepeat = now === text && at - seen < QUIET[way];
    text = now;
    seen = at;
    return isRepeat;
  };
}

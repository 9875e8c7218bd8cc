/** A sound and a vibration of its own for each kind of answer. */

import { remember, remembered } from "./preferences.js";

/** Tones as [frequency in Hz, start and length in seconds]. @type {Record<string, [number, number, number][]>} */
const TONES = {
  ok: [
    [880, 0, 0.12],
    [1320, 0.13, 0.18],
  ],
  attention: [
    [660, 0, 0.14],
    [660, 0.22, 0.14],
  ],
  refused: [[220, 0, 0.5]],
  undone: [
    [988, 0, 0.1],
    [740, 0.12, 0.1],
    [494, 0.24, 0.2],
  ],
  offline: [
    [440, 0, 0.1],
    [330, 0.14, 0.1],
    [247, 0.28, 0.16],
  ],
  seen: [[1100, 0, 0.04]],
};

/** @type {Record<string, number[]>} */
const SHAKES = {
  ok: [80],
  attention: [80, 80, 80],
  refused: [400],
  undone: [200, 80, 80],
  offline: [60, 60, 60, 60, 60],
  seen: [],
};

const MUTED = "off";

/** @type {AudioContext | null} */
let context = null;

/** @returns {boolean} whether the phone was told to be silent */
export function isMuted() {
  return remembered("sound") === MUTED;
}

/** @param {boolean} isSilent */
export function mute(isSilent) {
  remember("sound", isSilent ? MUTED : "on");
}

/** Let the browser play: it only does after a tap. @returns {Promise<boolean>} whether it will */
export async function unlockSound() {
  try {
    context ??= new AudioContext();
    await context.resume();
    return context.state === "running";
  } catch {
    return false;
  }
}

/** @param {string} kind */
export function signal(kind) {
  const shake = SHAKES[kind] ?? [];
  if (shake.length > 0 && navigator.userActivation?.hasBeenActive) {
    navigator.vibrate?.(shake);
  }
  document.dispatchEvent(new CustomEvent("scan:signal", { detail: kind }));
  if (isMuted()) {
    return;
  }
  try {
    context ??= new AudioContext();
    void context.resume();
    for (const [frequency, start, length] of TONES[kind] ?? []) {
      play(context, frequency, start, length);
    }
  } catch {
    // A browser without sound still shows colour, shape and words.
  }
}

/**
 * @param {AudioContext} audio
 * @param {number} frequency
 * @param {number} start
 * @param {number} length
 */
function play(audio, frequency, start, length) {
  const tone = audio.createOscillator();
  const loudness = audio.createGain();
  tone.frequency.value = frequency;
  loudness.gain.value = 0.2;
  tone.connect(loudness).connect(audio.destination);
  tone.start(audio.currentTime + start);
  tone.stop(audio.currentTime + start + length);
}

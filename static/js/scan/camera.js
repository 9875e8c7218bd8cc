/** The camera: asks for it, feeds the video, gives frames, and names why there is none. */

/** @typedef {"camera_refused" | "camera_missing" | "camera_busy" | "camera_insecure"} NoCamera */

/** @type {Record<string, NoCamera>} */
const REASONS = {
  NotAllowedError: "camera_refused",
  SecurityError: "camera_refused",
  NotFoundError: "camera_missing",
  OverconstrainedError: "camera_missing",
};

/**
 * Start the camera that looks away from the person.
 * @param {HTMLVideoElement} video
 * @returns {Promise<NoCamera | null>} why there is none, or null when it runs
 */
export async function startCamera(video) {
  if (!globalThis.isSecureContext || !navigator.mediaDevices) {
    return "camera_insecure";
  }
  try {
    const wish = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: wish, audio: false });
    await video.play();
    return null;
  } catch (error) {
    return REASONS[error instanceof DOMException ? error.name : ""] ?? "camera_busy";
  }
}

/**
 * @param {HTMLVideoElement} video
 * @returns {boolean} whether a frame can be taken
 */
export function hasFrame(video) {
  return video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && video.videoWidth > 0;
}

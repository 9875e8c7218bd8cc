/** The camera: asks for it, feeds the video, gives frames, turns its light on, comes closer, and names why there is none. */

/** @typedef {"camera_refused" | "camera_missing" | "camera_busy" | "camera_insecure"} NoCamera */
/** @typedef {MediaTrackCapabilities & { torch?: boolean, zoom?: { min: number, max: number } }} Abilities */

/** @type {Record<string, NoCamera>} */
const REASONS = {
  NotAllowedError: "camera_refused",
  SecurityError: "camera_refused",
  NotFoundError: "camera_missing",
  OverconstrainedError: "camera_missing",
};

/**
 * Start a camera: the one that is named, else the one that looks away from the person.
 * @param {HTMLVideoElement} video
 * @param {string} [device]
 * @returns {Promise<NoCamera | null>} why there is none, or null when it runs
 */
export async function startCamera(video, device = "") {
  if (!globalThis.isSecureContext || !navigator.mediaDevices) {
    return "camera_insecure";
  }
  stopCamera(video);
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  try {
    const which = device === "" ? { facingMode: "environment" } : { deviceId: { exact: device } };
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { ...which, ...size }, audio: false });
    await video.play();
    return null;
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    if (device !== "" && REASONS[name] === "camera_missing") {
      return startCamera(video);
    }
    return REASONS[name] ?? "camera_busy";
  }
}

/** @param {HTMLVideoElement} video */
export function stopCamera(video) {
  trackOf(video)?.stop();
  video.srcObject = null;
}

/**
 * @param {HTMLVideoElement} video
 * @returns {boolean} whether a frame can be taken
 */
export function hasFrame(video) {
  return video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && video.videoWidth > 0;
}

/** @returns {Promise<MediaDeviceInfo[]>} the cameras that may be chosen */
export async function listCameras() {
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  return devices.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId !== "");
}

/**
 * @param {HTMLVideoElement} video
 * @returns {MediaStreamTrack | undefined}
 */
export function trackOf(video) {
  return video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks()[0] : undefined;
}

/**
 * @param {HTMLVideoElement} video
 * @returns {Abilities} what the camera can do beside giving pictures
 */
export function abilitiesOf(video) {
  return trackOf(video)?.getCapabilities?.() ?? {};
}

/**
 * @param {HTMLVideoElement} video
 * @param {{ torch: boolean } | { zoom: number }} wish
 * @returns {Promise<boolean>} whether the camera did it
 */
export async function adjust(video, wish) {
  try {
    await trackOf(video)?.applyConstraints({ advanced: [/** @type {MediaTrackConstraintSet} */ (wish)] });
    return true;
  } catch {
    return false;
  }
}

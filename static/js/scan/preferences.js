/** What this phone remembers of how its page is used; nothing about people. A browser that keeps nothing asks anew. */

/** @typedef {"hand" | "mode" | "camera" | "sound" | "device"} Preference */

/**
 * @param {Preference} name
 * @returns {string} empty where nothing is remembered
 */
export function remembered(name) {
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}

/**
 * @param {Preference} name
 * @param {string} value
 */
export function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // The page works as well; only the next time starts with what is usual.
  }
}

const DEVICE_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** @returns {string} four signs that name this phone in the history; they say nothing about a person */
export function deviceName() {
  const known = remembered("device");
  if (known !== "") {
    return known;
  }
  const signs = [...crypto.getRandomValues(new Uint8Array(4))].map((byte) => DEVICE_SIGNS[byte % DEVICE_SIGNS.length]);
  remember("device", signs.join(""));
  return signs.join("");
}

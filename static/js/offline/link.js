/** What a page can find out of its network by itself. */

const BACKGROUND = "toptama-events";

/**
 * Ask whether the server runs at all.
 * @param {string} address
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<"" | "network" | "down" | "portal">} nothing where it does
 */
export async function probe(address, signal) {
  /** @type {RequestInit} */
  const how = { cache: "no-store", credentials: "omit" };
  try {
    const response = await fetch(address, signal ? { ...how, signal } : how);
    const said = await response.json().catch(() => null);
    return response.status >= 500 ? "down" : said?.status === "up" ? "" : "portal";
  } catch {
    return "network";
  }
}

/** @returns {boolean} whether the page came from what the phone keeps, so that nothing is known of the network */
export function wasKept() {
  const [opened] = performance.getEntriesByType("navigation");
  return opened instanceof PerformanceNavigationTiming && opened.workerStart > 0;
}

/**
 * Where the phone can, let it go on when no page is open.
 * @param {number} unsent
 */
export async function askBackground(unsent) {
  if (unsent === 0 || !("serviceWorker" in navigator)) {
    return;
  }
  /** @type {any} */
  const registration = await navigator.serviceWorker.getRegistration();
  await registration?.sync?.register(BACKGROUND).catch(() => undefined);
}

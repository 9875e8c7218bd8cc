/** Keeps the screen lit while vouchers are scanned, and says where the browser does not let it. */

/**
 * @param {() => void} refused
 */
export function stayAwake(refused) {
  const lock = navigator.wakeLock;
  if (!lock) {
    refused();
    return;
  }
  const ask = async () => {
    if (document.visibilityState !== "visible") {
      return;
    }
    try {
      await lock.request("screen");
    } catch {
      refused();
    }
  };
  document.addEventListener("visibilitychange", () => void ask());
  void ask();
}

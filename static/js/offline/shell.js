/** Lets this page open without a network: registers the worker that keeps it, and has it keep the pages as they are now. */

/** @param {HTMLElement} element carries the worker's address */
export async function start(element) {
  const address = element.dataset["worker"] ?? "";
  if (!("serviceWorker" in navigator) || address === "") {
    return;
  }
  const scope = element.dataset["scope"] ?? "";
  const sends = "SyncManager" in globalThis;
  const script = sends ? `${address}?background` : address;
  const type = sends ? "module" : "classic";
  try {
    const registration = await navigator.serviceWorker.register(script, { scope, type, updateViaCache: "none" });
    registration.active?.postMessage("keep");
  } catch {
    // Without a worker the page works as long as there is a network; the shift says that it is not ready for more.
  }
}

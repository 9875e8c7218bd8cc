/**
 * Keeps the scan pages on the phone, so that they open without a network. Pages come from the network when it answers in
 * time, else as they were last; what they load has an address that names its content and comes from here. What people
 * did lies elsewhere and is never touched here.
 */

/** @typedef {{ digest: string, assets: string[], pages: string[] }} Shell */

(() => {
  const worker = /** @type {any} */ (globalThis);
  const { digest, assets, pages } = /** @type {Shell} */ (worker.SHELL);
  const PREFIX = "toptama-shell-";
  const CACHE = `${PREFIX}${digest}`;
  const PATIENCE = 3000;
  const AT_ONCE = 6;
  const KEPT_RELEASES = 2;

  worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(install()));
  worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(activate()));
  worker.addEventListener("message", (/** @type {any} */ event) => event.waitUntil(keepPages()));
  worker.addEventListener("fetch", (/** @type {any} */ event) => {
    const { request } = event;
    const { origin, pathname } = new URL(request.url);
    if (request.method !== "GET" || origin !== location.origin) {
      return;
    }
    if (pathname.startsWith("/static/")) {
      event.respondWith(kept(request));
    } else if (request.mode === "navigate" && pages.includes(pathname)) {
      event.respondWith(open(event, pathname));
    }
  });

  /** Take all that the pages load; what came before the network broke off is not asked again. */
  async function install() {
    const cache = await caches.open(CACHE);
    /** @type {string[]} */
    const missing = [];
    for (const asset of assets) {
      if ((await cache.match(asset, { ignoreVary: true })) === undefined) {
        missing.push(asset);
      }
    }
    const fetchers = Array.from({ length: AT_ONCE }, async () => {
      for (let asset = missing.shift(); asset !== undefined; asset = missing.shift()) {
        await cache.add(asset);
      }
    });
    await Promise.all(fetchers);
    await keepPages();
    await worker.skipWaiting();
  }

  /** A page of the release before may still run, so its files stay until the next. */
  async function activate() {
    const shells = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
    const old = shells.slice(0, Math.max(0, shells.length - KEPT_RELEASES + 1));
    await Promise.all(old.map((name) => caches.delete(name)));
    await worker.clients.claim();
  }

  async function keepPages() {
    await Promise.all(
      pages.map(async (page) => {
        const answer = await fetch(page, { redirect: "manual" }).catch(() => null);
        if (answer?.ok) {
          await keep(page, answer);
        }
      }),
    );
  }

  /**
   * Keep a page, if it stands on the files that are here.
   * @param {string} page
   * @param {Response} answer
   */
  async function keep(page, answer) {
    const html = await answer.text();
    if (html.includes(`/static/${digest}/`)) {
      const { status, headers } = answer;
      const cache = await caches.open(CACHE);
      await cache.put(page, new Response(html, { status, headers })).catch(() => undefined);
    } else {
      await worker.registration.update().catch(() => undefined);
    }
  }

  /**
   * @param {Request} request
   * @returns {Promise<Response>}
   */
  async function kept(request) {
    return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
  }

  /**
   * @param {string} page
   * @returns {Promise<Response | undefined>} of this release, else of one before: caches are asked oldest first
   */
  async function lastKept(page) {
    const ours = await (await caches.open(CACHE)).match(page, { ignoreVary: true });
    return ours ?? caches.match(page, { ignoreVary: true });
  }

  /**
   * @param {any} event
   * @param {string} page
   * @returns {Promise<Response>}
   */
  async function open(event, page) {
    const network = fetch(event.request).then((answer) => {
      if (answer.ok) {
        event.waitUntil(keep(page, answer.clone()));
      }
      return answer;
    });
    const inTime = await Promise.race([
      network.catch(() => null),
      new Promise((resolve) => setTimeout(() => resolve(null), PATIENCE)),
    ]);
    if (inTime instanceof Response && inTime.status < 500) {
      return inTime;
    }
    return (await lastKept(page)) ?? inTime ?? network;
  }
})();

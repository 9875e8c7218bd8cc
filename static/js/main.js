/**
 * The one registry of behaviours: an element with data-module="name" gets static/js/modules/name.js,
 * data-module="scan/page" gets static/js/scan/page.js. A module exports `start(element)`.
 * Every page works without them; they only make it kinder.
 */

/** @typedef {{ start: (element: HTMLElement) => void | Promise<void> }} Behaviour */

const NAME = /^[a-z_]+(\/[a-z_]+)?$/;

/**
 * @param {string} name
 * @returns {Promise<Behaviour>}
 */
async function load(name) {
  if (!NAME.test(name)) {
    throw new Error(`No behaviour is called ${name}`);
  }
  const path = name.includes("/") ? `./${name}.js` : `./modules/${name}.js`;
  return import(path);
}

/**
 * Start the behaviours of everything inside `root`.
 * @param {ParentNode} root
 */
export async function startAll(root) {
  /** @type {NodeListOf<HTMLElement>} */
  const elements = root.querySelectorAll("[data-module]");
  for (const element of elements) {
    const names = (element.dataset["module"] ?? "").split(" ").filter(Boolean);
    for (const name of names) {
      const behaviour = await load(name);
      await behaviour.start(element);
    }
  }
}

await startAll(document);
document.documentElement.dataset["ready"] = "yes";

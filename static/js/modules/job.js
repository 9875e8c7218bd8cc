/** Long work tells how far it is: the page asks again every second, and leads to the result once it is there. */

const SECOND = 1000;

/** @param {HTMLElement} element */
export function start(element) {
  if ("over" in element.dataset) {
    return;
  }
  setTimeout(() => ask(element), SECOND);
}

/** @param {HTMLElement} element */
async function ask(element) {
  const fresh = await part();
  if (fresh === null) {
    setTimeout(() => ask(element), SECOND * 3);
    return;
  }
  element.replaceChildren(...fresh.childNodes);
  if (!("over" in fresh.dataset)) {
    setTimeout(() => ask(element), SECOND);
    return;
  }
  const result = fresh.dataset["result"];
  location.assign(result ?? location.href);
}

/** @returns {Promise<HTMLElement | null>} */
async function part() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!answer.ok) {
      return null;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector("[data-module=job]");
  } catch {
    return null;
  }
}

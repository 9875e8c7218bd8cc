/**
 * The voucher on the family's phone. The address that the office shows carries the code behind its `#`: no browser
 * sends that part anywhere, so it is in no log and no referrer. Here it goes into the form, and its answer into the page.
 * The address stays as it is, so that opening the page again shows the voucher again.
 */

/** @param {HTMLElement} element */
export async function start(element) {
  const form = element.querySelector("form");
  const field = form?.querySelector("input[name=code]");
  const code = decodeURIComponent(location.hash.slice(1));
  if (!form || !(field instanceof HTMLInputElement) || !code) {
    return;
  }
  field.value = code;
  const told = document.createElement("p");
  told.className = "hint";
  told.setAttribute("role", "status");
  element.append(told);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const content = page.querySelector("main");
    if (content === null) {
      throw new Error("the answer is no page of ours");
    }
    document.querySelector("main")?.replaceWith(content);
    await stayAwake();
  } catch {
    told.textContent = element.dataset["failed"] ?? "";
  }
}

/** Keep the screen lit while the square is shown, where the browser can. */
async function stayAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // it sleeps as always: the brightness hint stands on the page
  }
}

/** What takes long says so: beside the button stands in words what is being done until the answer comes. */

/** @param {HTMLElement} element */
export function start(element) {
  const form = element.closest("form");
  const words = element.dataset["busy"];
  if (form === null || !words) {
    return;
  }
  const told = document.createElement("p");
  told.className = "hint";
  told.setAttribute("role", "status");
  element.after(told);
  form.addEventListener("submit", () => {
    told.textContent = words;
    element.setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", () => {
    told.textContent = "";
    element.removeAttribute("aria-disabled");
  });
}

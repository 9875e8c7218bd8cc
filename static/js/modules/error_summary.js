/** The error summary takes the focus, and its links lead into the fields. */

/** @param {HTMLElement} element */
export function start(element) {
  element.focus();
  element.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const field = link === null ? null : document.getElementById(link.hash.slice(1));
    if (field === null) {
      return;
    }
    event.preventDefault();
    field.scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  });
}

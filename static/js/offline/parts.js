/** Finding and making the parts of a page. */

/**
 * @param {ParentNode} root
 * @param {string} name
 * @returns {HTMLElement}
 */
export function part(root, name) {
  const found = root.querySelector(`[data-part="${name}"]`);
  if (!(found instanceof HTMLElement)) {
    throw new Error(`The page has no part ${name}`);
  }
  return found;
}

/**
 * @param {string} tag
 * @param {string} text
 * @param {{ look?: string, data?: Record<string, string> }} [how]
 * @returns {HTMLElement}
 */
export function make(tag, text, { look = "", data = {} } = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = look;
  Object.assign(made.dataset, data);
  return made;
}

/**
 * @param {string} label
 * @param {string} look
 * @param {() => void} act
 * @returns {HTMLElement}
 */
export function makeButton(label, look, act) {
  const button = make("button", label, { look });
  button.setAttribute("type", "button");
  button.addEventListener("click", act);
  return button;
}

/**
 * Tell something beside what was done; nothing hides the place.
 * @param {HTMLElement} place
 * @param {string} words
 * @param {string} [state]
 */
export function tell(place, words, state = "") {
  place.hidden = words === "";
  place.textContent = words;
  place.dataset["state"] = state;
}

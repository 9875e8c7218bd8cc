/** What was typed into a form stays when the language is changed. Kept in this tab only, once, without passwords and files. */

const SECRET = new Set(["password", "file", "hidden", "submit"]);

/**
 * @param {HTMLFormElement} form
 * @returns {string}
 */
function keyOf(form) {
  const place = [...document.forms].indexOf(form);
  return `typed:${location.pathname}${location.search}:${place}`;
}

/**
 * @param {HTMLFormElement} form
 * @returns {(HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement)[]}
 */
function fieldsOf(form) {
  /** @type {NodeListOf<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>} */
  const fields = form.querySelectorAll("input, select, textarea");
  return [...fields].filter((field) => field.name !== "" && !SECRET.has(field.type));
}

/**
 * @param {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} field
 * @returns {field is HTMLInputElement}
 */
function isTicked(field) {
  return field instanceof HTMLInputElement && (field.type === "checkbox" || field.type === "radio");
}

/** @param {HTMLFormElement} form */
export function keep(form) {
  const typed = fieldsOf(form).map((field) => (isTicked(field) ? field.checked : field.value));
  sessionStorage.setItem(keyOf(form), JSON.stringify(typed));
}

/** @param {HTMLFormElement} form */
function restore(form) {
  const kept = sessionStorage.getItem(keyOf(form));
  if (kept === null) {
    return;
  }
  sessionStorage.removeItem(keyOf(form));
  /** @type {(string | boolean)[]} */
  const typed = JSON.parse(kept);
  const fields = fieldsOf(form);
  if (typed.length !== fields.length) {
    return;
  }
  for (const [place, field] of fields.entries()) {
    const value = typed[place];
    if (isTicked(field)) {
      field.checked = value === true;
    } else if (typeof value === "string") {
      field.value = value;
    }
  }
}

/** @param {HTMLElement} element */
export function start(element) {
  if (element instanceof HTMLFormElement) {
    restore(element);
  }
}

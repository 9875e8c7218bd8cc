/** A dangerous action is asked about once more, by its own name, with the way back first. */

/**
 * @param {string} question
 * @param {string} action
 * @param {string} back
 * @returns {HTMLDialogElement}
 */
function buildQuestion(question, action, back) {
  const dialog = document.createElement("dialog");
  dialog.className = "question";
  const words = document.createElement("p");
  words.id = "question-words";
  words.textContent = question;
  dialog.setAttribute("aria-labelledby", words.id);
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "buttons";
  for (const [label, value, look] of [
    [back, "back", "button quiet"],
    [action, "go", "button danger"],
  ]) {
    const button = document.createElement("button");
    button.type = "submit";
    button.value = value ?? "";
    button.className = look ?? "";
    button.textContent = label ?? "";
    form.append(button);
  }
  dialog.append(words, form);
  return dialog;
}

/** @param {HTMLElement} element */
export function start(element) {
  const { question = "", action = "", back = "" } = element.dataset;
  if (!(element instanceof HTMLButtonElement) || question === "") {
    return;
  }
  let agreed = false;
  element.addEventListener("click", (event) => {
    if (agreed) {
      return;
    }
    event.preventDefault();
    const dialog = buildQuestion(question, action, back);
    document.body.append(dialog);
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (dialog.returnValue === "go") {
        agreed = true;
        element.form?.requestSubmit(element);
      } else {
        element.focus();
      }
    });
    dialog.showModal();
  });
}

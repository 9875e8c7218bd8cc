/**
 * Lines of a draft are moved, removed and dragged without asking the server. The buttons do the same without this
 * module: each of them is a submit button of the form. What stands here counts only once it is saved.
 */

const ACT = /^(up|down|remove)-\d+$/;

/**
 * @param {HTMLElement} list
 * @returns {HTMLElement[]}
 */
function rowsOf(list) {
  return [...list.children].filter((row) => row instanceof HTMLElement);
}

/**
 * Let names, labels and buttons say the place that each line has now.
 * @param {HTMLElement} list
 */
function renumber(list) {
  const rows = rowsOf(list);
  for (const [place, row] of rows.entries()) {
    /** @type {NodeListOf<HTMLInputElement>} */
    const fields = row.querySelectorAll("input");
    for (const field of fields) {
      field.name = field.name.replace(/^lines-\d+-/, `lines-${place}-`);
      if (field.id !== "") {
        field.id = field.name;
      }
    }
    row.querySelector("label")?.setAttribute("for", `lines-${place}-packs`);
    /** @type {NodeListOf<HTMLButtonElement>} */
    const buttons = row.querySelectorAll("button[name=act]");
    for (const button of buttons) {
      const verb = button.value.split("-")[0] ?? "";
      button.value = `${verb}-${place}`;
      button.hidden = (verb === "up" && place === 0) || (verb === "down" && place === rows.length - 1);
    }
  }
}

/** Tell that the page holds more than was saved. */
function tellUnsaved() {
  /** @type {HTMLElement | null} */
  const note = document.querySelector("[data-unsaved]");
  if (note !== null) {
    note.hidden = false;
  }
}

/**
 * @param {HTMLElement} list
 * @param {HTMLElement} row
 */
function announce(list, row) {
  const rows = rowsOf(list);
  const words = list.dataset["moved"] ?? "";
  const said = words
    .replace("{item}", row.dataset["name"] ?? "")
    .replace("{place}", String(rows.indexOf(row) + 1))
    .replace("{count}", String(rows.length));
  const region = document.getElementById("line-told");
  if (region !== null) {
    region.textContent = said;
  }
}

/**
 * @param {HTMLElement} list
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} row
 */
function act(list, button, row) {
  const verb = button.value.split("-")[0];
  const [before, after] = [row.previousElementSibling, row.nextElementSibling];
  if (verb === "remove") {
    row.remove();
    const next = after ?? before;
    if (next instanceof HTMLElement) {
      /** @type {HTMLElement | null} */
      const field = next.querySelector("input:not([type=hidden])");
      field?.focus();
    }
  } else if (verb === "up" && before !== null) {
    list.insertBefore(row, before);
  } else if (verb === "down" && after !== null) {
    list.insertBefore(after, row);
  }
  renumber(list);
  tellUnsaved();
  if (verb !== "remove") {
    announce(list, row);
    /** @type {NodeListOf<HTMLButtonElement>} */
    const shown = row.querySelectorAll("button[name=act]:not([hidden])");
    (button.hidden ? shown[0] : button)?.focus();
  }
}

/**
 * Let a line follow the pointer that holds its grip.
 * @param {HTMLElement} list
 * @param {PointerEvent} event
 * @param {HTMLElement} row
 */
function drag(list, event, row) {
  event.preventDefault();
  list.setPointerCapture(event.pointerId); // the list stays where it is; a line that is moved would lose the pointer
  row.classList.add("line-dragged");

  /** @param {Event} moved */
  const follow = (moved) => {
    if (!(moved instanceof PointerEvent)) {
      return;
    }
    for (const other of rowsOf(list)) {
      const box = other.getBoundingClientRect();
      const isInside = other !== row && moved.clientY >= box.top && moved.clientY < box.bottom;
      const isBelow = (row.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
      const isPastMiddle = moved.clientY >= box.top + box.height / 2;
      // Only past its middle does a line give way, so that lines of different heights do not swap to and fro.
      if (isInside && isBelow === isPastMiddle) {
        list.insertBefore(row, isBelow ? other.nextElementSibling : other);
        return;
      }
    }
  };
  const drop = () => {
    list.removeEventListener("pointermove", follow);
    list.removeEventListener("pointerup", drop);
    list.removeEventListener("pointercancel", drop);
    row.classList.remove("line-dragged");
    renumber(list);
    tellUnsaved();
    announce(list, row);
  };
  list.addEventListener("pointermove", follow);
  list.addEventListener("pointerup", drop);
  list.addEventListener("pointercancel", drop);
}

/** @param {HTMLElement} list */
export function start(list) {
  list.classList.add("line-rows-live");
  list.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button[name=act]") : null;
    const row = button?.closest("li");
    if (button instanceof HTMLButtonElement && row instanceof HTMLElement && ACT.test(button.value)) {
      event.preventDefault();
      act(list, button, row);
    }
  });
  list.addEventListener("pointerdown", (event) => {
    const grip = event.target instanceof Element ? event.target.closest(".line-grip") : null;
    const row = grip?.closest("li");
    if (row instanceof HTMLElement) {
      drag(list, event, row);
    }
  });
  list.addEventListener("input", tellUnsaved);
}

/** Squares that stand for buttons (templates/distribution/scan_commands.html). */

/** @typedef {"GIVE" | "NEXT" | "UNDO" | "PRINT" | "FINISH"} Command */

const COMMAND = /^TOPTAMA-(GIVE|NEXT|UNDO|PRINT|FINISH)$/;

/**
 * @param {string} text
 * @returns {Command | null}
 */
export function commandOf(text) {
  return /** @type {Command | undefined} */ (COMMAND.exec(text.trim().toUpperCase())?.[1]) ?? null;
}

/** Small words of the pages of a shift: sentences with blanks, times as the country reads them, the release that runs. */

/** @typedef {Record<string, string>} Words */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const RELEASE = /\/static\/([^/]{1,40})\//;

/**
 * Kazakhstan has one time since March 2024, five hours ahead of UTC; phones made before do not know that.
 */
const AHEAD = 5 * HOUR;

/**
 * @param {Words} words
 * @param {string} name
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function say(words, name, values = {}) {
  return (words[name] ?? "").replace(/\{(\w+)\}/g, (blank, key) => String(values[key] ?? blank));
}

/**
 * @param {number} at milliseconds
 * @returns {string} 2026-11-22
 */
export function dayOf(at) {
  return new Date(at + AHEAD).toISOString().slice(0, 10);
}

/**
 * @param {string} day 2026-11-22
 * @returns {string} 22.11.2026
 */
export function writeDay(day) {
  return day.split("-").reverse().join(".");
}

/**
 * @param {number} at
 * @param {number} now
 * @returns {string} 14:05, with its day when that is not today
 */
export function writeTime(at, now) {
  const time = new Date(at + AHEAD).toISOString().slice(11, 16);
  return dayOf(at) === dayOf(now) ? time : `${writeDay(dayOf(at))}, ${time}`;
}

/**
 * @param {Words} words
 * @param {number} at
 * @param {number} now
 * @returns {string} 12 min ago
 */
export function writeAgo(words, at, now) {
  const past = Math.max(0, now - at);
  if (past < MINUTE) {
    return say(words, "moment_ago");
  }
  if (past < HOUR) {
    return say(words, "minutes_ago", { n: Math.floor(past / MINUTE) });
  }
  return past < 2 * DAY
    ? say(words, "hours_ago", { n: Math.floor(past / HOUR) })
    : say(words, "days_ago", { n: Math.floor(past / DAY) });
}

/**
 * @param {string} address of a module
 * @returns {string} the release that it belongs to
 */
export function releaseOf(address) {
  return RELEASE.exec(address)?.[1] ?? "";
}

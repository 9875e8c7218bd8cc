/**
 * What comes back when events are sent, told apart by what the phone does next. Only `answers` says anything about an event;
 * whatever else it is, everything stays where it is and only the time of the next attempt differs.
 */

/**
 * `network`: nobody answered, or not in time. `portal`: somebody else answered (a page to sign in to a network, a proxy).
 * `cut`: half an answer. `busy`: asked to wait. `heavy`: too much at once. `unclear`: we do not understand what was sent, perhaps because
 * of one event. `closed`: not at this address or not for this phone. `fault`: broke on our side, perhaps because of one event. `down`: our side does not run.
 * @typedef {"network" | "portal" | "cut" | "busy" | "heavy" | "unclear" | "closed" | "fault" | "down"} Trouble
 */
/**
 * @typedef {{ id: string, hash: string, result: string, reason: string, words: string, sentence: string, step: string }} Answer
 * @typedef {{ known: boolean, revoked: boolean, expires: number, lease: string | null }} DeviceState
 * @typedef {{ server_time: number, device: DeviceState, answers: Answer[] }} Answers
 * @typedef {{ got: "answers", answers: Answers, took: number }
 *   | { got: Trouble, status: number, after: number | null, took: number }} Reply
 */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const JSON_TYPE = /^application\/([a-z.+-]+\+)?json\b/;
const RESULTS = new Set(["accepted", "repeated", "conflict", "held", "refused"]);

/**
 * How long to wait after a trouble: the first pause, and the longest. `split`: half as much is tried at once, in case a single event is the cause.
 * @type {Readonly<Record<Trouble, { first: number, longest: number, split: boolean }>>}
 */
export const POLICY = Object.freeze({
  network: { first: 5 * SECOND, longest: 2 * MINUTE, split: false },
  portal: { first: 15 * SECOND, longest: 5 * MINUTE, split: false },
  cut: { first: 2 * SECOND, longest: 2 * MINUTE, split: false },
  busy: { first: 15 * SECOND, longest: 5 * MINUTE, split: false },
  heavy: { first: MINUTE, longest: 15 * MINUTE, split: true },
  unclear: { first: MINUTE, longest: 15 * MINUTE, split: true },
  closed: { first: MINUTE, longest: 15 * MINUTE, split: false },
  fault: { first: 10 * SECOND, longest: 5 * MINUTE, split: true },
  down: { first: 10 * SECOND, longest: 5 * MINUTE, split: false },
});

/** @type {Readonly<Record<number, Trouble>>} */
const BY_STATUS = Object.freeze({
  401: "closed",
  403: "closed",
  404: "closed",
  405: "closed",
  407: "portal",
  408: "network",
  410: "closed",
  413: "heavy",
  425: "busy",
  429: "busy",
  451: "closed",
  500: "fault",
  503: "busy",
  511: "portal",
});

/**
 * @param {number} status
 * @returns {Trouble}
 */
function troubleOf(status) {
  const known = BY_STATUS[status];
  if (known !== undefined) {
    return known;
  }
  if (status >= 500) {
    return "down";
  }
  return status >= 400 ? "unclear" : "portal";
}

/**
 * How long to wait before the next attempt, in milliseconds: longer each time, and never all phones at once.
 * @param {Trouble} trouble
 * @param {number} failures in a row, from 1
 * @param {number | null} after what the server asked for
 * @param {() => number} chance from 0 to 1
 * @returns {number}
 */
export function pauseAfter(trouble, failures, after = null, chance = Math.random) {
  const { first, longest } = POLICY[trouble];
  const grown = Math.min(longest, first * 2 ** Math.min(failures - 1, 12));
  const spread = grown * (0.75 + chance() / 2);
  return Math.round(after === null ? spread : Math.max(spread, Math.min(after, longest * 4)));
}

/**
 * @param {string | null} header seconds, or a date
 * @param {number} now
 * @returns {number | null} milliseconds
 */
function readRetryAfter(header, now) {
  if (header === null) {
    return null;
  }
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds * SECOND : Date.parse(header) - now;
  return Number.isFinite(wait) && wait > 0 ? wait : null;
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * @param {unknown} value
 * @returns {Answer | null} null when it is not an answer to an event
 */
function readAnswer(value) {
  if (!isRecord(value) || typeof value["id"] !== "string" || typeof value["hash"] !== "string") {
    return null;
  }
  if (!RESULTS.has(String(value["result"]))) {
    return null;
  }
  const said = (/** @type {string} */ name) => (typeof value[name] === "string" ? value[name] : "");
  return {
    id: value["id"],
    hash: value["hash"],
    result: String(value["result"]),
    reason: said("reason"),
    words: said("words"),
    sentence: said("sentence"),
    step: said("step"),
  };
}

/**
 * @param {unknown} body
 * @returns {Answers | null} null when it is not what the protocol says
 */
export function readAnswers(body) {
  if (!isRecord(body) || typeof body["server_time"] !== "number" || !Array.isArray(body["answers"])) {
    return null;
  }
  const { device } = body;
  if (!isRecord(device) || typeof device["known"] !== "boolean" || typeof device["revoked"] !== "boolean") {
    return null;
  }
  const { lease, expires } = device;
  return {
    server_time: body["server_time"],
    device: {
      known: device["known"],
      revoked: device["revoked"],
      expires: typeof expires === "number" ? expires : 0,
      lease: typeof lease === "string" ? lease : null,
    },
    answers: body["answers"].map(readAnswer).filter((one) => one !== null),
  };
}

/**
 * Send a body, and say what came back. Never throws: whatever happens there is a reply.
 * @param {string} address
 * @param {{ body: string, language: string, signal: AbortSignal }} what JSON, the language of what is told, what ends the wait
 * @returns {Promise<Reply>}
 */
export async function send(address, { body, language, signal }) {
  const began = performance.now();
  const since = () => performance.now() - began;
  let response;
  try {
    response = await fetch(address, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        ...(language === "" ? {} : { "Accept-Language": language }),
      },
      credentials: "omit",
      redirect: "manual",
      cache: "no-store",
      body,
      signal,
    });
  } catch {
    return { got: "network", status: 0, after: null, took: since() };
  }
  const { status } = response;
  if (status !== 200) {
    const after = readRetryAfter(response.headers.get("Retry-After"), Date.now());
    return { got: troubleOf(status), status, after, took: since() };
  }
  if (!JSON_TYPE.test(response.headers.get("Content-Type") ?? "")) {
    return { got: "portal", status, after: null, took: since() };
  }
  return readBody(response, since);
}

/**
 * @param {Response} response
 * @param {() => number} since
 * @returns {Promise<Reply>}
 */
async function readBody(response, since) {
  let body;
  try {
    body = await response.json();
  } catch {
    return { got: "cut", status: 200, after: null, took: since() };
  }
  const answers = readAnswers(body);
  if (answers === null) {
    return { got: "portal", status: 200, after: null, took: since() };
  }
  return { got: "answers", answers, took: since() };
}

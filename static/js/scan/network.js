/** Talks to the server. Whatever happens there is an answer: the server's, or that there was none. */

/** @typedef {import("./types.js").Verdict} Verdict */
/** @typedef {{ title?: string, detail?: string, code?: string }} Problem */
/** @typedef {import("./types.js").Answer} Answer */

const PATIENCE = 15_000;
const SIGNED_OUT = 401;
const FAULT = 500;

/**
 * @param {unknown} body
 * @returns {body is Verdict}
 */
function isVerdict(body) {
  return typeof body === "object" && body !== null && "answer" in body && "kind" in body && "due" in body;
}

/**
 * @param {string} address
 * @param {string} token
 * @param {Record<string, unknown>} body
 * @returns {Promise<Answer>}
 */
export async function ask(address, token, body) {
  let response;
  try {
    response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    return { got: "offline" };
  }
  if (response.status === SIGNED_OUT) {
    return { got: "signed_out" };
  }
  /** @type {unknown} */
  const said = await response.json().catch(() => null);
  if (isVerdict(said)) {
    return { got: "verdict", verdict: said };
  }
  const problem = /** @type {Problem | null} */ (said);
  if (response.status >= FAULT || response.ok || !problem?.detail) {
    return { got: "broken" };
  }
  return problem.code === "form_expired" ? { got: "signed_out" } : { got: "refusal", why: problem.detail };
}

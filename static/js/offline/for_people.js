/** What needs a person: each refused event stays here with the server's words, which can be copied; and one line for all that was received. */

import { make, makeButton, part, tell } from "./parts.js";
import { listForPeople, markRead, sendAgain } from "./queues.js";
import { runner } from "./runner.js";
import { listEvents } from "./store.js";
import { say, writeDay, writeTime } from "./words.js";

/** @typedef {import("./shift.js").Place} Place */
/** @typedef {import("./store.js").StoredEvent} StoredEvent */

const SHOWN = 500;

export class ForPeople {
  /** @param {Place} place */
  constructor({ root, words, db }) {
    this.root = root;
    this.words = words;
    this.db = db;
    this.drawn = "";
  }

  start() {
    part(this.root, "sent").addEventListener("toggle", () => void this.drawSent());
  }

  async draw() {
    const events = await listForPeople(this.db);
    const drawn = events.map((event) => `${event.id} ${event.state}`).join();
    if (drawn !== this.drawn) {
      this.drawn = drawn;
      part(this.root, "people").hidden = events.length === 0;
      part(this.root, "people-list").replaceChildren(...events.map((event) => this.card(event)));
    }
    await this.drawSent();
  }

  /** @param {StoredEvent} event @returns {string[]} what is told of it, line by line */
  told(event) {
    const { words } = this;
    const what = say(words, `kind_${event.kind}`);
    const which = event.day === "" ? say(words, "code_tail", { tail: event.tail }) : writeDay(event.day);
    const head = `${event.words === "" ? say(words, `result_${event.result}`) : event.words} · ${what}, ${which}, ${writeTime(event.claimed, Date.now())}`;
    const isRefused = event.result === "refused";
    const sentence = event.sentence === "" && isRefused ? say(words, "no_reason") : event.sentence;
    const step = event.step === "" && isRefused ? say(words, "refused_step") : event.step;
    const reference = [event.reason, event.id].filter(Boolean).join(" · ");
    return [head, sentence, step, reference].filter(Boolean);
  }

  /** @param {StoredEvent} event @returns {HTMLElement} */
  card(event) {
    const { words } = this;
    const card = make("li", "", { data: { result: event.result, id: event.id } });
    const [head = "", ...more] = this.told(event);
    const title = document.createElement("p");
    title.append(make("strong", head));
    card.append(title, ...more.map((line) => make("p", line)));
    const buttons = make("div", "", { look: "buttons" });
    const copied = make("p", "");
    copied.setAttribute("role", "status");
    copied.hidden = true;
    buttons.append(makeButton(say(words, "copy"), "button quiet", () => void this.copy(event, copied)));
    if (event.sealed === null) {
      buttons.append(makeButton(say(words, "read"), "button quiet", () => void markRead(this.db, event.id)));
    } else {
      buttons.append(makeButton(say(words, "again"), "button quiet", () => void this.again(event)));
    }
    card.append(buttons, copied);
    return card;
  }

  /**
   * @param {StoredEvent} event
   * @param {HTMLElement} place
   */
  async copy(event, place) {
    try {
      await navigator.clipboard.writeText(this.told(event).join("\n"));
      tell(place, say(this.words, "copied"));
    } catch {
      tell(place, say(this.words, "not_copied"));
    }
  }

  /** @param {StoredEvent} event */
  async again(event) {
    await sendAgain(this.db, event.id);
    await runner.now();
  }

  async drawSent() {
    const sent = (await listEvents(this.db)).filter((event) => event.state === "sent").reverse();
    const place = /** @type {HTMLDetailsElement} */ (part(this.root, "sent"));
    place.hidden = sent.length === 0;
    part(this.root, "sent-count").textContent = String(sent.length);
    if (place.open) {
      part(this.root, "sent-list").replaceChildren(...sent.slice(0, SHOWN).map((event) => this.line(event)));
    }
  }

  /** @param {StoredEvent} event @returns {HTMLElement} */
  line(event) {
    const { words } = this;
    const line = make("li", "");
    const which = event.day === "" ? say(words, "code_tail", { tail: event.tail }) : writeDay(event.day);
    line.append(
      make("span", `${say(words, `kind_${event.kind}`)}, ${which}`),
      make("span", say(words, `result_${event.result}`)),
      make("span", writeTime(event.claimed, Date.now()), { look: "number" }),
    );
    return line;
  }
}

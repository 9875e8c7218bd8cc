/** The scan page: a text comes in by camera, scanner or hand; the server answers; one tap confirms. */

import { hasFrame, startCamera } from "./camera.js";
import { makeDecoder } from "./decoder.js";
import { openDesk } from "./open_desk.js";
import { makeMemory } from "./repeats.js";
import { signal } from "./sound.js";
import { part, VerdictBoard } from "./verdict.js";
import { listenToWedge } from "./wedge.js";

/** @typedef {import("./types.js").Way} Way */
/** @typedef {import("./types.js").Verdict} Verdict */
/** @typedef {import("./types.js").Words} Words */
/** @typedef {import("./types.js").Answer} Answer */
/** @typedef {import("./types.js").Asked} Asked */
/** @typedef {import("./types.js").Desk} Desk */

const LONGEST = 4000;
const FRAME_PAUSE = 120;
const BUTTONS = ["confirm", "again", "next", "undo"];
const DEVICE_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

class ScanPage {
  /**
   * @param {HTMLElement} root
   * @param {Desk} desk
   */
  constructor(root, desk) {
    this.root = root;
    this.desk = desk;
    /** @type {Words} */
    this.words = JSON.parse(document.getElementById("scan-words")?.textContent ?? "{}");
    this.board = new VerdictBoard(root, this.words, () => this.look());
    this.isRepeat = makeMemory();
    this.text = "";
    /** @type {Way} */
    this.way = "camera";
    this.busy = false;
    /** @type {{ text: string, way: Way } | null} what came in while the server was asked */
    this.waiting = null;
    /** @type {string | null} */
    this.undoable = null;
    /** @type {() => void} */
    this.retry = () => this.look();
  }

  async start() {
    this.listen();
    this.look();
    this.say("starting");
    const video = /** @type {HTMLVideoElement} */ (part(this.root, "video"));
    const missing = await startCamera(video);
    if (missing !== null) {
      this.tellNoCamera(missing);
      return;
    }
    this.say("aim");
    await this.watch(video);
  }

  listen() {
    listenToWedge((text) => void this.scanned(text, "wedge"));
    part(this.root, "typed").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.scanned(this.typedField().value, "typed");
    });
    part(this.root, "confirm").addEventListener("submit", (event) => {
      event.preventDefault();
      this.confirm();
    });
    part(this.root, "confirm").addEventListener("change", () => this.askForNote());
    part(this.root, "next").addEventListener("click", () => this.look());
    part(this.root, "again").addEventListener("click", () => this.retry());
    part(this.root, "undo").addEventListener("click", () => void this.undo());
    this.switchHands();
  }

  /** Read frames for as long as the page is open. @param {HTMLVideoElement} video */
  async watch(video) {
    const decode = await makeDecoder(this.root.dataset["wasm"] ?? "");
    for (;;) {
      if (hasFrame(video) && !document.hidden) {
        const text = await decode(video).catch(() => null);
        if (text !== null) {
          await this.scanned(text, "camera");
        }
      }
      await new Promise((resolve) => setTimeout(resolve, FRAME_PAUSE));
    }
  }

  /**
   * @param {string} text
   * @param {Way} way
   */
  async scanned(text, way) {
    if (this.busy) {
      this.waiting = way === "camera" ? this.waiting : { text, way };
      return;
    }
    if (this.isRepeat(text, way, performance.now()) || (way === "camera" && text === this.text && this.isAsking())) {
      return;
    }
    this.text = text.slice(0, LONGEST);
    this.way = way;
    signal("seen");
    this.say("checking");
    await this.check();
  }

  async check() {
    await this.send(() => this.desk.check(this.text, this.way), { unsure: false, retry: () => void this.check() });
  }

  confirm() {
    const form = /** @type {HTMLFormElement} */ (part(this.root, "confirm"));
    const given = new FormData(form);
    const sets = this.board.chosen();
    const collector = String(given.get("collector"));
    const note = String(given.get("note") ?? "").trim();
    const wrong = sets.length === 0 ? "nothing_chosen" : collector !== "guardian" && note === "" ? "no_note" : null;
    const problem = part(this.root, "problem");
    problem.hidden = wrong === null;
    problem.textContent = wrong === null ? "" : (this.words[wrong] ?? "");
    if (wrong !== null) {
      return;
    }
    /** @type {Asked} */
    const asked = {
      key: crypto.randomUUID(),
      text: this.text,
      way: this.way,
      sets,
      sizes: this.board.chosenSizes(sets),
      lots: sets.map(() => 0),
      collector: collector === "proxy" || collector === "other" ? collector : "guardian",
      proxy: 0,
      note,
      document: "",
      last4: "",
      device: deviceName(),
      claimed_at: new Date().toISOString(),
    };
    const retry = () => void this.send(() => this.desk.handOver(asked), { unsure: true, retry });
    retry();
  }

  async undo() {
    const id = this.undoable ?? "";
    const retry = () =>
      void this.send(() => this.desk.undo(id, this.words["undo_reason"] ?? ""), { unsure: true, retry });
    retry();
  }

  /**
   * Ask the desk and show whatever comes of it.
   * @param {() => Promise<Answer>} asking
   * @param {{ unsure: boolean, retry: () => void }} after `unsure`: without an answer it may still have been done
   */
  async send(asking, after) {
    if (this.busy) {
      return;
    }
    this.busy = true;
    this.root.setAttribute("aria-busy", "true");
    const answer = await asking();
    this.busy = false;
    this.root.removeAttribute("aria-busy");
    this.retry = after.retry;
    this.tell(answer, after.unsure);
    const { waiting } = this;
    this.waiting = null;
    if (waiting !== null) {
      await this.scanned(waiting.text, waiting.way);
    }
  }

  /**
   * @param {Answer} answer
   * @param {boolean} unsure
   */
  tell(answer, unsure) {
    if (answer.got === "verdict") {
      this.tellVerdict(answer.verdict);
      return;
    }
    const kind = answer.got === "refusal" ? "attention" : "offline";
    const words = answer.got === "refusal" ? this.words["refused"] : this.words[answer.got];
    const why =
      answer.got === "refusal" ? answer.why : this.words[`${answer.got}${this.suffix(answer.got, unsure)}_why`];
    const step = answer.got === "refusal" ? "" : this.words[`${answer.got}_step`];
    this.board.show({ kind, words: words ?? "", why: why ?? "", step: step ?? "" });
    const again = part(this.root, "again");
    again.textContent = this.words[answer.got === "signed_out" ? "open_again" : "try_again"] ?? "";
    if (answer.got === "signed_out") {
      this.retry = () => location.reload();
    }
    this.only(answer.got === "refusal" ? ["next"] : ["again", "next"]);
  }

  /**
   * @param {string} got
   * @param {boolean} unsure
   */
  suffix(got, unsure) {
    return unsure && got !== "signed_out" ? "_give" : "";
  }

  /** @param {Verdict} verdict */
  tellVerdict(verdict) {
    this.board.show(verdict, verdict.due);
    this.undoable = verdict.hand_over;
    const until = verdict.undo_until === null ? 0 : Date.parse(verdict.undo_until) - Date.now();
    const buttons = verdict.due.length > 0 ? ["confirm"] : ["next"];
    this.only(until > 0 ? [...buttons, "undo"] : buttons);
    if (verdict.due.length > 0) {
      this.typedField().value = "";
      const form = /** @type {HTMLFormElement} */ (part(this.root, "confirm"));
      form.reset();
      this.askForNote();
      part(this.root, "problem").hidden = true;
    }
  }

  /** @param {string} missing */
  tellNoCamera(missing) {
    const aim = part(this.root, "aim");
    aim.replaceChildren();
    for (const name of [missing, `${missing}_why`]) {
      const line = document.createElement(name === missing ? "strong" : "span");
      line.textContent = this.words[name] ?? "";
      aim.append(line, " ");
    }
    part(this.root, "viewfinder").classList.add("without-camera");
  }

  look() {
    this.board.hide();
    this.only([]);
    this.say("aim");
    this.typedField().value = "";
  }

  /** @returns {HTMLInputElement} */
  typedField() {
    return /** @type {HTMLInputElement} */ (part(this.root, "typed").querySelector("input"));
  }

  /** @param {string} name */
  say(name) {
    if (!part(this.root, "viewfinder").classList.contains("without-camera")) {
      part(this.root, "aim").textContent = this.words[name] ?? "";
    }
  }

  /** Show these buttons and none of the others; typing and tools stand back while an answer is shown. @param {string[]} names */
  only(names) {
    for (const name of BUTTONS) {
      part(this.root, name).hidden = !names.includes(name);
    }
    part(this.root, "typed").hidden = names.includes("confirm") || names.includes("undo");
    part(this.root, "tools").hidden = names.length > 0;
  }

  askForNote() {
    const collector = this.root.querySelector('input[name="collector"]:checked');
    const isGuardian = collector instanceof HTMLInputElement && collector.value === "guardian";
    part(this.root, "note-field").hidden = isGuardian;
  }

  switchHands() {
    const button = part(this.root, "hand");
    const turn = (/** @type {boolean} */ isLeft) => {
      this.root.classList.toggle("left-hand", isLeft);
      button.setAttribute("aria-pressed", String(isLeft));
      localStorage.setItem("hand", isLeft ? "left" : "right");
    };
    turn(localStorage.getItem("hand") === "left");
    button.addEventListener("click", () => turn(!this.root.classList.contains("left-hand")));
  }

  /** @returns {boolean} whether an answer waits for the operator's tap */
  isAsking() {
    return !part(this.root, "confirm").hidden;
  }
}

/** @returns {string} four signs that name this phone in the history; they say nothing about a person */
function deviceName() {
  const known = localStorage.getItem("device");
  if (known !== null) {
    return known;
  }
  const signs = [...crypto.getRandomValues(new Uint8Array(4))].map((byte) => DEVICE_SIGNS[byte % DEVICE_SIGNS.length]);
  localStorage.setItem("device", signs.join(""));
  return signs.join("");
}

/** @param {HTMLElement} element */
export async function start(element) {
  void new ScanPage(element, await openDesk(element)).start();
}

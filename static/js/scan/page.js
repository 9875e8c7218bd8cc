/** The scan page: a text comes in by camera, scanner or hand; the server answers; one tap confirms. */

import { hasFrame, startCamera } from "./camera.js";
import { makeDecoder } from "./decoder.js";
import { ask } from "./network.js";
import { makeMemory } from "./repeats.js";
import { signal } from "./sound.js";
import { part, VerdictBoard } from "./verdict.js";
import { listenToWedge } from "./wedge.js";

/** @typedef {import("./types.js").Way} Way */
/** @typedef {import("./types.js").Verdict} Verdict */
/** @typedef {import("./types.js").Words} Words */
/** @typedef {import("./network.js").Answer} Answer */

const LONGEST = 4000;
const FRAME_PAUSE = 120;
const BUTTONS = ["confirm", "again", "next", "undo"];
const DEVICE_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

class ScanPage {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {Words} */
    this.words = JSON.parse(document.getElementById("scan-words")?.textContent ?? "{}");
    this.board = new VerdictBoard(root, this.words, () => this.look());
    this.isRepeat = makeMemory();
    this.text = "";
    this.asked = 0;
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
    signal("seen");
    this.say("checking");
    const body = { text: this.text, way, point: this.point() };
    await this.send("check", body, { unsure: false, retry: () => void this.recheck(way) });
  }

  /** @param {Way} way */
  async recheck(way) {
    await this.send("check", { text: this.text, way, point: this.point() }, { unsure: false, retry: this.retry });
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
    const body = {
      key: crypto.randomUUID(),
      text: this.text,
      point: this.point(),
      sets,
      sizes: this.board.chosenSizes(sets),
      collector,
      note,
      device: deviceName(),
      claimed_at: new Date().toISOString(),
    };
    const retry = () => void this.send("handOver", body, { unsure: true, retry });
    retry();
  }

  async undo() {
    const body = { hand_over: this.undoable, reason: this.words["undo_reason"] ?? "" };
    const retry = () => void this.send("undo", body, { unsure: true, retry });
    await this.send("undo", body, { unsure: true, retry });
  }

  /**
   * Send something and show whatever comes of it.
   * @param {"check" | "handOver" | "undo"} what
   * @param {Record<string, unknown>} body
   * @param {{ unsure: boolean, retry: () => void }} after `unsure`: without an answer it may still have been done
   */
  async send(what, body, after) {
    if (this.busy) {
      return;
    }
    this.busy = true;
    this.root.setAttribute("aria-busy", "true");
    const answer = await ask(this.root.dataset[what] ?? "", this.root.dataset["token"] ?? "", body);
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

  /** @returns {number} */
  point() {
    return Number(this.root.dataset["point"]);
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
export function start(element) {
  void new ScanPage(element).start();
}

/** The scan page: a text comes in by camera, scanner or hand; the desk answers; one tap confirms. */

import { stayAwake } from "./awake.js";
import { commandOf } from "./commands.js";
import { FamilyView } from "./family.js";
import { openDesk } from "./open_desk.js";
import { deviceName } from "./preferences.js";
import { Question } from "./question.js";
import { offerReceipt } from "./receipt.js";
import { makeMemory } from "./repeats.js";
import { SeveralList } from "./several.js";
import { signal } from "./sound.js";
import { useTools } from "./tools.js";
import { Undoing } from "./undoing.js";
import { part, VerdictBoard } from "./verdict.js";
import { Viewfinder } from "./viewfinder.js";
import { listenToWedge } from "./wedge.js";

/** @typedef {import("./types.js").Way} Way */
/** @typedef {import("./types.js").Verdict} Verdict */
/** @typedef {import("./types.js").Words} Words */
/** @typedef {import("./types.js").Answer} Answer */
/** @typedef {import("./types.js").Asked} Asked */
/** @typedef {import("./types.js").Desk} Desk */

const LONGEST = 4000;
const BUTTONS = ["confirm", "again", "next", "undo", "receipt", "turn"];

/** A tap so soon after another voucher took the place of the one on the screen was meant for that one (milliseconds). */
const MISTAP = 500;

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
    this.board = new VerdictBoard(root, () => this.look());
    this.question = new Question(root, this.words, this.board);
    this.family = new FamilyView(root);
    this.several = new SeveralList(root, this.words, desk);
    this.undoing = new Undoing(root, (id, reason) => this.undo(id, reason));
    this.viewfinder = new Viewfinder(root, this.words, {
      seen: (texts) => this.seen(texts),
      wide: () => this.isAsking(),
    });
    this.isRepeat = makeMemory();
    this.text = "";
    /** @type {Way} */
    this.way = "camera";
    this.busy = false;
    /** @type {{ text: string, way: Way } | null} what came in while the desk was asked */
    this.waiting = null;
    /** @type {Verdict | null} */
    this.verdict = null;
    /** @type {ReturnType<Question["counted"]>} what the family is shown */
    this.shown = [];
    this.swappedAt = Number.NEGATIVE_INFINITY;
    /** @type {() => void} */
    this.retry = () => this.look();
  }

  start() {
    this.listen();
    this.viewfinder.listen();
    useTools(this.root, this.viewfinder, {
      several: (isOpen) => this.several.turn(isOpen),
      look: () => this.look(),
    });
    this.look();
    part(this.root, "desk").textContent = this.words[`desk_${this.desk.kind}`] ?? "";
    stayAwake(() => {
      part(this.root, "may-sleep").hidden = false;
    });
    void this.viewfinder.open();
  }

  listen() {
    listenToWedge(
      (text) => {
        this.typedField().value = "";
        void this.scanned(text, "wedge");
      },
      undefined,
      this.typedField(),
    );
    part(this.root, "typed").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.scanned(this.typedField().value.trim(), "typed");
    });
    part(this.root, "confirm").addEventListener("submit", (event) => {
      event.preventDefault();
      this.confirm();
    });
    part(this.root, "next").addEventListener("click", () => this.look());
    part(this.root, "again").addEventListener("click", () => this.retry());
    part(this.root, "turn").addEventListener("click", () => {
      const kits = this.isAsking() ? this.question.counted() : this.shown;
      this.family.open(FamilyView.answerOf(this.verdict), kits, this.verdict?.family_language ?? "kk");
    });
    part(this.root, "camera-again").addEventListener("click", () => void this.viewfinder.open());
  }

  /** @param {string[]} texts what the camera sees at once */
  async seen(texts) {
    const others = texts.filter((text) => !this.isAsking() || text !== this.text);
    const [text, ...more] = others;
    if (text === undefined) {
      return;
    }
    if (more.length === 0) {
      await this.scanned(text, "camera");
    } else if (
      !this.busy &&
      !this.isAsking() &&
      !this.isRepeat([...texts].sort().join(" "), "camera", performance.now())
    ) {
      this.tellWords("attention", "two_codes");
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
    if (this.obey(text) || (way !== "typed" && this.isAsking() && this.question.takeBox(text))) {
      return;
    }
    signal("seen");
    if (this.several.isOpen) {
      this.busy = true;
      await this.several.add(text.slice(0, LONGEST), way);
      this.typedField().value = "";
      this.busy = false;
      await this.takeWaiting();
      return;
    }
    this.swappedAt = this.isAsking() ? performance.now() : Number.NEGATIVE_INFINITY;
    this.text = text.slice(0, LONGEST);
    this.way = way;
    this.viewfinder.say("checking");
    await this.check();
  }

  async check() {
    await this.send(() => this.desk.check(this.text, this.way), { unsure: false, retry: () => void this.check() });
  }

  /**
   * @param {string} text
   * @returns {boolean} whether it was a square that stands for a button
   */
  obey(text) {
    const command = commandOf(text);
    if (command === null) {
      return false;
    }
    const isOf = (/** @type {string} */ name) => !part(this.root, name).hidden;
    if (command === "GIVE" && this.isAsking()) {
      this.confirm();
    } else if (command === "NEXT") {
      this.look();
    } else if (command === "UNDO" && (isOf("undo") || this.undoing.isOpen)) {
      this.undoing.command();
    } else if (command === "PRINT" && isOf("receipt")) {
      /** @type {HTMLFormElement} */ (part(this.root, "receipt")).submit();
    } else if (command === "FINISH") {
      location.assign(this.root.dataset["finish"] ?? "");
    } else {
      this.tellWords("attention", "nothing_to_do");
    }
    return true;
  }

  confirm() {
    if (!this.question.isSettled() || performance.now() - this.swappedAt < MISTAP) {
      return;
    }
    /** @type {Asked} */
    const asked = {
      key: crypto.randomUUID(),
      text: this.text,
      way: this.way,
      ...this.question.asked(),
      device: deviceName(),
      claimed_at: new Date().toISOString(),
    };
    this.shown = this.question.counted();
    const retry = () => void this.send(() => this.desk.handOver(asked), { unsure: true, retry });
    retry();
  }

  /**
   * @param {string} id
   * @param {string} reason
   */
  undo(id, reason) {
    const retry = () => void this.send(() => this.desk.undo(id, reason), { unsure: true, retry });
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
    await this.takeWaiting();
  }

  async takeWaiting() {
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
    const { got } = answer;
    const again = part(this.root, "again");
    again.textContent = this.words[got === "signed_out" ? "open_again" : "try_again"] ?? "";
    if (got === "signed_out") {
      this.retry = () => location.reload();
    }
    const why =
      got === "refusal" ? answer.why : this.words[`${got}${unsure && got !== "signed_out" ? "_give" : ""}_why`];
    this.tellWords(got === "refusal" ? "attention" : "offline", got === "refusal" ? "refused" : got, why);
    this.only(got === "refusal" ? ["next"] : ["again", "next"]);
  }

  /**
   * Tell something that is no verdict of the desk.
   * @param {string} kind
   * @param {string} name of the words
   * @param {string} [why]
   */
  tellWords(kind, name, why = this.words[`${name}_why`]) {
    this.verdict = null;
    this.question.due.fill([]);
    this.board.show({ kind, words: this.words[name] ?? "", why: why ?? "", step: this.words[`${name}_step`] ?? "" });
    this.only(["next"]);
    this.pause();
  }

  /** @param {Verdict} verdict */
  tellVerdict(verdict) {
    const isAsking = verdict.due.length > 0;
    this.verdict = verdict;
    const kind = this.question.fill(verdict);
    this.board.show({ ...verdict, kind }, { stays: isAsking, sound: verdict.answer === "undone" ? "undone" : kind });
    if (verdict.answer !== "given") {
      this.shown = [];
    }
    this.undoing.offer(verdict, this.words["undo_until"] ?? "");
    const isGiven = offerReceipt(this.root, verdict.hand_over, this.desk.kind);
    this.only([
      ...(isAsking ? ["confirm"] : ["next"]),
      ...(verdict.undo_until === null ? [] : ["undo"]),
      ...(isGiven ? ["receipt"] : []),
      "turn",
    ]);
    if (isAsking) {
      this.typedField().value = "";
      this.question.weigh();
    }
    this.pause();
  }

  /** In the ways that read one at a time, the camera rests until it is asked again. */
  pause() {
    if (this.viewfinder.mode !== "continuous") {
      this.viewfinder.isReading = false;
    }
  }

  look() {
    this.verdict = null;
    this.shown = [];
    this.board.hide();
    this.only([]);
    const { mode } = this.viewfinder;
    this.viewfinder.isReading = mode !== "hold";
    this.viewfinder.say(this.several.isOpen ? "aim_several" : mode === "hold" ? "aim_hold" : "aim");
    this.typedField().value = "";
  }

  /** @returns {HTMLInputElement} */
  typedField() {
    return /** @type {HTMLInputElement} */ (part(this.root, "typed").querySelector("input"));
  }

  /** Show these buttons and none of the others; typing and tools stand back while an answer is shown. @param {string[]} names */
  only(names) {
    this.undoing.close();
    for (const name of BUTTONS) {
      part(this.root, name).hidden = !names.includes(name);
    }
    const isLooking = names.length === 0;
    part(this.root, "typed").hidden = ["confirm", "undo", "again"].some((name) => names.includes(name));
    part(this.root, "tools").hidden = !isLooking;
    part(this.root, "hold").hidden = this.viewfinder.mode !== "hold" || !isLooking;
  }

  /** @returns {boolean} whether an answer waits for the operator's tap */
  isAsking() {
    return !part(this.root, "confirm").hidden;
  }
}

/** @param {HTMLElement} element */
export async function start(element) {
  new ScanPage(element, await openDesk(element)).start();
}

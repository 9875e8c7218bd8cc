/**
 * Whether the network is good enough to wait for. Offline by itself after two failures among the last five requests, or when they take more than two
 * seconds on average; back after two good ones. Whoever may, can also say so by hand, and that is written down.
 */

const WINDOW = 5;
const FAILURES = 2;
const SLOW = 2000;
const GOOD = 2;

/** @typedef {{ ok: boolean, took: number }} Asking */
/** @typedef {"online" | "offline"} Mode */

export class ModeWatch {
  constructor() {
    /** @type {Asking[]} */
    this.last = [];
    this.good = 0;
    this.isOffline = false;
    /** @type {boolean} said by hand; nothing but a hand takes it back */
    this.byHand = false;
  }

  /** @returns {Mode} */
  get mode() {
    return this.byHand || this.isOffline ? "offline" : "online";
  }

  /**
   * Note how a request went. `took` is in milliseconds; 0 says nothing about the network's speed.
   * @param {Asking} asking
   * @returns {Mode}
   */
  note(asking) {
    this.last = [...this.last, asking].slice(-WINDOW);
    this.good = asking.ok && asking.took <= SLOW ? this.good + 1 : 0;
    if (this.isOffline && this.good >= GOOD) {
      this.isOffline = false;
      this.last = [];
    } else if (!this.isOffline && this.isBad()) {
      this.isOffline = true;
    }
    return this.mode;
  }

  /** @returns {boolean} */
  isBad() {
    const failures = this.last.filter((one) => !one.ok).length;
    const timed = this.last.filter((one) => one.ok && one.took > 0);
    const mean = timed.reduce((sum, one) => sum + one.took, 0) / timed.length;
    return failures >= FAILURES || (timed.length >= FAILURES && mean > SLOW);
  }

  /** The network itself says that it is gone, or back: then nothing is waited for. @param {boolean} isThere */
  network(isThere) {
    this.good = 0;
    if (!isThere) {
      this.isOffline = true;
    }
  }
}

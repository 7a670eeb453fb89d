// One connection after the other, each after a retry with jitter, as browsers do.
import { pause } from './pause.mjs';

const kLeastRetry = 50;
const kMostRetry = 500;

export class Connections {
  #connect;
  #random;
  #isOver;
  #isStopped = false;
  #now;
  #wake = () => {};
  #done;

  /** `connect()`: begins one: {ended, end(why)}, a promise and what ends it early. `isOver()`: whether another makes no sense. */
  constructor(connect, { random, isOver = () => false }) {
    this.#connect = connect;
    this.#random = random;
    this.#isOver = isOver;
    this.#done = this.#follow();
  }

  async #follow() {
    while (!this.#isStopped) {
      this.#now = this.#connect();
      await this.#now.ended;
      if (this.#isStopped || this.#isOver()) return;
      // Now and then somebody closes the laptop.
      const away = this.#random.below(30) === 0 ? this.#random.below(25_000) : 0;
      const timer = new Promise((resolve) => { this.#wake = resolve; });
      await Promise.race([pause(kLeastRetry + this.#random.below(kMostRetry) + away), timer]);
    }
  }

  /** Comes back at once, if it is away. */
  hurry() {
    this.#wake();
  }

  async stop() {
    this.#isStopped = true;
    this.#wake();
    this.#now?.end('stopped');
    await this.#done;
  }
}

/** A connection's end: by what happens, or by `silence` ms without `listen`; `onEnd(why)` is called once. */
export function ending(silence, onEnd) {
  let timer;
  let isOpen = true;
  let resolve;
  const ended = new Promise((done) => { resolve = done; });
  const end = (why) => {
    if (!isOpen) return;
    isOpen = false;
    clearTimeout(timer);
    onEnd(why);
    resolve();
  };
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(() => end('silence'), silence);
  };
  listen();
  return { ended, end, listen, isOpen: () => isOpen };
}

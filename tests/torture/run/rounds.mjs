import { pause } from './pause.mjs';

/** Does `round` again and again, with a pause of `every` ms between, half of it at random, until it is stopped. `first`: ms before the first. */
export class Rounds {
  #isStopped = false;
  #end;
  #stopped = new Promise((resolve) => { this.#end = resolve; });
  #done;

  constructor(round, { every, first = 0, random }) {
    this.#done = this.#work(round, every, first, random);
  }

  async #work(round, every, first, random) {
    if (first > 0) await this.#pause(first);
    while (!this.#isStopped) {
      await round();
      await this.#pause(every / 2 + random.below(every));
    }
  }

  /** Ends early when it is stopped. */
  #pause(ms) {
    return Promise.race([pause(ms), this.#stopped]);
  }

  /** Resolves when the round under way has ended. */
  stop() {
    this.#isStopped = true;
    this.#end();
    return this.#done;
  }
}

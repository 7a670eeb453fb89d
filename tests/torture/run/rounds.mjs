import { pause } from './pause.mjs';

/** Does `round` again and again, with a pause of `every` ms between, half of it at random, until it is stopped. */
export class Rounds {
  #isStopped = false;
  #done;

  constructor(round, { every, random }) {
    this.#done = this.#work(round, every, random);
  }

  async #work(round, every, random) {
    while (!this.#isStopped) {
      await round();
      await pause(every / 2 + random.below(every));
    }
  }

  /** Resolves when the round under way has ended. */
  stop() {
    this.#isStopped = true;
    return this.#done;
  }
}

/** Pauses between attempts: what the service asks for first, then random parts of a ceiling that doubles. */
export class Backoff {
  #attempts = 0;
  #first;
  #most;

  constructor({ first = 500, most = 30_000 } = {}) {
    this.#first = first;
    this.#most = most;
  }

  /** The pause before the next attempt in milliseconds, at least `least`. */
  next(least = 0) {
    const ceiling = Math.min(this.#most, this.#first * 2 ** Math.min(this.#attempts++, 20));
    return Math.max(least, ceiling / 2 + (Math.random() * ceiling) / 2);
  }

  /** After progress, not after a mere connect. */
  reset() {
    this.#attempts = 0;
  }
}

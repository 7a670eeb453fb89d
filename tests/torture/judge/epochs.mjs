// The names that the log had, in order. It gets another one only where the run made it get one.
export class Epochs {
  #names = [];
  #changes = [];  // when the engine was made to take another name

  change(at) {
    this.#changes.push(at);
  }

  /** Takes a name that was seen; one that the log cannot have had stays unknown. */
  learn(name) {
    if (name === undefined || this.#names.includes(name) || this.#names.length > this.#changes.length) return;
    this.#names.push(name);
  }

  /** Its place in the order; -1 if the log never had it. */
  indexOf(name) {
    return this.#names.indexOf(name);
  }

  /** Whether the log may have had a later name than this one by `at`; without one: than any. */
  isOver(name, at) {
    return this.#changes[name === undefined ? 0 : this.indexOf(name)] <= at;
  }

  get count() {
    return this.#names.length;
  }
}

// The names that the log had, in order, and which place in all of it an id means. It gets another name only where the run made it get one:
// the same log goes on under it, or a copy of it from before, so that what came after the copy is lost and its numbers are given again.
import { epochOf } from './cursor.mjs';

const kApart = 1e9;  // what a copy is given anew stands so far above what it lost

export class Epochs {
  #names = [];
  #changes = [];  // when the log was made to take another name
  #moves = new Map([[undefined, []]]);  // name: [{above, by}], rising: numbers above are places so much higher
  /** What was lost: {epoch, after, below, backupAt, from, to}; the copy was made at `backupAt`, and took the log's place between `from` and `to`. */
  losses = [];

  change(at) {
    this.#changes.push(at);
  }

  /** Takes a name that was seen; one that the log cannot have had stays unknown. */
  learn(name) {
    if (name === undefined || this.#names.includes(name) || this.#names.length > this.#changes.length) return;
    this.#moves.set(name, this.#moves.get(this.#names.at(-1)));
    this.#names.push(name);
  }

  /** A copy of the log up to `head` takes its place. */
  restore({ name, head, backupAt, from }) {
    const after = this.#placed(this.#moves.get(this.#names.at(-1)), head);
    this.learn(name);
    const below = (this.losses.length + 1) * kApart;
    this.#moves.set(name, [...this.#moves.get(name), { above: head, by: below - head }]);
    this.losses.push({ epoch: this.indexOf(name), after, below, backupAt, from, to: Infinity });
  }

  /** The engine is there again. */
  started(at) {
    const last = this.losses.at(-1);
    if (last?.to === Infinity) last.to = at;
  }

  #placed(moves, number) {
    return number + (moves.findLast(({ above }) => number > above)?.by ?? 0);
  }

  /** The place that an id means; NaN where it is none. */
  placeOf(id) {
    const number = Number(/^[a-z0-9]{1,16}-(\d+)$/.exec(id ?? '')?.[1]);
    return this.#placed(this.#moves.get(epochOf(id)) ?? [], number);
  }

  /** How what stands at a place was lost, if it was. */
  lossOf(place) {
    return this.losses.find(({ after, below }) => place > after && place < below);
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

// How large the store can have been, at most: whether the engine can have had to trim an event to keep within its bytes.
import { above, isKeyed } from './cursor.mjs';
import { bytesOf } from './event.mjs';

const kLate = 30_000;    // ms after its age's end, at most, until an event is trimmed: the engine is down, halted, or its disk is full
const kRecent = 5000;    // ms: what was written since the engine last looked how large it is
const kStep = 500;       // ms between the times that are looked at
const kShare = 32;       // of what there is, a step of the engine's trimming is one part in so many
const kNewest = 32;      // of what it may take, one part in so many stays whatever its size: half of what the engine leaves
const kAnswer = 200;     // bytes of a kept answer, with its key, at most
const kPlace = 40;       // and of each id in it
const kTask = 2000;      // of a task in one
const kBesides = 20_000; // bytes of tasks and of what nobody read of

/** What is trimmed first stands first. */
const kClasses = ['channels', 'updates', 'messages'];
export const classOf = (topic) => (isKeyed(topic) ? 'updates' : topic.startsWith('messages/') ? 'messages' : 'channels');

export class StoreSize {
  #known;
  #most;
  #longest;
  #answers = [];  // {at, kept}, rising: the bytes of all answers to what was asked by then; they stay for a day
  #sums = new Map(kClasses.map((name) => [name, { seqs: [], bytes: [0] }]));

  constructor(known) {
    const { limits } = known;
    this.#known = known;
    this.#most = limits.bytes ?? Infinity;
    this.#longest = Math.max(limits.channels, limits.messages, limits.updates, limits.deletions, limits.tasks) + kLate;
    let kept = 0;
    for (const { at, count } of known.keyed) {
      kept += kAnswer + (count ? count * kPlace : kTask);
      this.#answers.push({ at, kept });
    }
    for (const { seq, topic, data } of known.all) {
      const { seqs, bytes } = this.#sums.get(classOf(topic));
      seqs.push(seq);
      bytes.push(bytes.at(-1) + bytesOf(data));
    }
  }

  #between(name, after, through) {
    const { seqs, bytes } = this.#sums.get(name);
    return Math.max(0, bytes[above(seqs, through)] - bytes[above(seqs, after)]);
  }

  /** Whether what stands at `seq` may have been trimmed for the size of the store, by `at`. */
  mayHaveBeenTooLarge({ seq, topic }, at) {
    if (this.#most === Infinity || this.#isNewest(seq, at)) return false;
    for (let time = at; time > at - this.#longest; time -= kStep) {
      const head = this.#head(time);
      if (seq > head) return false;
      if (this.#largest(classOf(topic), seq, head, time) > this.#most) return true;
    }
    return false;
  }

  #isNewest(seq, at) {
    const head = this.#head(at);
    return kClasses.reduce((sum, name) => sum + this.#between(name, seq - 1, head), 0) <= this.#most / kNewest;
  }

  #answersAt(at) {
    const count = above(this.#answers, at, (one) => one.at);
    return count === 0 ? 0 : this.#answers[count - 1].kept;
  }

  #countBelow(seq) {
    return above(this.#known.all, seq, (event) => event.seq);
  }

  #head(at) {
    return Math.min(this.#known.highest(at), this.#known.all.at(-1)?.seq ?? 0);
  }

  /** The store's size at most, when an event of that class is trimmed that stands at `seq`: older ones of it are gone, and what is trimmed before. */
  #largest(name, seq, head, at) {
    const oldest = this.#head(at - this.#longest);
    const count = this.#countBelow(head) - this.#countBelow(oldest);
    const before = this.#known.all[Math.max(0, this.#countBelow(seq) - Math.ceil(count / kShare) - 2)].seq - 1;
    const recent = this.#head(at - kRecent);
    const place = kClasses.indexOf(name);
    const sizes = kClasses.map((one, i) => {
      if (i < place) return this.#between(one, recent, head);
      return this.#between(one, i === place ? Math.max(oldest, before) : oldest, head);
    });
    return sizes.reduce((sum, size) => sum + size, kBesides + this.#answersAt(at));
  }
}

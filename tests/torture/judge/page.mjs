// Holds each page of the log against what has to be in it.
import { isKeyed } from './cursor.mjs';

export class PageJudge {
  #known;
  #policy;
  #findings;
  #trimmed = new Map();  // sequence: for what it may be gone

  constructor({ known, policy, findings }) {
    this.#known = known;
    this.#policy = policy;
    this.#findings = findings;
  }

  judge({ at, by, status, topic, after, through, events }) {
    if (status !== 200) return;
    const place = after === undefined ? 0 : this.#known.placeOf(after);
    const there = events.map(({ id }) => this.#known.placeOf(id));
    const isThere = new Set(there);
    if (there.some((seq, i) => seq <= (there[i - 1] ?? place) || seq > this.#known.placeOf(through))) {
      this.#findings.add('Ordered', `${by} at ${at} ms: a page of ${topic} from ${after} to ${through} has ${there.join(', ')}`);
    }
    // A page from the oldest of a task topic may begin above states that are kept, so that the next one is not refused.
    const from = after === undefined && isKeyed(topic) ? (there[0] ?? Infinity) - 1 : place;
    for (const event of this.#known.range(topic, from, this.#known.placeOf(through))) {
      const { seq } = event;
      if (isThere.has(seq)) continue;
      const cause = this.#policy.causeOf(event, at);
      if (cause) this.#trimmed.set(seq, cause);
      else this.#findings.add('Reliable', `${by} at ${at} ms: a page of ${topic} from ${after} to ${through} has no ${seq}, which cannot have been trimmed`);
    }
  }

  /** How many events were missing, and for what they may be gone. */
  get trimmed() {
    const counts = {};
    for (const cause of this.#trimmed.values()) counts[cause] = (counts[cause] ?? 0) + 1;
    return counts;
  }
}

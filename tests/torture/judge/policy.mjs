// What the engine may have trimmed by when, by the limits of the run. Whatever these do not allow has no cause.
import { above, isKeyed } from './cursor.mjs';
import { classOf, StoreSize } from './store_size.mjs';

const kSlack = 250;     // ms: two clocks are read one after the other
const kUnnoted = 1500;  // ms: an engine that is killed so soon after a jump of its clock may not have noted it, and takes it for time that went by
const kEnded = ['succeeded', 'failed', 'cancelled'];

export class Policy {
  #known;
  #limits;
  #size;

  constructor(known) {
    this.#known = known;
    this.#limits = known.limits;
    this.#size = new StoreSize(known);
  }

  /** How old what stands at `seq` can be at most, at `at`. */
  #age(seq, at) {
    const since = this.#known.earliest(seq);
    const jumped = this.#known.jumps
      .filter((jump) => jump.by > 0 && jump.at >= since && jump.countsFrom <= at && jump.killedAt - jump.at < kUnnoted)
      .reduce((sum, { by }) => sum + by, 0);
    return at - since + jumped + kSlack;
  }

  #limitOf({ topic, isDeletion }) {
    return this.#limits[isDeletion ? 'deletions' : classOf(topic)];
  }

  /** Whether an event may be gone from the store at `at`. */
  mayBeTrimmed(event, at) {
    return this.causeOf(event, at) !== undefined;
  }

  /** For what an event may be gone from the store at `at`: age, number, bytes, or a copy from before it; nothing if it has to be there. */
  causeOf(event, at) {
    if (event.loss?.from <= at) return 'copy';
    const head = this.#known.highest(at);
    if (event.seq > head) return undefined;
    if (event.task && !event.isDeletion && !this.isSuperseded(event, head, at) && !this.mayBeDeleted(event, at)) return undefined;
    if (this.#age(event.seq, at) >= this.#limitOf(event)) return 'age';
    if (event.isDeletion) return undefined;
    if (this.#known.count(event.topic, event.seq, head) >= this.#limits.perTopic) return 'number';
    return this.#size.mayHaveBeenTooLarge(event, at) ? 'bytes' : undefined;
  }

  /** Whether a later event of its task was there, at or below `head`; at `at`, if that is told, not one that had been lost. */
  isSuperseded({ task, seq }, head, at = -Infinity) {
    const events = this.#known.ofTask(task);
    const next = events.slice(above(events, seq, (event) => event.seq)).find(({ loss }) => !(loss?.to <= at));
    return next !== undefined && next.seq <= head;
  }

  /**
   * Whether the task, of which this is the last that is known, may have been deleted by `at`: its deletion may have been trimmed before
   * anybody read of it.
   */
  mayBeDeleted({ seq, topic, task, status }, at) {
    if (!kEnded.includes(status)) return false;
    if ((this.#known.deletes.get(task) ?? Infinity) <= at || this.#age(seq, at) >= this.#limits.tasks) return true;
    const later = new Set(this.#known.range(topic, seq, this.#known.highest(at)).map((event) => event.task));
    return later.size >= this.#limits.tasksPerUser;
  }

  /** Whether a cursor may be refused as expired, at `at`. */
  mayExpire(topics, cursor, at) {
    const isCause = (event) => (!event.task || event.isDeletion) && ![undefined, 'copy'].includes(this.causeOf(event, at));
    return topics.some((topic) => this.#known.range(topic, cursor, Infinity).some(isCause)) || this.#mayHaveBeenForgotten(topics, cursor, at);
  }

  /** Whether a reader of task topics may be told that superseded events were left out after `cursor`, at `at`; for being behind only beyond `maxLag`. */
  maySkip(topics, cursor, at, maxLag = this.#limits.maxLag) {
    const head = this.#known.highest(at);
    const isCause = (topic) => {
      const ahead = this.#known.range(topic, cursor, head);
      return ahead.length > maxLag || ahead.some((event) => this.mayBeTrimmed(event, at));
    };
    return topics.some((topic) => isKeyed(topic) && isCause(topic)) || this.#mayHaveLostUnread(cursor, head, at) || this.#mayHaveBeenForgotten(topics, cursor, at);
  }

  /** Whether an event after `cursor` may have been superseded and trimmed before anybody read it: all were cut off meanwhile. */
  #mayHaveLostUnread(cursor, head, at) {
    for (let seq = cursor + 1; seq <= head && this.#age(seq, at) >= this.#limits.updates; seq += 1) {
      if (!this.#known.get(seq)) return true;
    }
    return false;
  }

  /**
   * A topic of which nothing was kept at some time has lost its row, and takes the floors of others that lost theirs: so it may
   * refuse a cursor below what was trimmed of another.
   */
  #mayHaveBeenForgotten(topics, cursor, at) {
    return topics.some((topic) => this.#hadNoRow(topic, cursor, at)) && this.#known.topics().some((topic) => this.#hadNoRow(topic, cursor, at, 1));
  }

  #isForgettable(topic, below, at) {
    const through = Math.min(below, this.#known.highest(at));
    const mayBeGone = (event) => this.mayBeTrimmed(event, at);
    // Without keys the oldest goes first; with them the newest is the likeliest to have stayed.
    return this.#known.isTrueBackwards(topic, through, mayBeGone, isKeyed(topic) ? Infinity : 1);
  }

  /** Whether there was a time, after `cursor` was given, at which nothing of the topic was kept; and `least` events of it above `cursor` had been there. */
  #hadNoRow(topic, cursor, at, least = 0) {
    const events = this.#known.range(topic, cursor, this.#known.highest(at));
    const times = [...events.map(({ seq }) => [seq - 1, this.#known.latest(seq)]), [Infinity, at]].slice(least);
    return times.some(([below, time]) => this.#isForgettable(topic, below, Math.min(at, time)));
  }
}

// Follows one client of an event stream through its connections, and holds what it got against the log.
import { above, epochOf, isKeyed } from './cursor.mjs';
import { eventOf } from './event.mjs';
import { View } from './view.mjs';

const kEnds = new Set(['succeeded', 'failed', 'cancelled']);
const kAnswered = 5000;  // ms that an answer takes, at most
const kRemembered = 5000;
const kTaskTypes = ['taskUpdate', 'taskDeleted'];
const kOwnWords = /^(<3: Keep alive|User '.*' connected)$/;

export class ReaderJudge {
  #known;
  #policy;
  #findings;
  #name;
  #topics;
  #task;
  #types;
  #isEnveloped;
  #maxLag;
  #isOver = false;    // told that nothing will follow
  #place;             // what it was given everything up to; nothing before its first id
  #since = 0;         // tasks that have not changed since then it need not know: it began with `now`
  #isBookmark = true; // whether an id without event says so
  #got = [];          // sequences, rising: those that it got with ids since the last reset
  #missed = new Map();  // sequence: what was found about it
  #skips = [];
  #phase;             // start: before the first id or reset of a connection; run; state
  #after;
  #from;
  #state;
  #view;
  #epoch = -1;        // which name of the log its last id had
  events = 0;
  resets = new Map(); // reason: how often
  skipped = 0;

  /**
   * `topics`, none being all, and `task` where it follows one alone; `types`, where it wants only those; `envelope`: whether events come in one;
   * `isWhole`: whether it gets superseded events however far it is behind.
   */
  constructor(name, { topics, task, types, envelope = false, isWhole }, { known, policy, findings }) {
    this.#name = name;
    this.#topics = topics.length > 0 ? topics : known.topics();
    this.#task = task;
    this.#types = types;
    this.#isEnveloped = envelope;
    this.#maxLag = isWhole ? Infinity : undefined;
    this.#view = new View(known);
    this.#known = known;
    this.#policy = policy;
    this.#findings = findings;
  }

  #find(name, at, text) {
    this.#findings.add(name, `${this.#name} at ${at} ms: ${text}`);
  }

  open({ after, from }) {
    this.#after = after;
    this.#from = from;
    this.#phase = 'start';
    this.#state = undefined;
    this.#skips = [];
  }

  /** 204 ends the stream of one task, once its end was given; 404 says that it is gone. */
  opened({ at, status }) {
    if (this.#task === undefined || (status !== 204 && status !== 404)) return;
    this.#isOver = true;
    if (this.#known.epochs.losses.some(({ from, to }) => at > from && at < to + kAnswered)) return;  // it may tell of either log
    const events = this.#known.ofTask(this.#task).filter(({ loss }) => !(loss?.to <= at));
    const last = events.at(-1);
    // Who tries it again later opens the stream anew.
    const hasEnded = kEnds.has(events.findLast(({ seq }) => seq <= this.#place)?.status);
    if (status === 204 && this.#place !== undefined && last && !last.isDeletion && this.#place < last.seq && !hasEnded) {
      this.#find('Reliable', at, `the stream of ${this.#task} is over, and its end, ${last.seq}, was not given`);
    }
    if (status === 404 && last && !last.isDeletion && !this.#policy.mayBeDeleted(last, at)) this.#find('Reliable', at, `task ${this.#task} is not there, and nothing deleted it`);
  }

  #wants({ task, type, loss }) {
    if (loss?.epoch <= this.#epoch) return false;
    return (this.#task === undefined || task === this.#task) && (this.#types?.includes(type) ?? true);
  }

  got(line) {
    const { at, id, event, data, cursor } = line;
    if (id !== undefined) this.#nameOfLog(at, id, event);
    if (event === 'reset') return this.#reset(at, JSON.parse(data));
    if (event === 'synced') return this.#synced(at, id, JSON.parse(data));
    if (event === 'skipped') return this.#skip(at, JSON.parse(data));
    if (event === 'upstream') return undefined;
    const told = eventOf(event, data, this.#known.byData);
    if (told) return this.#event(at, id, told, cursor);
    const isOfTheStream = data === undefined || event === 'heartbeat' || (event === undefined && kOwnWords.test(data));
    if (!isOfTheStream) this.#find('Unique', at, `an event that nobody published: ${event} ${data}`);
    return id === undefined ? undefined : this.#bookmark(at, id);
  }

  /** The log may have another name only after a reset. */
  #nameOfLog(at, id, event) {
    const epoch = this.#known.epochs.indexOf(epochOf(id));
    if (epoch < 0) this.#find('Resumable', at, `the id ${id} is of no log that there was`);
    else if (epoch < this.#epoch) this.#find('Resumable', at, `the id ${id} is of a log that had ended for this reader`);
    else if (epoch > this.#epoch && this.#epoch >= 0 && event !== 'synced') this.#find('Told', at, `the id ${id} is of another log, and no reset told so`);
    this.#epoch = Math.max(this.#epoch, epoch);
  }

  #bookmark(at, id) {
    const seq = this.#known.placeOf(id);
    if (this.#state) return this.#find('Bookmark', at, `the id ${id} came between reset and synced`);
    if (this.#phase === 'start' && this.#after !== undefined && id !== this.#after) {
      this.#find('Bookmark', at, `resumed after ${this.#after}, the stream says that it starts after ${id}`);
    }
    if (seq > this.#known.highest(at)) this.#find('Bookmark', at, `the id ${id} was given before the log can have come so far`);
    if (this.#place === undefined) [this.#place, this.#since] = [seq, seq];
    else if (seq < this.#place) this.#find('Bookmark', at, `the id ${id} came after ${this.#place}`);
    else this.#advance(at, seq, 'Bookmark');
    this.#phase = 'run';
    this.#isBookmark = true;
    return undefined;
  }

  /** Everything owed up to `through` has been given by now; what has not is found under `name`. */
  #advance(at, through, name, given) {
    for (const topic of this.#topics) {
      for (const event of this.#known.range(topic, this.#place, through)) {
        if (event.seq !== given && this.#wants(event) && !this.#isSkipped(event)) this.#missing(at, event, through, name);
      }
    }
    this.#place = through;
    this.#skips = this.#skips.filter(({ to }) => to > through);
  }

  #missing(at, event, through, name) {
    const { batch, seq, topic, type } = event;
    const isInPart = batch?.sequences.some((other) => this.#has(other));
    const text = `${seq} of ${topic} (${type}) was left out before ${through}`;
    this.#missed.set(seq, isInPart ? ['Atomic', at, `${text}, others of ${batch.key} were not`] : [name, at, text]);
  }

  #isSkipped(event) {
    if (!event.task || event.isDeletion || !this.#policy.isSuperseded(event, Infinity)) return false;
    return this.#skips.some(({ from, to }) => event.seq > from && event.seq <= to);
  }

  #has(seq) {
    const place = above(this.#got, seq);
    return place > 0 && this.#got[place - 1] === seq;
  }

  #event(at, id, told, cursor) {
    this.events += 1;
    const own = id ?? told.id ?? cursor;
    const seq = own ? this.#known.placeOf(own) : told.sequence ?? NaN;
    const { topic, task, type, data, envelope } = told;
    if (!this.#topics.includes(topic) || !this.#wants(told)) {
      // Whose it is not, it does not count for what is owed.
      const wanted = [this.#task ?? this.#topics.join(', '), this.#types?.join(', ')].filter(Boolean).join(' and of it ');
      return this.#find('Isolated', at, `got ${id ?? seq} of ${topic} (${type}), and asked for ${wanted}`);
    }
    if (this.#isEnveloped !== (envelope !== undefined)) this.#find('Isolated', at, `${seq} came ${envelope ? 'in an' : 'without its'} envelope`);
    if (envelope && (envelope.topic !== topic || envelope.type !== type)) {
      this.#find('Isolated', at, `${seq} of ${topic} (${type}) came as one of ${envelope.topic} (${envelope.type})`);
    }
    const known = this.#known.get(seq);
    if (id !== undefined && known && (known.data !== data || known.type !== type)) {
      this.#find('Unique', at, `${id} is ${known.data} elsewhere, and here ${data}`);
    }
    if (task) this.#view.take(told, seq);
    if (this.#state) return this.#inState(at, id, seq, told);
    if (id === undefined) return this.#find('Bookmark', at, `${topic} ${type} ${data} came without an id, outside of a state`);
    if (this.#phase === 'start') this.#find('Resumable', at, `${id} came before the stream said after which id it starts`);
    this.#phase = 'run';
    if (this.#place !== undefined && seq <= this.#place) return this.#again(at, id, seq);
    this.#got.push(seq);
    if (this.#got.length > 2 * kRemembered) this.#got.splice(0, kRemembered);
    this.#advance(at, seq, 'Reliable', seq);
    this.#isBookmark = false;
    return undefined;
  }

  #again(at, id, seq) {
    if (this.#has(seq)) return this.#find('Unique', at, `got ${id} again`);
    this.#missed.delete(seq);  // not lost, but late
    return this.#find(this.#isBookmark ? 'Bookmark' : 'Ordered', at, `got ${id} after ${this.#place}`);
  }

  #inState(at, id, seq, { topic, formers = [] }) {
    if (id !== undefined) this.#find('Bookmark', at, `the id ${id} came between reset and synced`);
    if (Number.isNaN(seq)) return undefined;  // an event that nobody else has seen
    if (id === undefined && formers.length > 0) {  // it may be meant where it was lost, or where it is again
      formers.forEach((one) => this.#state.got.add(one));
      return undefined;
    }
    if (seq <= this.#state.last) {
      this.#find(this.#state.got.has(seq) ? 'Unique' : 'Ordered', at, `in a state, ${seq} of ${topic} came after ${this.#state.last}`);
    }
    this.#state.last = Math.max(this.#state.last, seq);
    this.#state.got.add(seq);
    return undefined;
  }

  #reset(at, { reason, cursor }) {
    this.resets.set(reason, (this.resets.get(reason) ?? 0) + 1);
    this.#view.clear();
    this.#since = 0;
    let others;  // those without keys are owed after this
    if (reason === 'start') {
      if (this.#after !== undefined) this.#find('Told', at, `a reset because the stream starts, though it resumed after ${this.#after}`);
      others = this.#from === 'earliest' ? 0 : Infinity;
    } else if (reason === 'expired') {
      others = this.#known.placeOf(cursor);
      const known = this.#place ?? this.#known.placeOf(this.#after);
      if (others < known) this.#find('Resumable', at, `${cursor} is refused, though ${known} was reached`);
      if (!this.#policy.mayExpire(this.#topics, others, at)) {
        this.#find('Told', at, `${cursor} is said to have expired, and nothing after it can have been trimmed of ${this.#topics.join(', ')}`);
      }
    } else if (reason === 'epoch' && this.#known.epochs.isOver(epochOf(cursor), at)) {
      others = 0;
    } else {
      this.#find('Told', at, `a reset for ${reason} (${cursor}), which has no cause in this run`);
      others = 0;
    }
    this.#phase = 'run';
    this.#state = { got: new Set(), last: 0, others, owes: reason === 'epoch' ? 'Reliable' : 'Bookmark' };
  }

  #synced(at, id, { cursor }) {
    if (!this.#state) return this.#find('Told', at, 'synced without a reset');
    if (id !== cursor) this.#find('Bookmark', at, `synced with ${id} says ${cursor}`);
    const { got, others, owes } = this.#state;
    const seq = this.#known.placeOf(id);
    if (seq > this.#known.highest(at)) this.#find('Bookmark', at, `synced with ${id} was given before the log can have come so far`);
    for (const topic of this.#topics) {
      if (isKeyed(topic)) this.#checkTasks(at, topic, seq, got, owes);
      else this.#checkKept(at, topic, others, seq, got, owes);
    }
    this.#state = undefined;
    this.#place = seq;
    this.#isBookmark = true;
    this.#got = [...got].filter((one) => one <= seq).sort((a, b) => a - b);
    return undefined;
  }

  #checkTasks(at, topic, seq, got, owes) {
    for (const task of this.#known.tasksOf(topic)) {
      const events = this.#known.ofTask(task).filter(({ loss }) => !(loss?.epoch <= this.#epoch));
      const place = above(events, seq, (event) => event.seq);
      const last = events[place - 1];
      if (!last || last.isDeletion || !this.#wants(last) || got.has(last.seq)) continue;
      // It went on while the state was read, and follows.
      if (place < events.length || this.#policy.mayBeDeleted(last, at)) continue;
      this.#find(owes, at, `synced with ${seq}, and the state had no ${last.seq}, the last of task ${task}`);
    }
    for (const one of got) {
      const event = this.#known.get(one);
      if (event?.topic === topic && event.isDeletion) this.#find('Told', at, `the state has the deletion ${one}`);
    }
  }

  #checkKept(at, topic, others, seq, got, owes) {
    if (others === Infinity) return;
    for (const event of this.#known.range(topic, others, seq)) {
      if (this.#wants(event) && !got.has(event.seq) && !this.#policy.mayBeTrimmed(event, at)) {
        this.#find(owes, at, `synced with ${seq}, and the state left out ${event.seq} of ${topic}, which cannot have been trimmed`);
      }
    }
  }

  #skip(at, { reason, from, to }) {
    this.skipped += 1;
    const range = { from: this.#known.placeOf(from), to: this.#known.placeOf(to) };
    if (reason !== 'lagged') this.#find('Told', at, `skipped for ${reason}`);
    if (this.#place !== undefined && range.from < this.#place) this.#find('Told', at, `skipped from ${from}, though ${this.#place} was reached`);
    if (!(range.to >= range.from)) this.#find('Told', at, `skipped from ${from} to ${to}`);
    if (!this.#policy.maySkip(this.#topics, range.from, at, this.#maxLag)) this.#find('Told', at, `skipped from ${from} to ${to}, and the reader was not behind`);
    this.#skips.push(range);
  }

  /** What it would show now, and how far it is. */
  end() {
    for (const found of this.#missed.values()) this.#find(...found);
    if (!this.#known.hasEnded) return undefined;
    if (this.#isOver) return undefined;
    const { mark } = this.#known;
    if (this.#place === undefined || this.#state) return this.#find('Resumable', 'the end', 'it never came to an id');
    if (this.#place < mark) return this.#find('Resumable', 'the end', `it is at ${this.#place}, and the log at ${mark}`);
    if (this.#task !== undefined || !kTaskTypes.every((type) => this.#types?.includes(type) ?? true)) return undefined;
    this.#view.mistakes(this.#topics, this.#place, this.#since).forEach((text) => this.#find('Reliable', 'the end', text));
    return undefined;
  }
}

// The log as the history shows it: every event that an answer, a page or a stream has told of, and since when it can have been there at the earliest.
import { above, epochOf } from './cursor.mjs';
import { Epochs } from './epochs.mjs';
import { eventOf, taskOf, topicOf } from './event.mjs';

const bySeq = ({ seq }) => seq;
const kDeadly = ['kill', 'epoch', 'restore'];  // what ends the engine

export class Known {
  #findings;
  #events = new Map();
  #topics = new Map();   // topic: its events in order
  #tasks = new Map();    // task: its events in order
  #sent = [];            // {seq, at}, rising: from seq on nothing can have been there before at
  #reached = [];         // {seq, at}, rising: at that time the history tells of seq
  #now;
  #unsent = [];          // {at, seq}, at falling: the lowest sequence of what was sent at or after at
  asks = new Map();
  byData = new Map();
  starts = new Map();
  deletes = new Map();   // task: when its deletion was asked for
  limits = {};
  jumps = [];
  kills = {};            // service: how often
  lists = [];
  finals = new Map();    // topic: {at, there}: the sequences of its last reading
  hasEnded = false;
  mark = 0;
  keyed = [];            // {at, count}, rising: requests under a key, whose answers are kept, with the events of each; of a start none
  epochs = new Epochs();
  #backupAt;
  #restoringAt;
  trouble = [];

  constructor(findings) {
    this.#findings = findings;
  }

  /** Takes the next line of the history. */
  take(line) {
    const { what } = line;
    this.#now = line.at;
    if (what === 'run') [this.limits, this.seed] = [line.limits, line.seed];
    else if (what === 'ask') this.#ask(line);
    else if (what === 'start') this.#start(line);
    else if (what === 'change') this.#change(line);
    else if (what === 'answer') this.#answer(line);
    else if (what === 'got') this.#got(line);
    else if (what === 'page') this.#page(line);
    else if (what === 'list') this.lists.push(line);
    else if (what === 'fault') this.#fault(line);
    else if (what === 'started' && line.who === 'engine') this.#restarted(line.at);
    else if (what === 'named') this.epochs.learn(line.epoch);
    else if (what === 'backup') this.#backupAt = line.at;
    else if (what === 'restoring') this.#restoring(line.at);
    else if (what === 'restored') this.epochs.restore({ name: line.epoch, head: line.head, backupAt: this.#backupAt, from: this.#restoringAt });
    else if (what === 'refused') this.trouble.push(`a Watch of ${line.by} was answered ${line.why}`);
    else if (what === 'crash') this.trouble.push(`${line.who} ended by itself (${line.code ?? line.signal})`);
    else if (what === 'end') [this.hasEnded, this.mark] = [true, this.placeOf(line.mark)];
  }

  #start(line) {
    this.starts.set(line.key, { ...line, sentAt: line.at });
    this.keyed.push({ at: line.at, count: 0 });
  }

  #ask(line) {
    this.keyed.push({ at: line.at, count: line.datas.length });
    const ask = { ...line, sequences: new Array(line.datas.length), isAnswered: false };
    this.asks.set(line.key, ask);
    line.datas.forEach((data, index) => this.byData.set(data, { ask, index }));
  }

  #change({ method, taskId, at }) {
    if (method === 'DELETE') this.deletes.set(taskId, at);
    else this.keyed.push({ at, count: 0 });
  }

  #answer({ key, status, id, ids, reason, by, taskId, at }) {
    const ask = this.asks.get(key) ?? this.starts.get(key);
    if (status === 503 || status === 429) return;
    if (ask) ask.isAnswered = true;
    if (this.asks.has(key)) {
      if (status !== 202) {
        this.trouble.push(`${key} of ${by} was answered ${status} ${reason}`);
        return;
      }
      ask.answeredAt = at;
      (ids ?? [id]).forEach((one, index) => this.#learn(one, { topic: topicOf(ask, index), type: ask.type, data: ask.datas[index] }, `answered to ${key}`));
    } else if (this.starts.has(key)) {
      if (status === 202) [ask.taskId, ask.answeredAt] = [taskId, at];
      else this.trouble.push(`${key} of ${by} was answered ${status} ${reason}`);
    }
  }

  #got({ id, cursor, event, data, by }) {
    this.epochs.learn(epochOf(id));
    const told = eventOf(event, data, this.byData);
    if (!told) return;
    // In a state phase a publication comes without id, and over gRPC with a cursor all the same.
    const own = told.id ?? id ?? cursor;
    if (own !== undefined) this.#learn(own, told, `received by ${by}`);
  }

  #page({ at, topic, status, events, isFinal, by, through }) {
    if (status !== 200) return;
    this.epochs.learn(epochOf(through));
    if (isFinal && !this.finals.has(topic)) this.finals.set(topic, { there: new Set() });
    if (isFinal) this.finals.get(topic).at = at;
    for (const { id, type, data } of events) {
      this.#learn(id, { topic, type, data, ...taskOf(type, data) }, `read by ${by}`);
      if (isFinal) this.finals.get(topic).there.add(this.placeOf(id));
    }
  }

  #fault({ lane, kind, at, seconds }) {
    if (kind === 'jump') this.jumps.push({ at, by: seconds * 1000 });
    if (kind === 'epoch') this.epochs.change(at);
    if (!kDeadly.includes(kind)) return;
    this.kills[lane] = (this.kills[lane] ?? 0) + 1;
    if (lane === 'engine') this.jumps.forEach((jump) => { jump.killedAt ??= at; });
  }

  #restoring(at) {
    this.#restoringAt = at;
    this.epochs.change(at);
  }

  #restarted(at) {
    this.epochs.started(at);
    this.jumps.forEach((jump) => { if (jump.killedAt !== undefined) jump.countsFrom ??= at; });
  }

  #learn(id, { topic, type, data, task, isDeletion, status, startedAt }, how) {
    this.epochs.learn(epochOf(id));
    const seq = this.placeOf(id);
    if (Number.isNaN(seq)) return this.#findings.add('Unique', `${id}, ${how}, is no id`);
    if (seq > (this.#reached.at(-1)?.seq ?? 0)) this.#reached.push({ seq, at: this.#now });
    const known = this.#events.get(seq);
    if (known) {
      known.startedAt ??= startedAt;
      if (known.topic !== topic || known.type !== type || known.data !== data) {
        const both = [known, { topic, type, data }].map((one) => `${one.topic} ${one.type} ${one.data}`);
        this.#findings.add('Unique', `${id} names two events: ${both[0]}, and ${how}: ${both[1]}`);
      }
      return;
    }
    const published = this.byData.get(data);
    const event = { seq, topic, type, data, task, isDeletion: Boolean(isDeletion), status, startedAt, sentAt: published?.ask.at ?? -Infinity };
    this.#events.set(seq, event);
    if (!published) {
      if (task) return;
      this.#findings.add('Unique', `${id}, ${how}, is an event that nobody published: ${topic} ${type} ${data}`);
      return;
    }
    const { ask, index } = published;
    event.batch = ask.datas.length > 1 ? ask : undefined;
    const place = topicOf(ask, index);
    if (place !== topic || ask.type !== type) {
      this.#findings.add('Isolated', `${ask.key}, published to ${place} as ${ask.type}, is ${id} in ${topic} as ${type}, ${how}`);
    }
    const former = ask.sequences[index];
    if (former === undefined || this.#isAgain(former, seq)) ask.sequences[index] = seq;
    else if (!this.#isAgain(seq, former)) this.#findings.add('Unique', `${ask.key} is in the log twice, as ${former} and ${seq}`);
    if (former !== undefined) ask.formers = [...(ask.formers ?? []), former, seq];
  }

  /** Whether what stood at `former` was lost with the log's later part, and was asked for again. */
  #isAgain(former, seq) {
    return this.epochs.lossOf(former)?.below <= seq;
  }

  /** The place of an id in all that the log ever was. */
  placeOf(id) {
    return this.epochs.placeOf(id);
  }

  /** Call once, after the last line. */
  finish() {
    const all = [...this.#events.values()].sort((a, b) => a.seq - b.seq);
    this.all = all;
    for (const event of all) {
      event.loss = this.epochs.lossOf(event.seq);
      push(this.#topics, event.topic, event);
      if (event.task) push(this.#tasks, event.task, event);
      if (event.sentAt > (this.#sent.at(-1)?.at ?? -Infinity)) this.#sent.push({ seq: event.seq, at: event.sentAt });
    }
    const bySent = all.filter(({ sentAt }) => sentAt > -Infinity).sort((a, b) => b.sentAt - a.sentAt);
    let least = Infinity;
    for (const { seq, sentAt } of bySent) {
      least = Math.min(least, seq);
      this.#unsent.push({ at: sentAt, seq: least });
    }
  }

  get(seq) {
    return this.#events.get(seq);
  }

  /** The events of a topic, in order. */
  of(topic) {
    return this.#topics.get(topic) ?? [];
  }

  topics() {
    return [...this.#topics.keys()];
  }

  /** The events of a topic above `after`, up to and with `through`. */
  range(topic, after, through) {
    const events = this.of(topic);
    return events.slice(above(events, after, bySeq), above(events, through, bySeq));
  }

  /** How many there are in that range. */
  count(topic, after, through) {
    const events = this.of(topic);
    return Math.max(0, above(events, through, bySeq) - above(events, after, bySeq));
  }

  /** Whether `condition` holds for the last events of a topic at or below `through`, `most` of them. */
  isTrueBackwards(topic, through, condition, most) {
    const events = this.of(topic);
    const end = above(events, through, bySeq) - 1;
    for (let place = end; place >= 0 && end - place < most; --place) {
      if (!condition(events[place])) return false;
    }
    return true;
  }

  ofTask(task) {
    return this.#tasks.get(task) ?? [];
  }

  tasks() {
    return [...this.#tasks.keys()];
  }

  tasksOf(topic) {
    return new Set(this.of(topic).map(({ task }) => task));
  }

  /** Before this time the log cannot have reached `seq`. */
  earliest(seq) {
    const place = above(this.#sent, seq, bySeq);
    return place === 0 ? -Infinity : this.#sent[place - 1].at;
  }

  /** By this time the log had reached `seq`. */
  latest(seq) {
    return this.#reached[above(this.#reached, seq - 1, bySeq)]?.at ?? Infinity;
  }

  /** The log's head at `at` was at most this. */
  highest(at) {
    const count = above(this.#unsent, -at - 1e-9, (one) => -one.at);  // of those sent after it
    return count === 0 ? Infinity : this.#unsent[count - 1].seq - 1;
  }
}

function push(map, key, value) {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

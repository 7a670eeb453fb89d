// Spoils a true history in one place, so that the validator can be seen to find it. Each by its name, with the guarantee that it breaks.
export const kMutations = {
  drop: 'Reliable',       // one event never reached one reader
  double: 'Unique',       // one came twice
  reorder: 'Ordered',     // two came the wrong way round
  leak: 'Isolated',       // one of another user came
  bookmark: 'Bookmark',   // a heartbeat's id claims more than was delivered
  reset: 'Told',          // a reset says `expired`, and nothing had
  split: 'Atomic',        // of a batch, a part is in the log
  skip: 'Told',           // superseded events are said to be left out for a reader that is not behind
  lose: 'Reliable',       // what was acknowledged is in no page and in no stream
  type: 'Isolated',       // one of a type that the reader did not ask for came
  envelope: 'Isolated',   // one came in an envelope with another topic
  watch: 'Reliable',      // one event never reached one watcher over gRPC
  page: 'Reliable',       // a page lacks an event
  epoch: 'Reliable',      // what was acknowledged is gone since the log has another name
  rename: 'Told',         // the log has another name, and a reader is not told
  twice: 'Unique',        // a start was carried out twice
  again: 'Unique',        // an attempt began twice
  fall: 'Ordered',        // an attempt is not as far as it was
  stale: 'Ordered',       // an attempt that was over goes on
  state: 'Ordered',       // a task that runs waits, in the same attempt
  refuse: 'Resumable',    // a reader comes back with its id, and never gets anywhere again
};

const kWhole = ['split', 'lose', 'refuse', 'epoch', 'twice', 'again', 'fall', 'stale', 'state'];  // these make other lines of all
const kOwn = ['heartbeat', 'synced', 'reset', 'skipped', 'upstream'];
const isEvent = ({ what, id, data = '<', event }) => what === 'got' && id !== undefined && !kOwn.includes(event) && !data.startsWith('<');
const kYoung = 5;  // of what could be left out, the less can have been trimmed of it the younger it is

const epochOf = ({ id }) => id.split('-')[0];
const sequenceOf = (id) => Number(id.split('-')[1]);

/** A history in which nothing can be spoiled in that way. */
export class NoPlace extends Error {}

/** The lines of `history`, spoiled by `mutation`; where there are several places for it, `choice` picks another one. Throws NoPlace. */
export function mutate(history, mutation, choice = 0) {
  const places = new Places(history, choice);
  const lines = [...history];
  const spoil = {
    drop: () => lines.splice(places.publication(), 1),
    double: () => {
      const at = places.publication();
      lines.splice(at + 1, 0, lines[at]);
    },
    watch: () => lines.splice(places.publication(({ by }) => by.startsWith('grpc-')), 1),
    type: () => {
      const { line, at, to } = places.filtered();
      lines.splice(at, 0, { ...line, at: lines[at].at, ...to });
    },
    envelope: () => {
      const at = places.publication(({ by }) => places.readsSeveral(by));
      const { by } = lines[at];
      lines.forEach((line, index) => { if (line.by === by) lines[index] = places.inEnvelope(line); });
      const [envelope, ...data] = lines[at].data.split('\n');
      lines[at] = { ...lines[at], data: [JSON.stringify({ ...JSON.parse(envelope), topic: places.otherTopic(by, JSON.parse(envelope).topic) }), ...data].join('\n') };
    },
    page: () => {
      const { at, data } = places.page();
      lines[at] = { ...lines[at], events: lines[at].events.filter((event) => event.data !== data) };
    },
    epoch: () => {
      const { at, data } = places.kept();
      return [...lines.slice(0, at), ...withoutData(lines.slice(at), [data])];
    },
    twice: () => {
      const [one, other] = places.twins();
      return retold(lines, (task) => task.taskId === other[0].taskId && { taskName: one[0].taskName });
    },
    again: () => {
      const [, { eventId }] = places.steps((a, b) => a.startedAt && b.startedAt);
      return retold(lines, (task) => task.eventId === eventId && task.startedAt && { startedAt: '2000-01-01T00:00:00Z' });
    },
    fall: () => {
      const [before, { eventId }] = places.steps((a) => a.progressPercentage > 0 && a.done > 0);
      return retold(lines, (task) => task.eventId === eventId && { done: before.done - 1, progressPercentage: before.progressPercentage - 1 });
    },
    stale: () => {
      const { eventId, attempt } = places.later();
      return retold(lines, (task) => task.eventId === eventId && { attempt: attempt - 1 });
    },
    state: () => {
      const [, { eventId }] = places.steps((a, b) => a.status === 'running' && b.status === 'running');
      return retold(lines, (task) => task.eventId === eventId && { status: 'queued' });
    },
    rename: () => lines.splice(...places.renamed()),
    reorder: () => {
      const [first, second] = places.neighbours();
      [lines[first], lines[second]] = [{ ...lines[second], at: lines[first].at }, { ...lines[first], at: lines[second].at }];
    },
    leak: () => {
      const { from, to } = places.strangers();
      lines.splice(to + 1, 0, { ...lines[from], at: lines[to].at, by: lines[to].by, n: lines[to].n });
    },
    bookmark: () => {
      const at = places.publication();
      const { by, n, id, at: time } = lines[at];
      lines.splice(at, 0, { at: time, what: 'got', by, n, id, event: 'heartbeat', data: '{}' });
    },
    reset: () => {
      const { at, place } = places.opening();
      const { by, n, after, at: time } = lines[at];
      lines.splice(place, 1,
        { at: time, what: 'got', by, n, event: 'reset', data: JSON.stringify({ reason: 'expired', cursor: after }) },
        { at: time, what: 'got', by, n, id: after, event: 'synced', data: JSON.stringify({ cursor: after }) });
    },
    skip: () => {
      const { at, place } = places.opening(({ topics }) => topics.every((topic) => !topic.startsWith('tasks/')));
      const { by, n, after, at: time } = lines[at];
      lines.splice(place + 1, 0, { at: time, what: 'got', by, n, event: 'skipped', data: JSON.stringify({ reason: 'lagged', from: after, to: after }) });
    },
    split: () => {
      const ask = places.ask(({ datas }) => datas.length > 1);
      // Its last event was never committed, and its answer got lost.
      return withoutData(lines, [ask.datas.at(-1)]).filter(({ what, key }) => what !== 'answer' || key !== ask.key);
    },
    lose: () => withoutData(lines, places.ask(({ datas }) => datas.length === 1).datas),
    refuse: () => {
      const { by, at } = lines[places.publication()];
      return lines.filter((line) => line.what !== 'got' || line.by !== by || line.at <= at);
    },
  }[mutation];
  if (!spoil) throw new Error(`there is no mutation '${mutation}'; there are ${Object.keys(kMutations).join(', ')}`);
  const result = spoil();
  return kWhole.includes(mutation) ? result : lines;
}

function withoutData(lines, datas) {
  const isGone = ({ what, data }) => what === 'got' && datas.includes(data);
  return lines.filter((line) => !isGone(line)).map((line) => {
    if (line.what !== 'page' || !line.events) return line;
    return { ...line, events: line.events.filter(({ data }) => !datas.includes(data)) };
  });
}

/** An event of a task, as its line has it; nothing if it is none. `type`: its type, where the line has it beside the data. */
function taskIn(type, data) {
  const text = type === 'envelope' ? data.slice(data.indexOf('\n') + 1) : data;
  return ['taskUpdate', 'envelope'].includes(type) && text.includes('"taskId"') ? JSON.parse(text) : undefined;
}

/** The same lines, with other fields in each update of a task for which `change` has some. */
function retold(lines, change) {
  const told = (type, data) => {
    const task = taskIn(type, data);
    const fields = task && change(task);
    if (!fields) return data;
    const head = type === 'envelope' ? data.slice(0, data.indexOf('\n') + 1) : '';
    return head + JSON.stringify({ ...task, ...fields });
  };
  return lines.map((line) => {
    if (line.what === 'got' && line.data !== undefined) return { ...line, data: told(line.event, line.data) };
    if (line.what === 'page' && line.events) return { ...line, events: line.events.map((event) => ({ ...event, data: told(event.type, event.data) })) };
    return line;
  });
}

/** Where a history can be spoiled: the place in the middle of those that there are, or so many behind it. */
class Places {
  #lines;
  #choice;
  #singles;
  #opened;
  #bulky;

  constructor(lines, choice) {
    this.#lines = lines;
    this.#choice = choice;
    // Publications of one event, young enough at the end that they must still be there.
    this.#singles = new Map(lines.filter(({ what, datas }) => what === 'ask' && datas.length === 1).map((ask) => [ask.datas[0], ask]));
  }

  /** Whether nothing can have been trimmed at `at` for the size of the store. */
  #isCalm(at) {
    this.#bulky ??= this.#lines.filter(({ what, isBulk }) => what === 'ask' && isBulk).map(({ key, topic, at: from }) => {
      const answer = this.#lines.find((line) => line.what === 'answer' && line.key === key && line.status === 202);
      return { from, to: (answer?.at ?? Infinity) + (topic.startsWith('messages/') ? 50_000 : 5000) };
    });
    return this.#bulky.every(({ from, to }) => at < from || at > to);
  }

  #middle(list, what) {
    return this.#from(list.length >> 1, list, what);
  }

  #from(first, list, what) {
    if (list.length === 0) throw new NoPlace(`the history has no ${what}`);
    return list[(first + this.#choice) % list.length];
  }

  #indices(condition) {
    return this.#lines.flatMap((line, index) => (condition(line, index) ? [index] : []));
  }

  /** One event with an id that a reader got after another one in the same connection, and before another one. */
  publication(isWanted = () => true) {
    const seen = new Map();
    const candidates = [];
    this.#lines.forEach((line, index) => {
      if (line.what !== 'got') return;
      const connection = `${line.by} ${line.n}`;
      const before = seen.get(connection);
      seen.set(connection, { index, line });
      if (!before || !isEvent(line) || !isEvent(before.line) || !isWanted(line)) return;
      if (this.#singles.has(before.line.data) && before.line.id !== line.id) candidates.push(before.index);
    });
    return this.#middle(candidates.filter((index) => isFollowed(this.#lines, index)), 'event between two others');
  }

  /** A publication of a type that a reader of its topic did not ask for, and where one of that reader's lines is. */
  filtered() {
    const types = new Map(this.#lines.filter(({ what, types }) => what === 'open' && types).map((line) => [line.by, line]));
    const isHidden = ({ data }, { topics, types }) => {
      const ask = this.#singles.get(data);
      return ask !== undefined && topics.includes(ask.topic) && !types.includes(ask.type);
    };
    const candidates = this.#indices((line) => isEvent(line) && types.has(line.by)).flatMap((at) => {
      const { by, n } = this.#lines[at];
      const from = this.#indices((line, index) => index < at && index > at - 500 && isEvent(line) && line.event !== 'envelope' && isHidden(line, types.get(by)));
      return from.slice(-1).map((index) => ({ line: this.#lines[index], at, to: { by, n } }));
    });
    return this.#middle(candidates, 'event of another type');
  }

  /** Each task's updates, in order; of tasks that all tell of under one name of the log. */
  tasks() {
    const tasks = new Map();
    const take = (task) => task && tasks.set(task.taskId, new Map(tasks.get(task.taskId)).set(task.eventId, { ...tasks.get(task.taskId)?.get(task.eventId), ...task }));
    for (const { what, event, data, events } of this.#lines) {
      if (what === 'got' && data !== undefined) take(taskIn(event, data));
      if (what === 'page') events?.forEach((one) => take(taskIn(one.type, one.data)));
    }
    const seqOf = ({ eventId }) => sequenceOf(eventId);
    const lives = [...tasks.values()].map((events) => [...events.values()].sort((a, b) => seqOf(a) - seqOf(b)));
    const whole = lives.filter((events) => new Set(events.map(({ eventId }) => epochOf({ id: eventId }))).size === 1);
    return whole;
  }

  /** Two tasks that were started one after the other, under one name of the log. */
  twins() {
    const lives = this.tasks();
    const pairs = lives.slice(1).map((life, i) => [lives[i], life]);
    return this.#middle(pairs.filter(([a, b]) => epochOf({ id: a[0].eventId }) === epochOf({ id: b[0].eventId })), 'two tasks');
  }

  /** Two updates of one attempt, one after the other. */
  steps(isWanted) {
    const pairs = this.tasks().flatMap((events) => events.slice(1).map((event, i) => [events[i], event]));
    return this.#middle(pairs.filter(([a, b]) => a.attempt === b.attempt && isWanted(a, b)), 'two updates of one attempt');
  }

  /** An update of a later attempt that is not its first. */
  later() {
    const events = this.tasks().flatMap((events) => events.filter(({ attempt }, i) => i > 1 && attempt > 1 && events[i - 1].attempt === attempt));
    return this.#middle(events, 'update of a second attempt');
  }

  readsSeveral(by) {
    return this.#opens().get(by)?.topics.length > 1 && !this.#opens().get(by).envelope;
  }

  otherTopic(by, topic) {
    return this.#opens().get(by).topics.find((one) => one !== topic);
  }

  #opens() {
    this.#opened ??= new Map(this.#lines.filter(({ what }) => what === 'open').map((line) => [line.by, line]));
    return this.#opened;
  }

  /** The same line, had its reader asked for envelopes. */
  inEnvelope(line) {
    const { what, event, data } = line;
    if (what === 'open') return { ...line, envelope: true };
    if (what !== 'got' || data === undefined || kOwn.includes(event) || data.startsWith('<')) return line;
    const topic = event === 'taskUpdate' || event === 'taskDeleted' ? `tasks/${JSON.parse(data).userId}` : /"topic":"([^"]+)"/.exec(data)[1];
    return { ...line, event: 'envelope', data: `${JSON.stringify({ topic, type: event ?? 'message' })}\n${data}` };
  }

  /** A page with a young event between others. */
  page() {
    const candidates = this.#indices(({ what, status, events, after }) => what === 'page' && status === 200 && after && events.length > 1).flatMap((at) => {
      const ask = this.#singles.get(this.#lines[at].events.at(-1).data);
      return ask && this.#isCalm(this.#lines[at].at) ? [{ at, data: ask.datas[0], age: this.#lines[at].at - ask.at }] : [];
    });
    return this.#youngest(candidates, 'page with a young event');
  }

  /** A publication from before the log got another name, and the place of that; it was in a state or a page after it. */
  kept() {
    const inStates = this.#states().flatMap(({ from, to, change }) => this.#lines.slice(from, to).flatMap(({ what, by, data, at }) => {
      const ask = by === this.#lines[from].by && what === 'got' ? this.#singles.get(data) : undefined;
      return this.#isKept(ask, change, at) ? [{ at: change, data, age: at - ask.at }] : [];
    }));
    const change = this.#lines.findIndex(({ what, kind }) => what === 'fault' && kind === 'epoch');
    const inPages = this.#lines.slice(change).filter(({ what, status }) => what === 'page' && status === 200).flatMap(({ at, events }) => {
      const asks = events.map(({ data }) => this.#singles.get(data)).filter((ask) => this.#isKept(ask, change, at));
      return asks.map((ask) => ({ at: change, data: ask.datas[0], age: at - ask.at }));
    });
    const candidates = [...inStates, ...(change < 0 ? [] : inPages)];
    return this.#youngest(candidates, 'state under another name of the log');
  }

  #isKept(ask, change, at) {
    return ask !== undefined && ask.at < this.#lines[change].at && this.#isCalm(ask.at) && this.#isCalm(at);
  }

  #youngest(candidates, what) {
    return this.#middle(candidates.sort((a, b) => a.age - b.age).slice(0, kYoung), what);
  }

  /** From where to where each reader got the state that a change of the log's name made him get. */
  #states() {
    const open = new Map();
    const states = [];
    let change;
    this.#lines.forEach((line, index) => {
      if (line.what === 'fault' && line.kind === 'epoch') change = index;
      if (line.what !== 'got' || change === undefined) return;
      if (line.event === 'reset' && JSON.parse(line.data).reason === 'epoch' && JSON.parse(line.data).cursor) open.set(`${line.by} ${line.n}`, { from: index, change });
      if (line.event === 'synced' && open.has(`${line.by} ${line.n}`)) states.push({ ...open.get(`${line.by} ${line.n}`), to: index });
      if (line.event === 'synced') open.delete(`${line.by} ${line.n}`);
    });
    return states;
  }

  /** A reset for another name, that no line of others stands in: the place, and how many lines. */
  renamed() {
    const isAlone = ({ from, to }) => this.#lines.slice(from, to).every(({ by }) => by === this.#lines[from].by);
    const goesOn = ({ to }) => {
      const synced = this.#lines[to];
      const next = this.#lines.slice(to + 1, to + 5000).find(({ what, by, id }) => what === 'got' && by === synced.by && id);
      return next?.n === synced.n && next.event !== 'synced' && epochOf(next) === epochOf(synced);
    };
    return this.#middle(this.#states().filter(isAlone).filter(goesOn).map(({ from, to }) => [from, to - from + 1]), 'reset for another name of the log');
  }

  neighbours() {
    const first = this.publication();
    const { by, n } = this.#lines[first];
    const second = this.#lines.findIndex((line, index) => index > first && line.what === 'got' && line.by === by && line.n === n);
    return [first, second];
  }

  /** An event of a user, and an event of a reader who did not ask for it. */
  strangers() {
    const from = this.#middle(this.#indices((line) => isEvent(line) && line.event === 'taskUpdate'), 'task event');
    const { userId } = JSON.parse(this.#lines[from].data);
    const isStranger = ({ what, topics }) => what === 'open' && topics.length > 0 && !topics.includes(`tasks/${userId}`);
    const strangers = new Set(this.#lines.filter(isStranger).map(({ by }) => by));
    const to = this.#middle(this.#indices((line, index) => index > from && isEvent(line) && strangers.has(line.by) && epochOf(line) === epochOf(this.#lines[from])), 'stranger');
    return { from, to };
  }

  /** A connection that resumed, and its first block: the first of all, of a reader that had just been there, so that nothing can have expired for it. */
  opening(isWanted = () => true) {
    const candidates = [];
    const closed = new Map();
    const opened = new Map();
    this.#lines.forEach((line, index) => {
      const { what, by, n, at, id, after, event, data } = line;
      if (what === 'got' && id) closed.set(by, at);
      if (what === 'open' && after && isWanted(line) && at - (closed.get(by) ?? -Infinity) < 1000) opened.set(`${by} ${n}`, index);
      const open = opened.get(`${by} ${n}`);
      if (what !== 'got' || open === undefined) return;
      opened.delete(`${by} ${n}`);
      const isTheOwn = id === this.#lines[open].after && event === undefined && data === undefined;
      if (isTheOwn && this.#isCalm(at) && at - this.#lines[open].at < 1000) candidates.push({ at: open, place: index });
    });
    return this.#from(0, candidates, 'connection that resumes at once');  // the earlier, the less can have been trimmed
  }

  /** A publication that was answered, and came to readers, late enough that it has to be kept to the end. */
  ask(isWanted) {
    const answered = new Set(this.#lines.filter(({ what, status }) => what === 'answer' && status === 202).map(({ key }) => key));
    const got = new Set(this.#lines.filter(({ what }) => what === 'got').map(({ data }) => data));
    const wasRead = ({ what, key, datas }) => what === 'ask' && answered.has(key) && datas.every((data) => got.has(data));
    const candidates = this.#lines.filter((line) => wasRead(line) && isWanted(line));
    return this.#middle(candidates.slice(-9), 'publication that came to readers');
  }
}

/** Whether the reader gets more with an id in the same connection, so that its place goes on. */
function isFollowed(lines, index) {
  const { by, n, id } = lines[index];
  const isOfIt = (line) => isEvent(line) && line.by === by && line.n === n;
  return lines.slice(index + 1, index + 5000).some((line) => isOfIt(line) && sequenceOf(line.id) > sequenceOf(id));
}

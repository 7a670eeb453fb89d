// Small histories for the tests of the validator: each line a millisecond after the one before it.
import assert from 'node:assert/strict';
import { judge } from './judge/judge.mjs';

export class History {
  lines = [];
  #datas = new Map();
  #at = 0;

  constructor(limits = {}) {
    const ages = { channels: 10_000, messages: 10_000, updates: 10_000, deletions: 10_000, tasks: 10_000 };
    this.write('run', { limits: { ...ages, perTopic: 100, tasksPerUser: 10, maxLag: 5, ...limits } });
  }

  write(what, fields = {}) {
    this.#at += 1;
    this.lines.push({ at: this.#at, what, ...fields });
    return this;
  }

  /** Time goes by. */
  wait(ms) {
    this.#at += ms;
    return this;
  }

  /** A publication of as many events as it has sequences, and its answer. Before them there may be other fields of what was asked. */
  publish(key, topic, ...rest) {
    const fields = typeof rest[0] === 'object' ? rest.shift() : {};
    const sequences = rest;
    this.ask(key, topic, sequences.length, fields);
    sequences.forEach((seq, i) => this.#datas.set(seq, `${key}.${i}`));
    return this.write('answer', { by: 'writer', key, status: 202, ids: sequences.map((seq) => `e-${seq}`) });
  }

  ask(key, topic, count = 1, fields = {}) {
    return this.write('ask', { by: 'writer', key, topic, type: 'message', ...fields, datas: Array.from({ length: count }, (_, i) => `${key}.${i}`) });
  }

  /** A page after `after` up to `through`, with these events. */
  page(topic, after, through, ...events) {
    return this.write('page', { by: 'auditor', topic, status: 200, after: `e-${after}`, through: `e-${through}`, events });
  }

  /** What the log has of a task. */
  task(seq, user, taskId, { type = 'taskUpdate', status = 'running', ...fields } = {}) {
    const event = { id: `e-${seq}`, type, data: JSON.stringify({ eventId: `e-${seq}`, userId: user, taskId, status, ...fields }) };
    return this.page(`tasks/${user}`, seq - 1, seq, event);
  }

  open(topics, { n = 1, by = 'reader', ...fields } = {}) {
    return this.write('open', { by, n, topics, ...fields });
  }

  got(fields, by = 'reader') {
    return this.write('got', { by, n: 1, ...fields });
  }

  id(seq, epoch = 'e') {
    return this.got({ id: `${epoch}-${seq}` });
  }

  beat(seq) {
    return this.got({ id: `e-${seq}`, event: 'heartbeat', data: '{}' });
  }

  event(seq, data, epoch = 'e') {
    return this.got({ id: `${epoch}-${seq}`, data });
  }

  /** What was published at each of these. */
  events(...sequences) {
    sequences.forEach((seq) => this.event(seq, this.#datas.get(seq)));
    return this;
  }

  /** The same in a state. */
  state(...sequences) {
    sequences.forEach((seq) => this.got({ data: this.#datas.get(seq) }));
    return this;
  }

  /** A task's event; `id` false: in a state. */
  update(seq, user, taskId, { type = 'taskUpdate', id = true, status = 'running', ...fields } = {}) {
    const data = JSON.stringify({ eventId: `e-${seq}`, userId: user, taskId, status, ...fields });
    return this.got({ id: id ? `e-${seq}` : undefined, event: type, data });
  }

  reset(reason, after) {
    return this.got({ event: 'reset', data: JSON.stringify({ reason, cursor: after === undefined ? undefined : `e-${after}` }) });
  }

  synced(seq, epoch = 'e') {
    return this.got({ id: `${epoch}-${seq}`, event: 'synced', data: JSON.stringify({ cursor: `${epoch}-${seq}` }) });
  }

  /** The engine gives the log another name. */
  rename() {
    return this.write('fault', { lane: 'engine', kind: 'epoch' }).write('started', { who: 'engine' });
  }

  backup() {
    return this.write('backup');
  }

  /** A copy up to `head` takes the log's place, under the name `f`. */
  restore(head) {
    return this.write('restoring').write('restored', { epoch: 'f', head }).write('started', { who: 'engine' });
  }

  /** What was published at `seq`, in an envelope. */
  enveloped(seq, topic, type = 'message') {
    return this.got({ id: `e-${seq}`, event: 'envelope', data: `${JSON.stringify({ topic, type })}\n${this.#datas.get(seq)}` });
  }

  skipped(from, to) {
    return this.got({ event: 'skipped', data: JSON.stringify({ reason: 'lagged', from: `e-${from}`, to: `e-${to}` }) });
  }

  end(mark, epoch = 'e') {
    return this.write('end', { mark: `${epoch}-${mark}` });
  }
}

export async function brokenBy(history) {
  const { findings, trouble } = await judge(() => history.lines);
  return [...findings.broken, ...trouble];
}

export async function holds(history) {
  const { findings, trouble } = await judge(() => history.lines);
  assert.deepEqual([...findings.broken.map((name) => findings.of(name)), ...trouble], []);
}

export const news = 'channels/news';
/** Three single events and a batch of two, at 1, 2, 3 and 4 to 5. */
export const published = (limits) => new History(limits).publish('a', news, 1).publish('b', news, 2).publish('c', news, 3).publish('d', news, 4, 5);
export const following = (limits) => published(limits).open([news], { after: 'e-0' }).id(0);

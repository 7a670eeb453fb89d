// The validator on small histories: what is true passes, and each guarantee's breach is found by its name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokenBy, following, History, holds, news, published } from './history_support.mjs';

test('a reader who gets everything once, in order', () =>
  holds(following().events(1, 2, 3, 4, 5).beat(5).end(5)));

test('a reader who is cut and comes back with its last id', () =>
  holds(following().events(1, 2).open([news], { after: 'e-2', n: 2 }).id(2).events(3, 4, 5).end(5)));

test('Ordered: two events the wrong way round', async () =>
  assert.deepEqual(await brokenBy(following().events(1, 3, 2, 4, 5).end(5)), ['Ordered']));

test('Ordered: what was acknowledged first stands behind what was published later', async () =>
  assert.deepEqual(await brokenBy(new History().publish('a', news, 2).publish('b', news, 1).end(2)), ['Ordered']));

test('Unique: one event twice', async () =>
  assert.deepEqual(await brokenBy(following().events(1, 1, 2, 3, 4, 5).end(5)), ['Unique']));

test('Unique: one publication as two events', async () => {
  const history = published().page(news, 5, 6, { id: 'e-6', type: 'message', data: 'a.0' });
  assert.deepEqual(await brokenBy(history.end(6)), ['Unique']);
});

test('Unique: one id for two events', async () => {
  const history = published().ask('e', news).page(news, 0, 1, { id: 'e-1', type: 'message', data: 'e.0' })
    .write('answer', { by: 'writer', key: 'e', status: 202, ids: ['e-6'] });
  assert.deepEqual(await brokenBy(history.end(6)), ['Unique']);
});

test('Unique: an event that nobody published', async () =>
  assert.deepEqual(await brokenBy(following().events(1).got({ id: 'e-1', data: 'made up' }).events(2, 3, 4, 5).end(5)), ['Unique']));

test('Atomic: half of a batch is in the log', async () => {
  const history = new History().ask('a', news, 2).open([news], { after: 'e-0' }).id(0).event(1, 'a.0').end(1);
  assert.deepEqual(await brokenBy(history), ['Atomic', '1 requests were never answered, a is one']);
});

test('Atomic: a batch is in the log in pieces', async () =>
  assert.deepEqual(await brokenBy(new History().publish('a', news, 1, 3).end(3)), ['Atomic']));

test('Atomic: a reader got one part of a batch, and not the other', async () =>
  assert.deepEqual(await brokenBy(following().events(1, 2, 3, 4).beat(5).end(5)), ['Atomic']));

test('Reliable: an event between two others never came', async () =>
  assert.deepEqual(await brokenBy(following().events(1, 3, 4, 5).end(5)), ['Reliable']));

test('Reliable: what was acknowledged is no longer there', async () => {
  const history = published().write('page', { by: 'auditor', topic: news, status: 200, isFinal: true, through: 'e-5', events: [{ id: 'e-1', type: 'message', data: 'a.0' }] });
  assert.deepEqual(await brokenBy(history.end(5)), ['Reliable']);
});

test('Reliable: a task that was acknowledged, and of which nothing tells', async () => {
  const history = new History().write('start', { by: 'boss', key: 's', user: 'ada' }).write('answer', { by: 'boss', key: 's', status: 202, taskId: 't' });
  assert.deepEqual(await brokenBy(history.end(0)), ['Reliable']);
});

test('Reliable: a reader still shows a task that is gone', async () => {
  const history = new History().task(1, 'ada', 't').task(2, 'ada', 't', { type: 'taskDeleted' }).open(['tasks/ada'], { after: 'e-0' }).id(0).update(1, 'ada', 't').beat(2)
    .write('list', { user: 'ada', asOf: 'e-2', tasks: [] });
  assert.deepEqual(await brokenBy(history.end(2)), ['Reliable', 'Bookmark']);
});

test('a task that was deleted right after the list was read', () =>
  holds(new History().task(1, 'ada', 't').write('list', { user: 'ada', asOf: 'e-1', tasks: [{ taskId: 't' }] }).task(2, 'ada', 't', { type: 'taskDeleted' })
    .open(['tasks/ada'], { after: 'e-0' }).id(0).update(1, 'ada', 't').update(2, 'ada', 't', { type: 'taskDeleted' }).end(2)));

test('a reader that began with `now` need not know what did not change since', () =>
  holds(new History().task(1, 'ada', 't').open(['tasks/ada'], { from: 'now' }).id(1).write('list', { user: 'ada', asOf: 'e-1', tasks: [{ taskId: 't' }] }).end(1)));

test('Resumable: a reader never comes to the end', async () =>
  assert.deepEqual(await brokenBy(following().events(1).open([news], { after: 'e-1', n: 2 }).end(5)), ['Resumable']));

test('Resumable: an id of another log', async () =>
  assert.deepEqual(await brokenBy(following().events(1, 2, 3, 4, 5).got({ id: 'f-5', event: 'heartbeat', data: '{}' }).end(5)), ['Resumable']));

test('Bookmark: an id without an event claims what was not given', async () =>
  assert.deepEqual(await brokenBy(following().events(1).beat(3).events(4, 5).end(5)), ['Bookmark']));

test('Bookmark: an id that the log had not reached', async () => {
  const history = new History().publish('a', news, 1).open([news], { after: 'e-0' }).id(0).events(1).beat(2).publish('b', 'channels/other', 2);
  assert.deepEqual(await brokenBy(history.end(2)), ['Bookmark']);
});

test('Bookmark: a stream resumes elsewhere than it was asked to', async () =>
  assert.deepEqual(await brokenBy(following().events(1).open([news], { after: 'e-1', n: 2 }).id(0).events(2, 3, 4, 5).end(5)), ['Bookmark']));

test('Bookmark: a state without a task that is there', async () => {
  const history = new History().task(1, 'ada', 't').task(2, 'ada', 'u').open(['tasks/ada']).reset('start').update(2, 'ada', 'u', { id: false }).synced(2);
  assert.deepEqual(await brokenBy(history.end(2)), ['Bookmark']);
});

test('a state without a task whose deletion nobody read of before it was trimmed', async () => {
  const state = (status) => new History().task(1, 'ada', 't', { status }).publish('a', news, 2).write('change', { method: 'DELETE', taskId: 't' }).publish('b', news, 4)
    .open(['tasks/ada']).reset('start').synced(4).end(4);
  await holds(state('succeeded'));
  assert.deepEqual(await brokenBy(state('running')), ['Bookmark']);
});

test('Bookmark: a state without an event that is kept', async () => {
  const history = published().open([news], { from: 'earliest' }).reset('start').state(1).synced(3).events(4, 5);
  assert.deepEqual(await brokenBy(history.end(5)), ['Bookmark']);
});

test('Isolated: an event of somebody else', async () => {
  const history = new History().task(1, 'ada', 't').task(2, 'ben', 'u').open(['tasks/ada'], { after: 'e-0' }).id(0).update(1, 'ada', 't').update(2, 'ben', 'u').beat(2);
  assert.deepEqual(await brokenBy(history.end(2)), ['Isolated']);
});

/** Two tasks of one user, and a reader of the first alone, who has it up to 1. */
const oneTask = () => new History().task(1, 'ada', 't').task(2, 'ada', 'u').task(3, 'ada', 't')
  .open(['tasks/ada'], { task: 't', after: 'e-0' }).id(0).update(1, 'ada', 't');

test('a reader of one task gets that alone, until its end', () => holds(oneTask().update(3, 'ada', 't').write('opened', { by: 'reader', n: 2, status: 204 }).end(3)));

test('Isolated: an event of another task', async () =>
  assert.deepEqual(await brokenBy(oneTask().update(2, 'ada', 'u').update(3, 'ada', 't').end(3)), ['Isolated']));

test('Reliable: the stream of one task is over before its end was given', async () =>
  assert.deepEqual(await brokenBy(oneTask().write('opened', { by: 'reader', n: 2, status: 204 }).end(3)), ['Reliable']));

test('the stream of one task is over with its end, though it was tried again later', () =>
  holds(new History().task(1, 'ada', 't').task(2, 'ada', 't', { status: 'failed', attempt: 1 }).task(3, 'ada', 't', { status: 'queued', attempt: 2 })
    .open(['tasks/ada'], { task: 't', after: 'e-1' }).id(1).update(2, 'ada', 't', { status: 'failed', attempt: 1 }).write('opened', { by: 'reader', n: 2, status: 204 }).end(3)));

test('Told: what has expired may be left out after a reset', () =>
  holds(following({ channels: 50 }).events(1).wait(400).open([news], { after: 'e-1', n: 2 }).reset('expired', 1).synced(5).end(5)));

test('Told: what is beyond the number that is kept may be left out after a reset', () =>
  holds(following({ perTopic: 2 }).events(1).open([news], { after: 'e-1', n: 2 }).reset('expired', 1).synced(3).events(4, 5).end(5)));

test('Told: a reset says that a cursor has expired, and it cannot have', async () =>
  assert.deepEqual(await brokenBy(following().events(1).open([news], { after: 'e-1', n: 2 }).reset('expired', 1).state(2, 3, 4, 5).synced(5).end(5)), ['Told']));

test('Told: a reset for a log that is said to be another', async () =>
  assert.deepEqual(await brokenBy(following().events(1).reset('epoch', 1).state(1, 2, 3, 4, 5).synced(5).end(5)), ['Told']));

/** A task's events at 2, 4, … 16, between publications. */
const busyTask = () => {
  const history = new History();
  for (let seq = 2; seq <= 16; seq += 2) history.publish(`p${seq}`, news, seq - 1).task(seq, 'ada', 't');
  return history;
};

test('Told: superseded events of a reader that is behind may be left out', () =>
  holds(busyTask().open(['tasks/ada'], { after: 'e-0' }).id(0).skipped(0, 16).update(16, 'ada', 't').end(16)));

test('Told: superseded events are left out of a reader that is not behind', async () =>
  assert.deepEqual(await brokenBy(busyTask().open(['tasks/ada'], { after: 'e-8' }).id(8).skipped(8, 16).update(16, 'ada', 't').end(16)), ['Told']));

/** A task's events at 2 and 8; nobody read what stood between them. */
const unreadTask = () => new History().publish('p', news, 1).task(2, 'ada', 't').task(8, 'ada', 't');

test('Told: superseded events that nobody read before they were trimmed may be left out', () =>
  holds(unreadTask().wait(10_500).open(['tasks/ada'], { after: 'e-2' }).id(2).skipped(2, 8).update(8, 'ada', 't').end(8)));

test('Told: superseded events that nobody has read are left out too early', async () =>
  assert.deepEqual(await brokenBy(unreadTask().wait(9000).open(['tasks/ada'], { after: 'e-2' }).id(2).skipped(2, 8).update(8, 'ada', 't').end(8)), ['Told']));

test('Reliable: superseded events are left out, and nothing says so', async () =>
  assert.deepEqual(await brokenBy(busyTask().open(['tasks/ada'], { after: 'e-0' }).id(0).update(16, 'ada', 't').end(16)), ['Reliable']));

test('a jump of the clock is no cause', async () => {
  const history = following().events(1).write('fault', { lane: 'engine', kind: 'jump', seconds: 86_400 }).wait(3000).open([news], { after: 'e-1', n: 2 })
    .reset('expired', 1).synced(5);
  assert.deepEqual(await brokenBy(history.end(5)), ['Bookmark', 'Told']);
});

test('a jump of the clock before the engine starts anew counts as time', () =>
  holds(following().events(1).write('fault', { lane: 'engine', kind: 'jump', seconds: 86_400 }).write('fault', { lane: 'engine', kind: 'kill' })
    .write('started', { who: 'engine' }).open([news], { after: 'e-1', n: 2 }).reset('expired', 1).synced(5).end(5)));

test('trouble: a service that ended by itself, and a run that was broken off', async () =>
  assert.deepEqual(await brokenBy(published().write('crash', { who: 'engine', signal: 'SIGSEGV' })),
    ['engine ended by itself (SIGSEGV)', 'the history has no end: the run was broken off']));

/** One task, told of by these, one after the other. */
const lived = (...told) => told.reduce((history, fields, i) => history.task(i + 1, 'ada', 't', fields), new History()).end(told.length);

test('a task that is cancelled, tried again, fails, is tried again by hand, and deleted', () => holds(lived(
  { status: 'queued', attempt: 1 }, { status: 'running', attempt: 1, startedAt: 'a', done: 5, progressPercentage: 50 }, { status: 'cancelling', attempt: 1, startedAt: 'a', done: 5, progressPercentage: 50 },
  { status: 'cancelled', attempt: 1, startedAt: 'a', done: 5, progressPercentage: 50 }, { status: 'queued', attempt: 2 },
  { status: 'running', attempt: 2, startedAt: 'b' }, { status: 'queued', attempt: 3 }, { status: 'failed', attempt: 3 },
  { type: 'taskDeleted' })));

test('a task of which not everything is known', () => holds(lived({ status: 'queued', attempt: 1 }, { status: 'succeeded', attempt: 4 })));

const kImpossible = [
  ['Ordered', 'a percentage that falls', { progressPercentage: 50 }, { progressPercentage: 40 }],
  ['Ordered', 'a count that falls', { done: 7 }, { done: 6 }],
  ['Ordered', 'an attempt that was over', { attempt: 2 }, { attempt: 1 }],
  ['Ordered', 'a queue in the midst of an attempt', { status: 'running' }, { status: 'queued' }],
  ['Ordered', 'the queue twice', { status: 'queued' }, { status: 'queued' }],
  ['Ordered', 'an attempt that goes on after it was asked to stop', { status: 'cancelling' }, { status: 'running' }],
  ['Ordered', 'an attempt that goes on after its end', { status: 'failed' }, { status: 'running' }],
  ['Ordered', 'an attempt that ends twice', { status: 'failed' }, { status: 'failed' }],
  ['Ordered', 'an attempt after one that succeeded', { status: 'succeeded', attempt: 1 }, { status: 'queued', attempt: 2 }],
  ['Ordered', 'what follows a deletion', { type: 'taskDeleted' }, { status: 'running' }],
  ['Unique', 'an attempt that begins twice', { startedAt: 'a' }, { startedAt: 'b' }],
  ['Unique', 'another name', { taskName: 'a' }, { taskName: 'b' }],
];
for (const [guarantee, what, ...told] of kImpossible) {
  test(`${guarantee}: of a task, ${what}`, async () => assert.deepEqual(await brokenBy(lived(...told)), [guarantee]));
}

/** A start that was asked for once and acknowledged as `t`, and tasks of its name. */
const startedAs = (...ids) => {
  const history = new History().write('start', { by: 'boss', key: 's', user: 'ada', name: 's' }).write('answer', { by: 'boss', key: 's', status: 202, taskId: 't' });
  return ids.reduce((all, id, i) => all.task(i + 1, 'ada', id, { status: 'queued', taskName: 's' }), history).end(ids.length);
};
test('a start that is carried out once', () => holds(startedAs('t')));
test('Unique: a start that is carried out twice', async () => assert.deepEqual(await brokenBy(startedAs('t', 'u')), ['Unique']));

const logs = 'channels/logs';
/** Notes at 1 and 3, messages at 2 and 4, and a reader of notes alone. */
const notes = (fields) => {
  const history = new History();
  for (const [seq, type] of [[1, 'note'], [2, 'message'], [3, 'note'], [4, 'message']]) history.publish(`p${seq}`, news, { type }, seq);
  return history.open([news], { types: ['note'], after: 'e-0', ...fields }).id(0);
};
const note = (history, seq) => history.got({ id: `e-${seq}`, event: 'note', data: `p${seq}.0` });

test('a reader of one type gets that alone, and its ids go on', () => holds(note(note(notes(), 1), 3).beat(4).end(4)));

test('Isolated: an event of a type that the reader did not ask for', async () =>
  assert.deepEqual(await brokenBy(note(note(notes(), 1).event(2, 'p2.0'), 3).beat(4).end(4)), ['Isolated']));

test('Reliable: an event of the type that the reader asked for never came', async () => assert.deepEqual(await brokenBy(note(notes(), 3).beat(4).end(4)), ['Reliable']));

test('Resumable: what is left out does not take the ids on', async () => assert.deepEqual(await brokenBy(note(note(notes(), 1), 3).end(4)), ['Resumable']));

const enveloped = () => new History().publish('a', news, 1).publish('b', logs, 2).open([logs, news], { envelope: true, after: 'e-0' }).id(0).enveloped(1, news);

test('a reader with envelopes', () => holds(enveloped().enveloped(2, logs).end(2)));

test('Isolated: an envelope names another topic', async () => assert.deepEqual(await brokenBy(enveloped().enveloped(2, news).end(2)), ['Isolated']));

test('Isolated: an envelope names another type', async () => assert.deepEqual(await brokenBy(enveloped().enveloped(2, logs, 'note').end(2)), ['Isolated']));

test('Isolated: an event without its envelope', async () => assert.deepEqual(await brokenBy(enveloped().events(2).end(2)), ['Isolated']));

test('Ordered: events of two topics the wrong way round', async () =>
  assert.deepEqual(await brokenBy(new History().publish('a', news, 1).publish('b', logs, 2).open([logs, news], { after: 'e-0' }).id(0).events(2, 1).end(2)), ['Ordered']));

const spread = () => new History().publish('a', news, { topics: [news, logs] }, 1, 2).open([logs, news], { after: 'e-0' }).id(0);

test('a batch for two topics', () => holds(spread().events(1, 2).end(2)));

test('Atomic: of a batch for two topics a reader got the part of one', async () => assert.deepEqual(await brokenBy(spread().events(1).beat(2).end(2)), ['Atomic']));

test('a Watch gives superseded events however far it is behind', async () => {
  const watch = () => busyTask().open(['tasks/ada'], { isWhole: true, after: 'e-0' }).id(0);
  await holds([2, 4, 6, 8, 10, 12, 14, 16].reduce((history, seq) => history.update(seq, 'ada', 't'), watch()).end(16));
  assert.deepEqual(await brokenBy(watch().skipped(0, 16).update(16, 'ada', 't').end(16)), ['Told']);
});

test('a state over gRPC has cursors', async () => {
  const state = () => published().open([news], { isWhole: true, from: 'earliest' }).reset('start').got({ cursor: 'e-1', data: 'a.0' });
  await holds(state().synced(1).events(2, 3, 4, 5).end(5));
  assert.deepEqual(await brokenBy(state().got({ cursor: 'e-1', data: 'a.0' }).synced(1).events(2, 3, 4, 5).end(5)), ['Unique']);
});

test('a Watch of no topics gets all', async () => {
  const all = () => new History().publish('a', news, 1).publish('b', logs, 2).publish('c', news, 3).open([], { isWhole: true, after: 'e-0' }).id(0);
  await holds(all().events(1, 2, 3).end(3));
  assert.deepEqual(await brokenBy(all().events(1, 3).end(3)), ['Reliable']);
});

test('trouble: a Watch that is refused', async () =>
  assert.deepEqual(await brokenBy(published().write('refused', { by: 'watcher', why: 'INVALID_TOPIC: no' }).end(5)), ['a Watch of watcher was answered INVALID_TOPIC: no']));

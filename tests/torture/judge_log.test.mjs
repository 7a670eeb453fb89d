// The validator on small histories where the log gets another name, where a copy of it is put back, and on pages and what may be trimmed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokenBy, following, History, holds, news, published } from './history_support.mjs';

const logs = 'channels/logs';

/** Up to 2 under the first name of the log, and then under the second. */
const renamed = () => following().events(1, 2).rename().open([news], { after: 'e-2', n: 2 });

test('the log has another name, and a reset says so', () => holds(renamed().reset('epoch', 2).state(1, 2, 3).synced(3, 'f').event(4, 'd.0', 'f').event(5, 'd.1', 'f').end(5)));

test('Reliable: the log has another name, and lacks an event', async () =>
  assert.deepEqual(await brokenBy(renamed().reset('epoch', 2).state(1, 3).synced(3, 'f').event(4, 'd.0', 'f').event(5, 'd.1', 'f').end(5)), ['Reliable']));

test('Reliable: the log has another name, and lacks a task', async () => {
  const history = new History().task(1, 'ada', 't').rename().open(['tasks/ada'], { after: 'e-1' }).reset('epoch', 1).synced(1, 'f');
  assert.deepEqual(await brokenBy(history.end(1)), ['Reliable']);
});

test('Unique: under another name the log has something else at an id', async () =>
  assert.deepEqual(await brokenBy(renamed().reset('epoch', 2).state(1, 2, 3).synced(3, 'f').event(4, 'd.1', 'f').event(5, 'd.1', 'f').end(5)), ['Unique']));

test('Told: the log has another name, and nothing says so', async () =>
  assert.deepEqual(await brokenBy(renamed().id(2).events(3).event(4, 'd.0', 'f').event(5, 'd.1', 'f').end(5)), ['Told']));

test('Told: a reset for another name before there was one', async () =>
  assert.deepEqual(await brokenBy(following().events(1).reset('epoch', 1).state(1, 2, 3, 4, 5).synced(5).rename().end(5)), ['Told']));

test('Resumable: an id of the name that the log had before', async () =>
  assert.deepEqual(await brokenBy(renamed().reset('epoch', 2).state(1, 2, 3).synced(3, 'f').events(4, 5).end(5)), ['Resumable']));

test('Resumable: a third name after one change', async () =>
  assert.deepEqual(await brokenBy(renamed().reset('epoch', 2).state(1, 2, 3).synced(3, 'f').event(4, 'd.0', 'f').event(5, 'd.1', 'g').end(5)), ['Resumable']));

const pageOf = (...sequences) => published().page(news, 1, 5, ...sequences.map((seq) => ({ id: `e-${seq}`, type: 'message', data: ['a.0', 'b.0', 'c.0', 'd.0', 'd.1'][seq - 1] })));

test('a page with all that there is', () => holds(pageOf(2, 3, 4, 5).end(5)));

test('Reliable: a page lacks an event', async () => assert.deepEqual(await brokenBy(pageOf(2, 4, 5).end(5)), ['Reliable']));

test('Ordered: a page the wrong way round', async () => assert.deepEqual(await brokenBy(pageOf(2, 4, 3, 5).end(5)), ['Ordered']));

/** A reader who was refused: some 250 bytes are reckoned for an event beside its data, 240 for the answer to its key, and 20,000 for what is not known. */
const refused = (history) => history.events(1).open([news], { after: 'e-1', n: 2 }).reset('expired', 1).synced(3).events(4, 5).end(5);

test('Told: what the store has no room for may be left out after a reset', () => holds(refused(following({ bytes: 20_500 }))));

test('Told: a reset says that a cursor has expired, and the store has room for all', async () =>
  assert.deepEqual(await brokenBy(refused(following({ bytes: 23_000 }))), ['Bookmark', 'Told']));

test('Told: answers to keys take room in the store', () =>
  holds(refused(following({ bytes: 23_000 }).write('change', { by: 'boss', method: 'POST', user: 'ada', taskId: 't' }))));

test('Told: the newest events stay, however large the store is', async () =>
  assert.deepEqual(await brokenBy(following({ bytes: 20_500 }).events(1, 2, 3).open([news], { after: 'e-3', n: 2 }).reset('expired', 3).synced(3).events(4, 5).end(5)), ['Told']));

/** Up to 5 under one name, of which a copy up to 3 is put back: `e`, published after it, is at 4 under the other. */
const restored = () => following().events(1, 2).backup().events(3, 4, 5).restore(3).ask('e', news).write('answer', { by: 'writer', key: 'e', status: 202, ids: ['f-4'] })
  .open([news], { after: 'e-5', n: 2 });

test('a copy of the log is put back, and its numbers are given again', () => holds(restored().reset('epoch', 5).state(1, 2, 3).synced(3, 'f').event(4, 'e.0', 'f').end(4, 'f')));

test('Reliable: a copy of the log is put back, and lacks what came before it', async () =>
  assert.deepEqual(await brokenBy(restored().reset('epoch', 5).state(1, 2).synced(3, 'f').event(4, 'e.0', 'f').end(4, 'f')), ['Reliable']));

test('Bookmark: a copy of the log is put back, and an id claims what came after that', async () =>
  assert.deepEqual(await brokenBy(restored().reset('epoch', 5).state(1, 2, 3).synced(3, 'f').got({ id: 'f-5', event: 'heartbeat', data: '{}' }).end(4, 'f')), ['Bookmark']));

test('Told: a copy of the log is put back, and a reader of the log before is not told', async () =>
  assert.deepEqual(await brokenBy(restored().id(5).event(4, 'e.0', 'f').end(4, 'f')), ['Told']));

test('Resumable: a reader gets what was lost after the copy was put back', async () =>
  assert.deepEqual(await brokenBy(restored().reset('epoch', 5).state(1, 2, 3).synced(3, 'f').event(4, 'd.0').event(4, 'e.0', 'f').end(4, 'f')), ['Resumable']));

test('a task that was started after the copy was made is gone with it', () =>
  holds(new History().task(1, 'ada', 't').backup().task(2, 'ada', 'u').open(['tasks/ada'], { after: 'e-0' }).id(0).update(1, 'ada', 't').update(2, 'ada', 'u')
    .restore(1).reset('epoch', 2).update(1, 'ada', 't', { id: false }).synced(1, 'f').end(1, 'f')));

test('what had no answer is asked for again once the copy was put back', () => {
  const history = new History().backup().ask('a', news).open([news], { after: 'e-0' }).id(0).event(1, 'a.0').restore(0)
    .write('answer', { by: 'writer', key: 'a', status: 202, ids: ['f-1'] }).reset('epoch', 1).synced(0, 'f').event(1, 'a.0', 'f');
  return holds(history.end(1, 'f'));
});

test('Told: a topic of which nothing was kept takes the floor of another that came to the same', async () => {
  const history = (...first) => new History({ channels: 500 }).publish('a', news, 1).publish('b', ...first).wait(1000).publish('c', news, 3).publish('d', logs, 4)
    .open([news], { after: 'e-1' }).reset('expired', 1).synced(2).event(3, 'c.0').beat(4).end(4);
  await holds(history(logs, 2));
  assert.deepEqual(await brokenBy(history('messages/ada', 2)), ['Told']);
});

test('the first that tells of another name, after a copy was put back, is an answer', () => {
  const history = restored().reset('epoch', 5).state(1, 2, 3).synced(3, 'f').event(4, 'e.0', 'f').rename().ask('g', news)
    .write('answer', { by: 'writer', key: 'g', status: 202, ids: ['h-5'] }).reset('epoch', 4).state(1, 2, 3).got({ data: 'e.0' }).synced(4, 'h').event(5, 'g.0', 'h');
  return holds(history.end(5, 'h'));
});

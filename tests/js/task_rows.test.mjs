// What a list of tasks is after each event of a stream.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TaskRows } from '../../tools/js/lib/task_rows.js';

const update = (rows, taskId, eventId, more) => rows.take('taskUpdate', JSON.stringify({ taskId, eventId, ...more }));
const reset = (rows) => rows.take('reset', '{"reason":"start"}');
const synced = (rows) => rows.take('synced', '{}');
const ids = (rows) => [...rows.tasks.keys()].sort().join('');

test('rows of before a reset fall away at synced only', () => {
  const rows = new TaskRows();
  reset(rows);
  update(rows, 'a', 'x-1');
  update(rows, 'b', 'x-2');
  assert.equal(rows.isSynced, false);
  synced(rows);
  assert.deepEqual([ids(rows), rows.isSynced], ['ab', true]);
  reset(rows);
  update(rows, 'c', 'y-1');
  assert.deepEqual([ids(rows), rows.isSynced], ['abc', false]);
  update(rows, 'a', 'y-2', { message: 'again' });
  synced(rows);
  assert.deepEqual([ids(rows), rows.tasks.get('a').message], ['ac', 'again']);
});

test('a state that was cut is taken whole when it comes again', () => {
  const rows = new TaskRows();
  reset(rows);
  update(rows, 'a', 'x-1');
  synced(rows);
  reset(rows);
  update(rows, 'b', 'x-5');
  rows.opened();  // cut; meanwhile b is deleted
  reset(rows);
  update(rows, 'a', 'x-1');
  synced(rows);
  assert.equal(ids(rows), 'a');
});

test('what is deleted goes, and an update that is not newer changes nothing', () => {
  const rows = new TaskRows();
  reset(rows);
  synced(rows);
  assert.equal(update(rows, 'a', 'x-9007199254740992'), true);
  assert.equal(update(rows, 'a', 'x-9007199254740993'), true, 'beyond what a double can tell apart');
  assert.equal(update(rows, 'a', 'x-9007199254740992'), false);
  assert.equal(update(rows, 'a', 'y-1'), true, 'another log');
  assert.equal(rows.take('taskDeleted', '{"taskId":"a"}'), true);
  assert.equal(rows.take('taskDeleted', '{"taskId":"a"}'), false);
  assert.equal(rows.take('skipped', '{}'), false);
  assert.equal(ids(rows), '');
});

test('random histories of cuts, resets and deletions end in the truth', () => {
  let seed = 7;
  const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
  for (let history = 0; history < 300; history++) {
    const rows = new TaskRows();
    const truth = new Map();
    let head = 0;
    let cursor;  // of the client; none: the state comes
    const log = [];
    const write = () => {
      const id = String(random(6));
      head++;
      if (truth.has(id) && random(4) === 0) truth.delete(id);
      else truth.set(id, head);
      log.push({ at: head, id, isGone: !truth.has(id) });
    };
    const send = ({ at, id, isGone }) => (isGone ? rows.take('taskDeleted', JSON.stringify({ taskId: id })) : update(rows, id, `x-${at}`));
    const connect = (cutAfter) => {
      rows.opened();
      if (cursor === undefined || random(3) === 0) {  // expired
        reset(rows);
        for (const [id, at] of [...truth].sort((a, b) => a[1] - b[1])) {
          if (cutAfter-- === 0) return;
          update(rows, id, `x-${at}`);
        }
        if (cutAfter-- === 0) return;
        synced(rows);
        cursor = head;
      }
      for (const event of log.filter(({ at }) => at > cursor)) {
        if (cutAfter-- === 0) return;
        send(event);
        cursor = event.at;
      }
    };
    for (let step = 0; step < 60; step++) random(2) ? write() : connect(random(8));
    while (cursor !== head || !rows.isSynced) connect(1000);
    const found = Object.fromEntries([...rows.tasks].map(([id, { eventId }]) => [id, Number(eventId.slice(2))]).sort());
    assert.deepEqual(found, Object.fromEntries([...truth].sort()), `history ${history}`);
  }
});

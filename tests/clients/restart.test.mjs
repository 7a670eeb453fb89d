// A client made by other people follows a stream through crashes of the edge and of the engine, and receives every event exactly
// once, in order. TASKWIRE_CLIENT names it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServices } from '../support/services.mjs';
import { until } from '../support/until.mjs';
import { clients } from './clients.mjs';
import { startFollower } from './follower.mjs';
import { publishNumbers, runTasks } from './writers.mjs';

const name = process.env.TASKWIRE_CLIENT;
const query = 'topic=channels/numbers&topic=tasks/alice';
const sequenceOf = (id) => Number(id.split('-')[1]);

let services;
let inlet;  // what is written comes in by another edge, so that it goes on while the client's is down
let follower;
let numbers;
let tasks;
before(async () => {
  services = await startServices({ edgeArgs: ['--retry-min', '50ms', '--retry-max', '200ms'] });
  inlet = `http://127.0.0.1:${(await services.startEdge()).port}`;
  follower = startFollower(clients[name], `${services.url}/api/events?${query}`);
});
after(async () => {
  for (const one of [follower, numbers, tasks]) one?.stop();
  await services?.stop();
});

/** Waits until the writers have written `count` numbers more, whether the client can see them or not. */
async function writeMore(count) {
  const enough = numbers.ids.length + count;
  await until(`${enough} numbers`, () => numbers.ids.length >= enough);
}

/** Waits until the client has received what was written before, and then something new. */
async function follow() {
  const last = numbers.ids.at(-1);
  await until(`${name} has ${last}`, () => follower.events.some(({ id }) => id === last));
  const received = follower.events.length;
  await until(`${name} follows`, () => follower.events.length > received + 20);
}

/** What the log has after `cursor`, and the last id of it. */
async function history(cursor) {
  const events = [];
  for (let through = cursor, goesOn = true; goesOn;) {
    const page = await (await fetch(`${inlet}/api/events/history?${query}&after=${through}&limit=256`)).json();
    events.push(...page.events.map(({ id, type, data }) => ({ id, type, data })));
    goesOn = page.events.length > 0;
    through = page.through;
  }
  return events;
}

async function allTasksHaveEnded() {
  const list = await (await fetch(`${inlet}/api/tasks/alice?status=queued,running&pageSize=1`)).json();
  return list.tasks.length === 0;
}

test(`${name} receives every event exactly once, in order, through crashes of edge and engine`, async (t) => {
  const synced = await until(`${name} is synced`, () => follower.events.find(({ type }) => type === 'synced'));
  numbers = publishNumbers(inlet, 'numbers');
  tasks = runTasks(inlet, 'alice');
  const { edge, engine } = services;
  await writeMore(1);
  await follow();

  await edge.kill();
  await writeMore(30);
  await edge.start();
  await follow();

  await engine.kill();
  await engine.start();
  await follow();

  await edge.kill();
  await engine.kill();
  await engine.start();
  await writeMore(30);
  await edge.start();
  await follow();

  await edge.stop();
  await writeMore(30);
  await edge.start();
  await follow();

  await edge.kill();
  await edge.start();
  await engine.kill();
  await engine.start();
  await follow();

  const [started] = await Promise.all([tasks.stop(), numbers.stop()]);
  await until('all tasks have ended', allTasksHaveEnded);
  const expected = await history(synced.id);
  await until(`${name} has ${expected.at(-1).id}`, () => follower.events.at(-1).id === expected.at(-1).id);

  const [reset, ...received] = follower.events.filter((event) => event !== synced);
  assert.deepEqual(reset, { ...reset, type: 'reset', data: '{"reason":"start"}' });
  assert.deepEqual(received, expected);
  assert.deepEqual(received.map(({ id }) => sequenceOf(id)), received.map((_, i) => sequenceOf(synced.id) + 1 + i));
  const published = received.filter(({ type }) => type === 'message');
  assert.deepEqual(published, numbers.ids.map((id, i) => ({ id, type: 'message', data: String(i + 1) })));
  const updates = received.filter(({ type }) => type === 'taskUpdate').map(({ data }) => JSON.parse(data));
  assert.equal(new Set(updates.map(({ taskName }) => taskName)).size, started);
  assert.ok(updates.some(({ error }) => error?.reason === 'INTERRUPTED'), 'no task was interrupted by a crash');
  assert.equal(follower.hasEnded(), false);
  t.diagnostic(`${received.length} events: ${published.length} numbers, ${updates.length} updates of ${started} tasks`);
});

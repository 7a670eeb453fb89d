// A worker in a program of its own, and how it ends.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Cancelled, Worker } from '../../tools/js/index.js';
import { startServices } from '../support/services.mjs';
import { until } from '../support/until.mjs';
import { asker, endStates, startProgram } from './programs.mjs';
import { scriptedEdge, well } from './scripted.mjs';
import { withShortLeases } from './short_leases.mjs';
import { warnings } from './warnings.mjs';

let services;
let inlet;
let ask;
before(async () => {
  services = await startServices();
  inlet = asker(`http://127.0.0.1:${(await services.startEdge()).port}`);
  ({ ask } = inlet);
});
after(() => services?.stop());

const workers = async (type) => (await ask('/api/task-types')).types.find((known) => known.type === type)?.workers;
const start = async (type, n) => (await ask('/api/tasks/alice/start', 'POST', { type, params: { n } })).taskId;
const get = (id) => ask(`/api/tasks/alice/${id}`);
const ended = (id) => until(`${id} has ended`, async () => ((task) => endStates.includes(task.status) && task)(await get(id)));

/** A worker as a program; `work` is the body of what does a task `t`. */
function startWorker(type, work, { parallel = 1, url = services.url, environment } = {}) {
  const code = `const worker = new taskwire.Worker({ parallel: ${parallel} });
    const line = () => new Promise((resolve) => process.stdin.once('data', (text) => resolve(text, process.stdin.unref())));
    process.on('SIGTERM', () => console.log('stopping'));
    worker.task('${type}', { register: { retry: { attempts: 5, backoffMs: 50 } } }, async (t) => { ${work} });
    await worker.run();
    console.log('ended');
    process.stdin.unref();`;
  return startProgram(code, { TASKWIRE_URL: url, ...environment });
}

test('it does tasks side by side, each once, and ends in order', async (t) => {
  const program = startWorker('many', 't.progress(1, 2); console.log(t.params.n); return { n: t.params.n, attempt: t.attempt };', { parallel: 3 });
  t.after(() => program.child.kill('SIGKILL'));
  await until('it is there', () => workers('many'));
  const ids = [];
  for (let n = 0; n < 30; n++) ids.push(await start('many', n));
  for (const [n, id] of ids.entries()) assert.deepEqual((await ended(id)).result, { n, attempt: 1 });
  program.child.kill('SIGTERM');
  assert.equal(await program.ended, 0, program.err);
  const lines = program.out.trim().split('\n');
  assert.deepEqual(lines.slice(0, 30).map(Number).sort((a, b) => a - b), ids.map((_, n) => n));
  assert.deepEqual((await inlet.ends('alice')).filter((id) => ids.includes(id)).sort(), [...ids].sort());
});

test('SIGTERM finishes what is under way, takes no more, and ends a claim that waits', async (t) => {
  const program = startWorker('gated', 'console.log(t.params.n); await line();');
  t.after(() => program.child.kill('SIGKILL'));
  await until('it is there', () => workers('gated'));
  const first = await start('gated', 'first');
  await program.prints('first');
  const second = await start('gated', 'second');
  program.child.kill('SIGTERM');
  await program.prints('stopping');
  program.child.stdin.write('go on\n');
  assert.equal(await program.ended, 0, program.err);
  assert.equal((await get(first)).status, 'succeeded');
  assert.equal((await get(second)).status, 'queued');

  const waiting = startWorker('waited', '');
  t.after(() => waiting.child.kill('SIGKILL'));
  await until('it waits', () => workers('waited'));
  const began = Date.now();
  waiting.child.kill('SIGTERM');
  assert.equal(await waiting.ended, 0, waiting.err);
  assert.ok(Date.now() - began < 10_000, 'a claim waits 30 s');
  assert.equal((await get(await start('waited', 1))).status, 'queued');
});

test('what is given away while it stops is done still', async () => {
  for (let round = 0; round < 5; round++) {
    const type = `raced${round}`;
    const worker = new Worker({ url: services.url, parallel: 3 }).task(type, { register: {} }, () => {});
    const running = worker.run();
    await until('it waits', () => workers(type));
    const ids = [];
    for (let n = 0; n < 12; n++) {
      if (n === 6) worker.stop();
      ids.push(await start(type, n));
    }
    await running;
    for (const id of ids) {
      const { status, attempt } = await get(id);
      assert.ok(['succeeded', 'queued'].includes(status) && attempt === 1, `${status} ${attempt}, round ${round}`);
    }
  }
});

test('a worker that is killed has its task done by another', async (t) => {
  const work = "if (t.attempt === 1) process.kill(process.pid, 'SIGKILL'); return { attempt: t.attempt };";
  const { services: { url }, inlet } = await withShortLeases(t);
  const first = startWorker('killed', work, { url });
  await until('its type is known', async () => (await inlet.ask('/api/task-types')).types.some(({ type }) => type === 'killed'));
  await inlet.ask('/api/tasks/alice/start', 'POST', { type: 'killed', params: { n: 1 } });
  await first.ended;
  const second = startWorker('killed', work, { url });
  t.after(() => second.child.kill('SIGKILL'));
  assert.deepEqual((await inlet.ended('alice')).result, { attempt: 2 });
});

test('the edge dies while a claim waits and while work is done', async () => {
  const done = [];
  const worker = new Worker({ url: services.url });
  worker.task('edgeless', { register: {} }, async (t) => {
    await services.edge.kill();
    done.push(t.params.n);
    services.edge.start();
  });
  const running = worker.run();
  await until('it waits', () => workers('edgeless'));
  await services.edge.kill();
  const ids = [await start('edgeless', 0), await start('edgeless', 1)];
  await services.edge.start();
  for (const id of ids) assert.equal((await ended(id)).status, 'succeeded');
  assert.deepEqual(done.sort(), [0, 1]);
  worker.stop();
  await running;
  assert.deepEqual((await inlet.ends('alice')).filter((id) => ids.includes(id)).sort(), [...ids].sort());
});

test('a worker stays while the edge is away longer than a program waits for it at its end', async (t) => {
  const program = startWorker('stays', 'console.log("begun"); await line(); console.log("done");', { environment: { TASKWIRE_EXIT_WAIT: '0.2' } });
  t.after(() => program.child.kill('SIGKILL'));
  await until('it is there', () => workers('stays'));
  const id = await start('stays', 1);
  await program.prints('begun');
  await services.edge.kill();
  program.child.stdin.write('go on\n');
  await program.prints('done');
  const began = performance.now();
  await until('that has passed, or it has ended', () => performance.now() - began > 1000 || program.child.exitCode !== null);
  await services.edge.start();
  assert.equal((await ended(id)).status, 'succeeded');
  program.child.kill('SIGTERM');
  assert.equal(await program.ended, 0, program.err);
});

test('how the work ends is how its task ends', async (t) => {
  const code = `if (t.params.n === 'final') throw new taskwire.Failed('there is no such image', { reason: 'NO_SUCH_IMAGE' });
    if (t.params.n === 'again' && t.attempt === 1) throw new Error('busy');
    if (t.params.n === 'odd') return [1];
    while (t.params.n === 'cancel') { t.progress({ message: String(Math.random()) }); await new Promise((resolve) => setTimeout(resolve, 20)); }`;
  const program = startWorker('ways', code, { parallel: 4 });
  t.after(() => program.child.kill('SIGKILL'));
  await until('it is there', () => workers('ways'));
  const ids = { final: await start('ways', 'final'), again: await start('ways', 'again'), odd: await start('ways', 'odd'), cancel: await start('ways', 'cancel') };
  await until('it runs', async () => (await get(ids.cancel)).status === 'running');
  await ask(`/api/tasks/alice/${ids.cancel}/cancel`, 'POST');
  const outcomes = {};
  for (const [how, id] of Object.entries(ids)) outcomes[how] = await ended(id);
  assert.deepEqual([outcomes.final.attempt, outcomes.final.error], [1, { reason: 'NO_SUCH_IMAGE', message: 'there is no such image' }]);
  assert.deepEqual([outcomes.again.attempt, outcomes.again.status], [2, 'succeeded']);
  assert.deepEqual([outcomes.odd.attempt, outcomes.odd.error.reason], [5, 'TYPE_ERROR']);
  assert.deepEqual([outcomes.cancel.attempt, outcomes.cancel.status], [1, 'cancelled']);
});

test('a claim or a type that is refused ends it with the reason', async () => {
  await assert.rejects(new Worker({ url: services.url }).task('unknown', () => {}).run(), /UNKNOWN_TASK_TYPE/);
  await assert.rejects(new Worker({ url: services.url }).task('wrong', { register: { params: { oneOf: [] } } }, () => {}).run(), /UNSUPPORTED_SCHEMA/);
  await assert.rejects(new Worker().run(), /has no function/);
});

test('work whose lease is lost is to stop, and the next is done', async (t) => {
  for (const throwOnCancel of [true, false]) {
    const assignment = (n) => ({ lease: String(n).repeat(32), leaseMs: 30_000, task: { taskId: 'a', type: 't', params: { n }, userId: 'u', taskName: 'n', attempt: 1 } });
    const edge = await scriptedEdge((path, body) => {
      if (path.endsWith('/claim')) return [200, { assignments: [1, 2].filter((n) => n === edge.bodies('/claim').length).map(assignment) }];
      return path.endsWith('/report') && body.lease[0] === '1' ? [409, { reason: 'LEASE_LOST', detail: 'x' }] : well(path);
    });
    t.after(() => edge.stop());
    const stopped = [];
    const worker = new Worker({ url: edge.url, waitMs: 0 }).task('t', { throwOnCancel }, async (t) => {
      if (t.params.n === 2) return;
      t.progress(1);
      await until('it is to stop', () => t.signal.aborted);
      if (throwOnCancel) assert.throws(() => t.progress(2), Cancelled);
      stopped.push([t.lost, t.cancelled]);
      t.throwIfCancelled();
    });
    const told = await warnings(async () => {
      const running = worker.run();
      await until('the next is done', () => edge.bodies('/finish').length > 0);
      worker.stop();
      await running;
    });
    assert.deepEqual(edge.bodies('/finish').map(({ lease }) => lease[0]), ['2']);
    assert.deepEqual(stopped, [[true, true]]);
    assert.equal(told.length, 1, told.join('\n'));
    assert.match(told[0], /which is to stop: .*LEASE_LOST/);
  }
});

test('what a worker makes that JSON cannot say fails its task, and such a type is refused', async (t) => {
  const program = startWorker('unsayable', "if (t.params.n === 'made') return { n: 10n }; t.result.n = 10n;");
  t.after(() => program.child.kill('SIGKILL'));
  await until('it is there', () => workers('unsayable'));
  for (const how of ['made', 'set']) {
    const { status, error } = await ended(await start('unsayable', how));
    assert.deepEqual([status, error], ['failed', { reason: 'TYPE_ERROR', message: 'Do not know how to serialize a BigInt' }]);
  }
  await assert.rejects(new Worker({ url: services.url }).task('odd', { register: { params: { minimum: 1n } } }, () => {}).run(), /serialize a BigInt/);
});

test('a claim without an answer is repeated with its key and looked at', async (t) => {
  let claims = 0;
  const assignment = { lease: '1'.repeat(32), leaseMs: 30_000, task: { taskId: 'a', type: 't', params: {}, userId: 'u', taskName: 'n', attempt: 1 } };
  const edge = await scriptedEdge((path) => {
    if (path.endsWith('/report')) return [409, { reason: 'LEASE_LOST', detail: 'x' }];
    if (!path.endsWith('/claim')) return well(path);
    return ++claims === 1 ? undefined : [200, { assignments: claims === 2 ? [assignment] : [] }];
  });
  t.after(() => edge.stop());
  const worker = new Worker({ url: edge.url, waitMs: 0 }).task('t', () => assert.fail('another may do it by now'));
  const running = worker.run();
  await until('it goes on', () => claims > 2);
  worker.stop();
  await running;
  const keys = edge.requests.filter(({ path }) => path.endsWith('/claim')).map(({ headers }) => headers['idempotency-key']);
  assert.equal(keys[0], keys[1]);
  assert.notEqual(keys[1], keys[2]);
  assert.deepEqual(edge.bodies('/finish'), []);
});

test('a service that is no taskwire is asked ever more seldom, and that is said once', async (t) => {
  const edge = await scriptedEdge(() => [200, {}]);
  t.after(() => edge.stop());
  const told = await warnings(async () => {
    const worker = new Worker({ url: edge.url }).task('t', () => {});
    const running = worker.run();
    const began = performance.now();
    await until('it has asked four times', () => edge.bodies('/claim').length === 4);
    assert.ok(performance.now() - began > 600);
    worker.stop();
    await running;
  });
  assert.deepEqual(told, [`taskwire: a worker waits: ${edge.url} is away: what answers there is no taskwire`]);
});

test('what makes no sense of a worker is refused', () => {
  for (const options of [{ parallel: 0 }, { parallel: NaN }, { parallel: '2' }, { waitMs: -1 }, { waitMs: '30000' }, { waitMs: Infinity }]) {
    assert.throws(() => new Worker(options), TypeError);
  }
});

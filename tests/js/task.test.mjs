// Work of a program as a task, also while the service is away.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Cancelled, Failed, task, track } from '../../tools/js/index.js';
import { reasonOf } from '../../tools/js/lib/errors.js';
import { startServices } from '../support/services.mjs';
import { until } from '../support/until.mjs';
import { asker, startProgram } from './programs.mjs';
import { scriptedEdge } from './scripted.mjs';
import { withShortLeases } from './short_leases.mjs';
import { warnings } from './warnings.mjs';

let services;
let inlet;  // stays while the other edge is away
before(async () => {
  services = await startServices();
  inlet = asker(`http://127.0.0.1:${(await services.startEdge()).port}`);
});
after(() => services?.stop());
const at = (user, more = {}) => ({ user, url: services.url, ...more });

test('work is a task with all that it tells', async () => {
  const value = await task('Import', at('all'), async (t) => {
    t.progress(5, 10, 'files');
    t.progress({ stage: 'Reading', message: 'a.csv' });
    const told = await inlet.seen('all', ({ message }) => message === 'a.csv');
    assert.deepEqual([told.done, told.total, told.unit, told.stage, told.taskName], [5, 10, 'files', 'Reading', 'Import']);
    assert.equal(t.id, told.taskId);
    t.progress({ stage: null, condition: 'paused', indeterminate: true });
    assert.equal((await inlet.seen('all', ({ condition }) => condition === 'paused')).stage, '');
    t.progress({ condition: null, indeterminate: false, steps: ['Get', { name: 'Put', state: 'running', done: 1, total: 4 }] });
    assert.equal((await inlet.seen('all', ({ steps }) => steps)).steps[1].total, 4);
    t.progress({ percent: 62.5 });
    await inlet.seen('all', ({ progressPercentage }) => progressPercentage === 62);
    t.result = { rows: 12 };
    return 'value';
  });
  assert.equal(value, 'value');
  const told = await inlet.ended('all');
  assert.deepEqual([told.status, told.result], ['succeeded', { rows: 12 }]);
});

test('what makes no sense is said at once', async () => {
  await task('Import', at('sense'), (t) => {
    for (const changes of [{ done: 'x' }, { condition: 'bad' }, { steps: [{ name: 'a', state: '?' }] }, { part: 1 }]) assert.throws(() => t.progress(changes), TypeError);
    assert.throws(() => (t.result = [1]), TypeError);
    t.progress({ done: -3, total: Infinity, unit: 'a'.repeat(1000), percent: NaN, message: `\uDC80\0${'ä'.repeat(5000)}` });
  });
  assert.equal((await inlet.ended('sense')).status, 'succeeded');
});

test('what is thrown ends it', async () => {
  await assert.rejects(task('Import', at('throws'), () => JSON.parse('{')), SyntaxError);
  const told = await inlet.ended('throws');
  assert.deepEqual([told.status, told.error.reason], ['failed', 'SYNTAX_ERROR']);
  await assert.rejects(task('Import', at('fails'), () => { throw new Failed('full', { reason: 'DISK_FULL' }); }), Failed);
  assert.deepEqual((await inlet.ended('fails')).error, { reason: 'DISK_FULL', message: 'full' });
});

test('a cancel is thrown by the next progress, or left to the work', async () => {
  const stop = (user, t) => until('it has begun', () => t.id).then((id) => inlet.ask(`/api/tasks/${user}/${id}/cancel`, 'POST'));
  await assert.rejects(task('Import', at('cancel'), async (t) => {
    await stop('cancel', t);
    await until('it is told', () => t.progress({ message: String(Math.random()) }));
  }), Cancelled);
  assert.equal((await inlet.ended('cancel')).status, 'cancelled');
  await task('Import', at('polite', { throwOnCancel: false }), async (t) => {
    await stop('polite', t);
    await until('it is told', () => t.progress({ message: String(Math.random()) }) || t.signal.aborted || t.lost);
    assert.ok(!t.lost);
  });
  assert.equal((await inlet.ended('polite')).status, 'succeeded');
});

test('a cancel is heard of while nothing is told', async () => {
  await task('Import', at('hears', { throwOnCancel: false }), async (t) => {
    await until('it has begun', () => t.id);
    await inlet.ask(`/api/tasks/hears/${t.id}/cancel`, 'POST');
    await until('it is heard of, before the lease is renewed', () => t.signal.aborted, 8000);
  });
});

test('a loop is a task, paced, and its last progress counts', async () => {
  const rows = Array.from({ length: 50_000 }, (_, at) => at);
  let sum = 0;
  for await (const row of track(rows, at('loop', { name: 'Loop', unit: 'rows' }))) sum += row;
  assert.equal(sum, 1249975000);
  const told = await inlet.ended('loop');
  assert.deepEqual([told.status, told.taskName, told.done, told.total, told.unit], ['succeeded', 'Loop', 50_000, 50_000, 'rows']);
  const { events } = await inlet.ask('/api/events/history?topic=tasks/loop&limit=256');
  assert.ok(events.length < 100, `${events.length} events`);
});

test('a loop that is left early, or whose rows cannot be made', async () => {
  for await (const row of track([1, 2, 3], at('left'))) if (row === 2) break;
  const left = await inlet.ended('left');
  assert.deepEqual([left.status, left.done], ['cancelled', 1]);
  async function* rows() {
    yield 1;
    throw new RangeError('gone');
  }
  await assert.rejects(async () => { for await (const _ of track(rows(), at('rows'))); }, RangeError);
  assert.deepEqual((await inlet.ended('rows')).error, { reason: 'RANGE_ERROR', message: 'gone' });
});

test('a loop that never waits is told all the same, and can be cancelled', async () => {
  function* rows() {
    for (const giveUpAt = Date.now() + 30_000; Date.now() < giveUpAt;) yield 1;
  }
  inlet.seen('busy', ({ status, done }) => status === 'running' && done > 0).then(({ taskId }) => inlet.ask(`/api/tasks/busy/${taskId}/cancel`, 'POST'));
  await assert.rejects(async () => { for await (const _ of track(rows(), at('busy'))); }, Cancelled);
  assert.equal((await inlet.ended('busy')).status, 'cancelled');
});

test('the work goes on while the edge is away, and its end is told once it is back', async () => {
  const began = Date.now();
  await task('Import', at('away'), async (t) => {
    t.progress(1, 10);
    await inlet.seen('away', ({ done }) => done === 1);
    await services.edge.kill();
    for (let done = 2; done < 10; done++) t.progress({ done, message: `row ${done}` });
  });
  assert.ok(Date.now() - began < 5000);
  await services.edge.start();
  const told = await inlet.ended('away');
  assert.deepEqual([told.status, told.message, told.attempt], ['succeeded', 'row 9', 1]);
  assert.equal((await inlet.ends('away')).length, 1);
});

test('what ran before the edge came is told once', async () => {
  await services.edge.kill();
  await assert.rejects(task('Import', at('early'), () => { throw new TypeError('bad'); }), TypeError);
  await services.edge.start();
  assert.deepEqual((await inlet.ended('early')).error, { reason: 'TYPE_ERROR', message: 'bad' });
  assert.equal((await inlet.ends('early')).length, 1);
});

test('the lease is renewed while nothing is told', async (t) => {
  const { services, inlet } = await withShortLeases(t);
  await task('Import', at('quiet', { url: services.url }), async (t) => {
    await until('it has begun', () => t.id);
    const began = Date.now();
    await until('two leases have passed', () => Date.now() - began > 8500);
    assert.equal((await inlet.only('quiet')).status, 'running');
  });
  assert.equal((await inlet.ended('quiet')).status, 'succeeded');
});

test('a lease that is lost is told once and breaks nothing', async (t) => {
  const { services, inlet } = await withShortLeases(t);
  const told = await warnings(() => task('Import', at('lost', { url: services.url }), async (t) => {
    await until('it has begun', () => t.id);
    await services.edge.kill();
    await inlet.seen('lost', ({ status }) => status === 'failed');
    t.progress(1, 2);
    await services.edge.start();
    await until('that is known', () => t.lost);
    t.progress(2, 2);
  }));
  assert.equal(told.length, 1, told.join('\n'));
  assert.match(told[0], /LEASE_LOST/);
  assert.equal((await inlet.only('lost')).error.reason, 'WORKER_LOST');
});

test('a refusal is told once and breaks nothing', async (t) => {
  const edge = await scriptedEdge(() => [200, {}]);
  t.after(() => edge.stop());
  for (const [where, why] of [[at('no/name'), /INVALID_USER_ID/], [{ user: 'a', url: edge.url }, /is no taskwire/]]) {
    const told = await warnings(() => task('Import', where, (t) => t.progress(1, 2)));
    assert.equal(told.length, 1, told.join('\n'));
    assert.match(told[0], why);
  }
});

test('a program ends in bounded time without an edge', async () => {
  const began = Date.now();
  const program = startProgram("await taskwire.task('Import', () => console.log('done'));", { TASKWIRE_URL: 'http://127.0.0.1:9', TASKWIRE_EXIT_WAIT: '0.5' });
  assert.equal(await program.ended, 0);
  assert.ok(Date.now() - began < 10_000);
  assert.equal(program.out, 'done\n');
  assert.match(program.err, /^taskwire: the end of 'Import' could not be told: http:\/\/127.0.0.1:9 is away: .+\n$/);
});

test('a program that dies of what it throws has told it', async () => {
  const program = startProgram("await taskwire.task('Import', () => { throw new RangeError('bad'); });", { TASKWIRE_URL: services.url, TASKWIRE_USER: 'dies' });
  assert.equal(await program.ended, 1);
  assert.deepEqual((await inlet.ended('dies')).error, { reason: 'RANGE_ERROR', message: 'bad' });
});

test('names of errors become reasons', () => {
  const reasons = { URIError: 'URI_ERROR', ENOENT: 'ENOENT', ERR_INVALID_URL: 'ERR_INVALID_URL', '2fast': 'FAST', ä: 'WORK_FAILED' };
  assert.deepEqual(Object.fromEntries(Object.keys(reasons).map((name) => [name, reasonOf(name)])), reasons);
});

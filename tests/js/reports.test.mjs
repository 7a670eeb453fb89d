// What is sent where, and what never is.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { userInfo } from 'node:os';
import { mock, test } from 'node:test';
import { task, watchTasks, Worker } from '../../tools/js/index.js';
import { messageOf } from '../../tools/js/lib/http.js';
import { until } from '../support/until.mjs';
import { startProgram } from './programs.mjs';
import { lease, scriptedEdge, well } from './scripted.mjs';
import { warnings } from './warnings.mjs';

test('a report without an answer is repeated with its number, and the last progress goes with the end', async (t) => {
  let lost = 0;
  const edge = await scriptedEdge((path) => {
    if (!path.endsWith('/report') || ++lost > 2) return well(path);
    return lost === 1 ? undefined : [503, { reason: 'UNKNOWN_OUTCOME', detail: 'x' }];
  });
  t.after(() => edge.stop());
  await task('Import', { user: 'al@ice', url: `${edge.url}/below/`, token: 'secret' }, async (t) => {
    t.progress(1, 10);
    await until('it was lost', () => lost);
    t.progress(2, 10);
    t.progress({ done: 3 });
    await until('all is told', () => edge.bodies('/report').length === 4);
    t.progress({ done: 4 });
  });
  const first = { lease, seq: 1, progress: { done: 1, total: 10 } };
  await until('the end is told', () => edge.bodies('/finish').length);
  assert.deepEqual(edge.bodies('/report'), [first, first, first, { lease, seq: 2, progress: { done: 3, total: 10 } }]);
  assert.deepEqual(edge.bodies('/finish'), [{ lease, result: {}, progress: { done: 4 } }]);
  assert.equal(edge.requests[0].path, '/below/api/tasks/al%40ice/start');
  assert.ok(edge.requests.every(({ headers }) => headers.authorization === 'Bearer secret'));
});

test('a lease of any length is reported to', async (t) => {
  for (const leaseMs of [3001, 29_998, 29_999, 30_000]) {
    const edge = await scriptedEdge((path) => [well(path)[0], { ...well(path)[1], leaseMs }]);
    t.after(() => edge.stop());
    await task('Import', { user: 'a', url: edge.url }, async (t) => {
      for (const told of [1, 2]) {
        t.progress(told, 2);
        await until(`a report comes within ${leaseMs} ms`, () => edge.bodies('/report').length === told, 5000);
      }
    });
  }
});

test('reports are a tenth of a second apart', async (t) => {
  const edge = await scriptedEdge(well);
  t.after(() => edge.stop());
  await task('Import', { user: 'a', url: edge.url }, async (t) => {
    await until('it has begun', () => t.id);
    const began = Date.now();
    await until('six are told', () => t.progress({ message: String(Math.random()) }) || edge.bodies('/report').length >= 6);
    assert.ok(Date.now() - began > 450, `${Date.now() - began} ms`);
  });
});

test('below a wrapper the outermost reports without numbers and ends nothing', async (t) => {
  const edge = await scriptedEdge(well);
  t.after(() => edge.stop());
  const code = "for await (const row of taskwire.track([1, 2], { name: 'Outer' })) for await (const inner of taskwire.track([1, 2, 3]));";
  const program = startProgram(code, { TASKWIRE_URL: edge.url, TASKWIRE_LEASE: lease });
  assert.equal(await program.ended, 0);
  assert.equal(program.err, '');
  assert.deepEqual([...new Set(edge.requests.map(({ path }) => path))], ['/api/work/report']);
  for (const body of edge.bodies('')) assert.deepEqual(Object.keys(body), ['lease', 'progress']);
  assert.deepEqual(Object.assign({}, ...edge.bodies('').map(({ progress }) => progress)), { stage: 'Outer', done: 2, total: 2, unit: '' });
});

test('below a wrapper it has the id of that task', async (t) => {
  const edge = await scriptedEdge(well);
  t.after(() => edge.stop());
  const code = "await taskwire.task('x', async (t) => { while (!t.id) await new Promise(setImmediate); console.log(t.id); });";
  const program = startProgram(code, { TASKWIRE_URL: edge.url, TASKWIRE_LEASE: lease, TASKWIRE_TASK: 'abcdefghijkl' });
  assert.deepEqual([await program.ended, program.out, program.err], [0, 'abcdefghijkl\n', '']);
});

test('whose it is is known without an environment', async (t) => {
  const edge = await scriptedEdge(well);
  t.after(() => edge.stop());
  const program = startProgram("await taskwire.task('x', () => {});", { TASKWIRE_URL: edge.url, USER: undefined, LOGNAME: undefined, USERNAME: undefined });
  assert.equal(await program.ended, 0, program.err);
  assert.equal(edge.requests[0].path, `/api/tasks/${userInfo().username}/start`);
});

test('below a wrapper what goes elsewhere is a task of its own', async (t) => {
  const [edge, other] = [await scriptedEdge(well), await scriptedEdge(well)];
  t.after(() => Promise.all([edge.stop(), other.stop()]));
  const code = `await taskwire.task('Elsewhere', { user: 'a', url: '${other.url}' }, () => {}); await taskwire.task('Here', { user: 'a', url: '${edge.url}/' }, () => {});`;
  const program = startProgram(code, { TASKWIRE_URL: edge.url, TASKWIRE_LEASE: '1'.repeat(32) });
  assert.equal(await program.ended, 0);
  assert.equal(program.err, '');
  assert.deepEqual(other.requests.map(({ path, body }) => [path, body.lease]), [['/api/tasks/a/start', undefined], ['/api/work/finish', lease]]);
  assert.deepEqual(edge.bodies(''), [{ lease: '1'.repeat(32), progress: { stage: 'Here' } }]);
});

test('a result that JSON cannot say ends the task as failed, and the work is not to suffer', async (t) => {
  const edge = await scriptedEdge(well);
  t.after(() => edge.stop());
  const told = await warnings(async () => {
    assert.equal(await task('Import', { user: 'a', url: edge.url }, (t) => (t.result.n = 10n)), 10n);
  });
  assert.deepEqual(edge.bodies('/finish'), [{ lease, error: { reason: 'TYPE_ERROR', message: 'Do not know how to serialize a BigInt' } }]);
  assert.equal(told.length, 1, told.join('\n'));
});

test('a result is told as it was at the end', async (t) => {
  let isBack = false;
  const edge = await scriptedEdge((path) => (isBack ? well(path) : undefined));
  t.after(() => edge.stop());
  const result = { rows: 1 };
  await task('Import', { user: 'a', url: edge.url }, (t) => void (t.result = result));
  result.rows = 2n;
  isBack = true;
  await until('the end is told', () => edge.bodies('/finish').length);
  assert.deepEqual(edge.bodies('/finish'), [{ lease, result: { rows: 1 } }]);
});

test('a token is taken without the line break at its end', async (t) => {
  const edge = await scriptedEdge((path) => (path.endsWith('/claim') ? [409, { reason: 'X', detail: 'x' }] : well(path)));
  t.after(() => edge.stop());
  const code = `await taskwire.task('Import', { user: 'a' }, () => {});
    await new taskwire.Worker().task('t', () => {}).run().catch((error) => console.log(error.message));`;
  const program = startProgram(code, { TASKWIRE_URL: ` ${edge.url}\n`, TASKWIRE_TOKEN: 's3cret\n' });
  assert.equal(await program.ended, 0);
  assert.deepEqual([program.out, program.err], ['a claim was refused: x (X)\n', '']);
  assert.deepEqual([...new Set(edge.requests.map(({ headers }) => headers.authorization))], ['Bearer s3cret']);
});

test('what can never be sent is said once, and a token is not shown', async (t) => {
  const edge = await scriptedEdge(well);
  t.after(() => edge.stop());
  for (const [where, why] of [[{ url: edge.url, token: 's3cret\nsecond' }, /TASKWIRE_TOKEN/], [{ url: edge.url, token: 's3crét' }, /TASKWIRE_TOKEN/], [{ url: 'localhost:1' }, /TASKWIRE_URL/]]) {
    const told = await warnings(() => task('Import', { user: 'a', ...where }, (t) => t.progress(1)));
    assert.equal(told.length, 1, told.join('\n'));
    assert.match(told[0], why);
    assert.doesNotMatch(told[0], /s3cr|fault/);
    await assert.rejects(new Worker(where).task('t', () => {}).run(), why);
    if (where.token) assert.throws(() => watchTasks('a', () => {}, where), why);
  }
  assert.deepEqual(edge.requests, []);
});

test('what is said of a host with two addresses, of which none answers', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED ::1:9'), { code: 'ECONNREFUSED' });
  assert.equal(messageOf(new AggregateError([refused])), 'connect ECONNREFUSED ::1:9');
  assert.equal(messageOf(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })), 'ECONNREFUSED');
});

test('the library can be had by require', { skip: !process.features.require_module && 'not in this Node' }, () => assert.equal(typeof createRequire(import.meta.url)('../../tools/js/index.js').task, 'function'));

test('a URL that can never be asked is refused at once', async () => {
  for (const url of ['http://localhost:99999', 'http://[bad', 'http://user:word@localhost:8080', 'ftp://localhost']) {
    const told = await warnings(() => task('Import', { user: 'a', url }, (t) => t.progress(1)));
    assert.equal(told.length, 1, told.join('\n'));
    assert.match(told[0], /TASKWIRE_URL is to be like/);
    assert.doesNotMatch(told[0], /word/);
    await assert.rejects(new Worker({ url }).task('t', () => {}).run(), /TASKWIRE_URL is to be like/);
  }
});

test('why the end could not be told is said', async (t) => {
  const edge = await scriptedEdge((path) => (path.endsWith('/finish') ? [502, { reason: 'ENGINE_ERROR', detail: 'it is broken' }] : well(path)));
  t.after(() => edge.stop());
  const program = startProgram("await taskwire.task('Import', () => {});", { TASKWIRE_URL: edge.url, TASKWIRE_EXIT_WAIT: '0.5' });
  assert.equal(await program.ended, 0);
  assert.equal(program.err, `taskwire: the end of 'Import' could not be told: ${edge.url} answers it is broken (ENGINE_ERROR)\n`);
});

test('an endless wait at the end is one of a day', async (t) => {
  const edge = await scriptedEdge(well);
  t.after(() => edge.stop());
  const program = startProgram("await taskwire.task('Import', () => {});", { TASKWIRE_URL: edge.url, TASKWIRE_EXIT_WAIT: 'Infinity' });
  assert.deepEqual([await program.ended, program.err, edge.bodies('/finish').length], [0, '', 1]);
});

test('a clock that is put back holds up no report', async (t) => {
  const edge = await scriptedEdge(well);
  t.after(() => edge.stop());
  await task('Import', { user: 'a', url: edge.url }, async (t) => {
    t.progress(1);
    await until('it is told', () => edge.bodies('/report').length === 1);
    const put = mock.method(Date, 'now', () => new Date().getTime() - 3_600_000);
    try {
      t.progress(2);
      await until('it is told', () => edge.bodies('/report').length === 2);
    } finally {
      put.mock.restore();
    }
  });
});

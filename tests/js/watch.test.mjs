// A list of tasks, kept true through crashes of edge and engine, by fetch and by EventSource.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { watchTasks } from '../../tools/js/index.js';
import { startServices } from '../support/services.mjs';
import { until } from '../support/until.mjs';
import { scriptedEdge } from './scripted.mjs';

const { EventSource } = createRequire(new URL('../../tools/package.json', import.meta.url))('eventsource');

for (const [way, by] of Object.entries({ fetch: {}, EventSource: { EventSource } })) {
  describe(`watchTasks by ${way}`, () => {
    let services;
    let inlet;  // stays while the other edge is away
    const watches = [];
    before(async () => {
      services = await startServices({ edgeArgs: ['--retry-min', '50ms', '--retry-max', '100ms'] });
      inlet = `http://127.0.0.1:${(await services.startEdge()).port}`;
    });
    after(async () => {
      for (const one of watches) one.close();
      await services?.stop();
    });

    function watch(user, options = {}) {
      const calls = [];
      const one = watchTasks(user, (tasks, status) => calls.push(status), { url: services.url, ...by, ...options });
      watches.push(one);
      return Object.assign(one, { calls });
    }
    const ask = async (path, method = 'GET', body) => {
      const headers = { 'Content-Type': 'application/json' };
      const answer = await fetch(inlet + path, { method, headers, body: body && JSON.stringify(body) });
      assert.ok(answer.ok, await answer.clone().text());
      return answer.status === 204 ? undefined : answer.json();
    };
    const start = (user) => ask(`/api/tasks/${user}/start`, 'POST', { claim: true });
    const finish = (task) => ask('/api/work/finish', 'POST', { lease: task.lease, result: {} });
    /** Waits until the list is what the service says. */
    const isTrue = (user, one) =>
      until(`${user}'s list is true`, async () => {
        const list = (await ask(`/api/tasks/${user}?pageSize=100`)).tasks.map(({ taskId, status, done }) => `${taskId} ${status} ${done}`);
        const known = [...one.tasks.values()].map(({ taskId, status, done }) => `${taskId} ${status} ${done}`);
        return one.status.isSynced && one.status.state === 'open' && known.sort().join() === list.sort().join();
      });

    test('tasks come, change, end and go', async () => {
      const one = watch('alice');
      await isTrue('alice', one);
      assert.equal(one.tasks.size, 0);
      const task = await start('alice');
      await isTrue('alice', one);
      await ask('/api/work/report', 'POST', { lease: task.lease, progress: { done: 3, total: 4 } });
      await until('it is seen', () => one.tasks.get(task.taskId)?.done === 3);
      await finish(task);
      await isTrue('alice', one);
      await ask(`/api/tasks/alice/${task.taskId}`, 'DELETE');
      await until('it is gone', () => one.tasks.size === 0);
      one.close();
      assert.deepEqual([one.status.state, one.status.why], ['ended', 'closed']);
      const { length } = one.calls;
      await start('alice');
      await one.ended;
      assert.equal(one.calls.length, length, 'nothing is told after close');
    });

    test('a cut is told, and what happened meanwhile is made good', async () => {
      const one = watch('bob');
      const [kept, gone] = [await start('bob'), await start('bob')];
      await isTrue('bob', one);
      await services.edge.kill();
      await until('the cut is told', () => one.status.state === 'cut');
      assert.equal(one.tasks.size, 2, 'what is known stays');
      assert.ok(one.status.retryAt > Date.now() - 60_000);
      await finish(gone);
      await ask(`/api/tasks/bob/${gone.taskId}`, 'DELETE');
      await ask('/api/work/report', 'POST', { lease: kept.lease, progress: { done: 7 } });
      await start('bob');
      await services.edge.start();
      await isTrue('bob', one);
      assert.ok(one.calls.some(({ state }) => state === 'cut'));
      assert.ok(!one.calls.some(({ state }) => state === 'ended'));
    });

    test('the engine goes and comes back, which is told while the stream stands', async () => {
      const one = watch('carol');
      const task = await start('carol');
      await isTrue('carol', one);
      await services.engine.kill();
      await until('it is told', () => one.status.upstream.state === 'down');
      assert.equal(one.status.state, 'open');
      await services.engine.start();
      await until('it is told', () => one.status.upstream.state === 'up');
      await until('the task goes on', () => ask('/api/work/report', 'POST', { lease: task.lease, progress: { done: 9 } }).then(() => true, () => false));
      await until('it is seen', () => one.tasks.get(task.taskId)?.done === 9);
      await isTrue('carol', one);
    });

    test('one task is over when it has ended', async () => {
      const task = await start('dave');
      await start('dave');
      const one = watch('dave', { taskId: task.taskId });
      await until('it is seen', () => one.status.isSynced);
      assert.deepEqual([...one.tasks.keys()], [task.taskId]);
      await finish(task);
      await one.ended;
      assert.deepEqual([one.status.state, one.status.why, one.tasks.get(task.taskId).status], ['ended', 'over', 'succeeded']);
    });

    test('a refusal ends it with its reason', async () => {
      const one = watch('dave', { taskId: 'aaaaaaaaaaaa' });
      await one.ended;
      const { state, why, httpStatus } = one.status;
      assert.deepEqual({ state, why, httpStatus }, { state: 'ended', why: 'refused', httpStatus: 404 });
      if (way === 'fetch') assert.equal(one.status.error.reason, 'TASK_NOT_FOUND');
    });

    test('a signal ends it', async () => {
      const abort = new AbortController();
      const one = watch('erin', { signal: abort.signal });
      await until('it is open', () => one.status.state === 'open');
      abort.abort();
      await one.ended;
      assert.equal(one.status.why, 'closed');
    });
  });
}

test('headers are asked for anew each time, and the last id is sent', async (t) => {
  let times = 0;
  const edge = await scriptedEdge((path, body, response) => {
    if (++times === 4) return [401, { detail: 'the token is over', reason: 'TOKEN_EXPIRED' }];
    if (times === 2) return [503, { detail: 'later', reason: 'SHUTTING_DOWN' }];
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.end(`retry: 10\n\nevent: reset\ndata: {}\n\nid: x-${times}\nevent: synced\ndata: {}\n\nevent: skipped\ndata: {}\n\nid: x-${times}9\n\n`);
    return response;
  });
  t.after(() => edge.stop());
  let token = 0;
  const one = watchTasks('a b', () => {}, { url: `${edge.url}/below/`, headers: async () => ({ Authorization: `Bearer ${++token}` }) });
  t.after(() => one.close());
  await one.ended;
  const told = edge.requests.map(({ path, headers }) => [path, headers.authorization, headers['last-event-id']]);
  const path = '/below/api/task-progress/a%20b';
  assert.deepEqual(told, [[path, 'Bearer 1', undefined], [path, 'Bearer 2', 'x-19'], [path, 'Bearer 3', 'x-19'], [path, 'Bearer 4', 'x-39']]);
  assert.deepEqual([one.status.why, one.status.httpStatus, one.status.error.reason, one.status.skipped], ['refused', 401, 'TOKEN_EXPIRED', 2]);
});

test('what keeps a request from being made counts as a cut', async (t) => {
  const edge = await scriptedEdge((path, body, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write('event: reset\ndata: {}\n\nid: x-1\nevent: synced\ndata: {}\n\n');
    return response;
  });
  t.after(() => edge.stop());
  let times = 0;
  const oddOnce = () => {
    if (++times === 1) throw new Error('the token cannot be renewed now');
  };
  class Odd extends EventSource {
    constructor(url) {
      oddOnce();
      super(url);
    }
  }
  for (const options of [{ headers: async () => oddOnce() }, { headers: oddOnce }, { EventSource: Odd }]) {
    times = 0;
    const cuts = [];
    const one = watchTasks('a', (tasks, { state, error }) => state === 'cut' && cuts.push(error?.message), { url: edge.url, ...options });
    t.after(() => one.close());
    await until('it is synced', () => one.status.isSynced);
    assert.deepEqual(cuts, ['the token cannot be renewed now']);
  }
});

test('a clock that is put forward cuts no stream', async (t) => {
  let stream;
  const edge = await scriptedEdge((path, body, response) => {
    stream = response;
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write('event: reset\ndata: {}\n\n');
    return response;
  });
  t.after(() => edge.stop());
  t.mock.timers.enable({ apis: ['setInterval'] });
  const states = [];
  const one = watchTasks('a', (tasks, { state }) => states.push(state), { url: edge.url });
  t.after(() => one.close());
  await until('it is open', () => one.status.state === 'open');
  const put = t.mock.method(Date, 'now', () => new Date().getTime() + 3_600_000);
  t.mock.timers.tick(1000);
  put.mock.restore();
  stream.write('id: x-1\nevent: synced\ndata: {}\n\n');
  await until('it is synced', () => one.status.isSynced);
  assert.ok(!states.includes('cut'), states.join());
});

test('another log in the place of the first leaves no row of it', async (t) => {
  const first = await startServices();
  t.after(() => first.stop());
  const second = await startServices();
  t.after(() => second.stop());
  await first.startTask('alice', 'of the first', {}, 'external', { claim: true });
  const other = await second.startTask('alice', 'of the second', {}, 'external', { claim: true });
  let target = first.url;
  const one = watchTasks('alice', () => {}, { url: 'http://edge', fetch: (url, init) => fetch(url.replace('http://edge', target), init) });
  t.after(() => one.close());
  await until('it is synced', () => one.status.isSynced && one.tasks.size === 1);
  target = second.url;
  await first.edge.kill();
  await until('the other is there', () => one.status.isSynced && one.tasks.has(other.taskId));
  assert.equal(one.tasks.size, 1);
});

// An edge that cannot serve says so as described, on every operation: without an engine, full, stopping.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { until } from '../support/until.mjs';
import { call } from './support/call.mjs';
import { checkAnswer, checkProblemExamples, each, expectRefusal } from './support/check.mjs';
import { startDescribed } from './support/described.mjs';
import { requestFor, withHeaders } from './support/requests.mjs';

let service;
afterEach(() => service?.stop());

const find = (id) => service.description.operations.find((operation) => operation.id === id);
const streams = ({ stream }) => stream;

/** Opens a stream that has its place, which who asked before may still hold; `close` lets it go. */
async function hold(path) {
  return until(`a place for ${path}`, async () => {
    const control = new AbortController();
    const answer = await fetch(`${service.url}${path}`, { signal: control.signal });
    const first = Buffer.from((await answer.body.getReader().read()).value ?? []).toString();
    if (answer.status === 200 && !/^retry: \d{5,}\n\n$/.test(first)) return { close: () => control.abort() };
    control.abort();
    return null;
  });
}

test('an edge without an engine', async () => {
  service = await startDescribed();
  await service.services.engine.kill();
  await service.services.edge.kill();
  await service.services.edge.start();
  await each(service, 15, (operation) => operation.gives('TOO_MANY_CALLS'), async (operation) => {
    const { reason } = checkAnswer(service.description, operation, await call(service.port, requestFor(operation)));
    // A call that was under way while the edge tried to connect counts as one that may have been carried out.
    assert.ok(['ENGINE_UNAVAILABLE', 'UNKNOWN_OUTCOME'].includes(reason), `${operation.id}: ${reason}`);
  });
  await expectRefusal(service, find('getReadiness'), requestFor(find('getReadiness')), 'NOT_SYNCED');
  await each(service, 8, streams, async (operation) => {
    const answer = await call(service.port, withHeaders(requestFor(operation), { Accept: 'text/event-stream' }));
    checkAnswer(service.description, operation, answer);
    assert.equal(answer.status, 200, operation.id);
  });
});

test('an edge with as many connections as it may have', async () => {
  service = await startDescribed({ edgeArgs: ['--max-connections', '1'] });
  const held = await hold('/stream/held');
  await each(service, 26, (operation) => operation.gives('TOO_MANY_CONNECTIONS'), (operation) =>
    expectRefusal(service, operation, requestFor(operation), 'TOO_MANY_CONNECTIONS'));
  const health = await call(service.port, requestFor(find('getHealth')));
  checkAnswer(service.description, find('getHealth'), health);
  assert.equal(health.status, 200, 'it lives');
  await each(service, 8, streams, async (operation) => {
    const answer = await call(service.port, withHeaders(requestFor(operation), { Accept: 'text/event-stream' }), () => false);
    checkAnswer(service.description, operation, answer);
    assert.match(answer.body, /^retry: \d{5,}\n\n$/, operation.id);
  });
  held.close();
});

test('an address and a user with as many connections as they may have', async () => {
  service = await startDescribed({ edgeArgs: ['--max-connections-per-address', '1'] });
  const held = await hold('/stream/held');
  await each(service, 26, (operation) => operation.gives('TOO_MANY_FROM_ADDRESS'), (operation) =>
    expectRefusal(service, operation, requestFor(operation), 'TOO_MANY_FROM_ADDRESS'));
  held.close();
  await service.stop();
  service = await startDescribed({ edgeArgs: ['--max-connections-per-user', '1'] });
  const mine = await hold('/sse/connect/alice');
  await each(service, 3, (operation) => operation.gives('TOO_MANY_OF_USER') && operation.id !== 'streamTask', (operation) =>
    expectRefusal(service, operation, requestFor(operation, { values: { topic: ['tasks/alice'] } }), 'TOO_MANY_OF_USER'));
  mine.close();
});

test('an engine with as many tasks as it may have', async () => {
  service = await startDescribed({ engineArgs: ['--workers', '1', '--max-queued', '1'] });
  const full = () => service.services.startTask('alice', 'Long', { durationMs: 600_000 }).then(() => false, () => true);
  await until('the queue is full', full);
  await expectRefusal(service, find('startTask'), requestFor(find('startTask')), 'QUEUE_FULL');
});

/** Begins a long request, waits for its task, does `meanwhile(task)`, and expects the request to be refused. */
async function interrupt(id, meanwhile, reason, options) {
  service = await startDescribed(options);
  const refused = call(service.port, requestFor(find(id)));
  const task = await until('the task runs', async () => {
    const { tasks } = JSON.parse((await call(service.port, requestFor(find('listTasks')))).body);
    return tasks.find(({ status }) => status === 'running');
  });
  await meanwhile(task);
  const answer = await refused;
  assert.equal(checkAnswer(service.description, find(id), answer).reason, reason);
  return { answer, task };
}

test('a long request whose task is cancelled', () =>
  interrupt('runAttempts', async ({ taskId }) => {
    const operation = find('cancelTask');
    checkAnswer(service.description, operation, await call(service.port, requestFor(operation, { values: { taskId } })));
  }, 'TASK_CANCELLED'));

test('a long request whose task fails', () =>
  interrupt('runCountdown', async () => {
    await service.services.engine.kill();
    await service.services.engine.start();
  }, 'TASK_FAILED'));

test('a long request to an edge that stops', async () => {
  const { answer, task } = await interrupt('runAttemptsByGet', () => service.services.edge.stop(), 'SHUTTING_DOWN');
  assert.equal(answer.headers.location, `../../api/tasks/alice/${task.taskId}`);
});

test('a long request whose task takes too long', async () => {
  const options = { edgeArgs: ['--long-request-timeout', '1s'] };
  const { answer, task } = await interrupt('runCountdownByGet', () => {}, 'TASK_NOT_DONE', options);
  assert.equal(answer.headers.location, `../../api/tasks/alice/${task.taskId}`);
});

test('these refusals read as their examples', () => checkProblemExamples(service.description, ['TASK_NOT_DONE'], ['ENGINE_UNAVAILABLE']));

// Every operation does what the description says, called with the description's own examples.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../support/until.mjs';
import { call } from './support/call.mjs';
import { checkAnswer } from './support/check.mjs';
import { startDescribed } from './support/described.mjs';
import { isPublication, requestFor, variationsOf } from './support/requests.mjs';

let service;
let services;
let description;
before(async () => {
  service = await startDescribed({ engineArgs: ['--workers', '64'] });
  ({ description, services } = service);
});
after(() => service?.stop());

const taskPath = ({ userId, taskId }) => `/api/tasks/${userId}/${taskId}`;
const startLongTask = () => services.startTask('alice', 'For an operation', { durationMs: 600_000 });

async function cancelledTask() {
  const task = await startLongTask();
  await call(services.edge.port, { method: 'POST', path: `${taskPath(task)}/cancel` });
  await until('the task is cancelled', async () => {
    const { status } = await (await fetch(services.url + taskPath(task))).json();
    return status === 'cancelled';
  });
  return task;
}

let types = 0;
const makeType = (type) => call(services.edge.port, { method: 'PUT', path: `/api/task-types/${type}` });

/** A type that nothing else needs. */
async function spareType() {
  const type = `spare-${++types}`;
  await makeType(type);
  return { type };
}

/** The types that an example names. */
async function typesOfExamples() {
  await Promise.all(['resize', 'mail'].map(makeType));
  return {};
}

/** Work that the caller does; the examples of bodies have another lease. */
const startWork = () => services.startTask('alice', 'Work', {}, 'external', { claim: true });
const withLease = (request, lease) => ({ ...request, body: request.body.replace(/"lease":"[0-9a-f]{32}"/, `"lease":"${lease}"`) });

/** What an operation has to find: a task, a type, work under way. */
const prepared = {
  streamTask: startLongTask,
  getTask: startLongTask,
  readOutput: startLongTask,
  cancelTask: startLongTask,
  retryTask: cancelledTask,
  deleteTask: cancelledTask,
  deleteType: spareType,
  claimWork: typesOfExamples,
  reportWork: startWork,
  finishWork: startWork,
};

/** What the examples add to the plain request and the services here cannot have: its status. */
const refused = { readHistory: { after: 410 } };  // the example is a cursor of another log

/** Calls `operation` and expects success, or what `refused` says; the status of its answer, which is as described. */
async function callOnce(operation, { what = 'plain', values = {}, body } = {}) {
  const { taskId, type, lease } = (await prepared[operation.id]?.()) ?? {};
  const plain = requestFor(operation, { values: { taskId, type, ...values }, body });
  const request = lease ? withLease(plain, lease) : plain;
  const answer = await call(services.edge.port, request);
  const content = checkAnswer(description, operation, answer);
  const expected = refused[operation.id]?.[what];
  if (expected) assert.equal(answer.status, expected, `${operation.id}, ${what}`);
  else assert.ok(answer.status >= 200 && answer.status < 300, `${operation.id}, ${what}, answers ${answer.status}: ${answer.body.slice(0, 500)}`);
  if (isPublication(operation)) {
    const isBatch = request.headers['Content-Type'] === 'application/x-ndjson';
    assert.deepEqual(Object.keys(content), [isBatch ? 'ids' : 'id'], `${operation.id}, ${what}`);
    if (isBatch) assert.equal(content.ids.length, request.body.trim().split('\n').length);
  }
  return answer.status;
}

test('every operation succeeds with each of its examples', { concurrency: true }, async (t) => {
  const statuses = new Map();
  await Promise.all(description.operations.map((operation) =>
    t.test(operation.id, async () => {
      const calls = [{}, ...variationsOf(operation)].map((variation) => callOnce(operation, variation));
      statuses.set(operation.id, [...new Set(await Promise.all(calls))].sort());
    })));
  assert.deepEqual([...statuses.keys()].sort(), description.operations.map(({ id }) => id).sort());
  assert.ok(statuses.size >= 28, `few operations: ${statuses.size}`);
  t.diagnostic([...statuses].map(([id, seen]) => `${id} ${seen.join(' ')}`).join(', '));
});

// Every operation does what the description says, called with the description's own examples.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../support/until.mjs';
import { call } from './support/call.mjs';
import { checkAnswer } from './support/check.mjs';
import { startDescribed } from './support/described.mjs';
import { requestFor, variationsOf } from './support/requests.mjs';

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

/** The task that an operation has to find. */
const tasks = {
  streamTask: startLongTask,
  getTask: startLongTask,
  cancelTask: startLongTask,
  retryTask: cancelledTask,
  deleteTask: cancelledTask,
};

/** Calls `operation`; the status of its answer, which is as described. */
async function callOnce(operation, { values = {}, body } = {}) {
  const prepare = tasks[operation.id];
  const taskId = prepare && (await prepare()).taskId;
  const request = requestFor(operation, { values: prepare ? { taskId, ...values } : values, body });
  const answer = await call(services.edge.port, request);
  checkAnswer(description, operation, answer);
  return answer.status;
}

test('every operation succeeds with its examples, and answers whatever else they say as described', { concurrency: true }, async (t) => {
  const statuses = new Map();
  await Promise.all(description.operations.map((operation) =>
    t.test(operation.id, async () => {
      const calls = [{}, ...variationsOf(operation)].map((variation) => callOnce(operation, variation));
      const [success, ...others] = await Promise.all(calls);
      assert.ok(success >= 200 && success < 300, `${operation.id} answers its examples with ${success}`);
      statuses.set(operation.id, [...new Set([success, ...others])].sort());
    })));
  assert.deepEqual([...statuses.keys()].sort(), description.operations.map(({ id }) => id).sort());
  assert.ok(statuses.size >= 28, `few operations: ${statuses.size}`);
  t.diagnostic([...statuses].map(([id, seen]) => `${id} ${seen.join(' ')}`).join(', '));
});

// Input that is refused is refused as described: each kind is tried on every operation that it fits.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call } from './support/call.mjs';
import { checkAnswer, checkProblemExamples, each, expectRefusal } from './support/check.mjs';
import { startDescribed } from './support/described.mjs';
import { requestFor, withBody, withHeaders } from './support/requests.mjs';

let service;
before(async () => (service = await startDescribed()));
after(() => service?.stop());

const noName = 'b d';
const tooLong = 'x'.repeat(256);
const noLease = '0'.repeat(32);

/** The bounds of a parameter that is a number, and the reason for refusing one beyond them. */
function numberOf({ description }, { name, schema }) {
  const { type, minimum, maximum } = description.resolve(schema);
  const reason = { pageSize: 'INVALID_PAGE_SIZE', limit: 'INVALID_LIMIT', retry: 'INVALID_RETRY' }[name];
  return type === 'integer' ? { minimum, maximum, reason } : undefined;
}

/** Whether an operation has a parameter there, of that name or as the function `which` wants it. */
const has = (which, where) => (operation) =>
  operation.parameters.some((parameter) => parameter.in === where && (which === parameter.name || which instanceof Function && which(parameter)));
const gives = (...reasons) => (operation) => reasons.every((reason) => operation.gives(reason));

test('a name that is none', () =>
  each(service, 18, ({ path }) => path.includes('{'), async (operation) => {
    const reasons = { userId: 'INVALID_USER_ID', taskId: 'INVALID_TASK_ID', channel: 'INVALID_CHANNEL', channelName: 'INVALID_CHANNEL', type: 'INVALID_TYPE' };
    for (const { name } of operation.parameters.filter((parameter) => parameter.in === 'path'))
      await expectRefusal(service, operation, requestFor(operation, { values: { [name]: noName } }), reasons[name]);
  }));

test('a task that is not there', () =>
  each(service, 5, gives('INVALID_TASK_ID', 'TASK_NOT_FOUND'), (operation) => expectRefusal(service, operation, requestFor(operation), 'TASK_NOT_FOUND')));

test('a value out of the range of a parameter of the query', () =>
  each(service, 12, ({ parameters }) => parameters.some((parameter) => parameter.in === 'query'), async (operation) => {
    for (const { name, in: place, schema } of operation.parameters) {
      const value = { topic: ['tasks/b d'], types: ['9x'], status: ['asleep'] }[name] ?? '-1x';
      if (place !== 'query' || service.description.validator(schema)(value) === '') continue;
      const request = requestFor(operation, { values: { [name]: value } });
      const problem = checkAnswer(service.description, operation, await call(service.port, request));
      assert.equal(problem.status, 400, `${operation.id}: ${request.path}`);
    }
  }));

test('a number beyond its bounds', () =>
  each(service, 4, ({ parameters }) => parameters.some((parameter) => numberOf(service, parameter)), async (operation) => {
    for (const parameter of operation.parameters) {
      const number = numberOf(service, parameter);
      if (!number) continue;
      for (const value of [number.minimum - 1, number.maximum + 1])
        await expectRefusal(service, operation, requestFor(operation, { values: { [parameter.name]: value } }), number.reason);
      for (const value of [number.minimum, number.maximum]) {
        const answer = await call(service.port, requestFor(operation, { values: { [parameter.name]: value } }));
        checkAnswer(service.description, operation, answer);
        assert.ok(answer.status < 300, `${operation.id}, ${parameter.name}=${value}: ${answer.body}`);
      }
    }
  }));

test('a parameter of the query that comes twice, and is meant once', () =>
  each(service, 12, gives('REPEATED_PARAMETER'), async (operation) => {
    for (const parameter of operation.parameters.filter((one) => one.in === 'query' && !one.explode)) {
      const request = requestFor(operation, { values: { [parameter.name]: parameter.example } });
      const again = `${request.path}&${parameter.name}=${encodeURIComponent(parameter.example)}`;
      await expectRefusal(service, operation, { ...request, path: again }, 'REPEATED_PARAMETER');
    }
  }));

test('a parameter of the query that is empty, unless its pattern allows that', () =>
  each(service, 12, has((parameter) => !parameter.explode, 'query'), async (operation) => {
    for (const { name, in: place, schema } of operation.parameters) {
      if (place !== 'query') continue;
      const isFine = service.description.validator(schema)('') === '';
      const answer = await call(service.port, requestFor(operation, { values: { [name]: '' } }));
      checkAnswer(service.description, operation, answer);
      assert.equal(answer.status === 400, !isFine, `${operation.id}, ${name}=: ${answer.status}`);
      assert.equal(isFine, name === 'lastEventId', 'an empty id counts as none');
    }
  }));

test('what a browser asks in advance', () =>
  each(service, 2, gives('PREFETCH_REFUSED'), async (operation) => {
    for (const headers of [{ 'Sec-Purpose': 'prefetch;prerender' }, { Purpose: 'prefetch' }]) {
      const answer = await call(service.port, withHeaders(requestFor(operation), headers));
      assert.equal(checkAnswer(service.description, operation, answer).reason, 'PREFETCH_REFUSED');
      assert.equal(answer.headers['cache-control'], 'no-store');
    }
  }));

test('no topic, and too many', () =>
  each(service, 2, has('topic', 'query'), async (operation) => {
    const topic = Array.from({ length: 65 }, (_, i) => `channels/c${i}`);
    await expectRefusal(service, operation, requestFor(operation, { values: { topic } }), 'TOO_MANY_TOPICS');
    await expectRefusal(service, operation, requestFor(operation, { values: { topic: [] } }), 'MISSING_TOPIC');
  }));

test('a body of another type, compressed, or no JSON', () =>
  each(service, 12, ({ body }) => body, async (operation) => {
    const request = requestFor(operation);
    await expectRefusal(service, operation, withBody(request, 'application/xml', '<x/>'), 'UNSUPPORTED_MEDIA_TYPE');
    const zipped = withHeaders(withBody(request, 'application/json', '{}'), { 'Content-Encoding': 'gzip' });
    await expectRefusal(service, operation, zipped, 'UNSUPPORTED_CONTENT_CODING');
    for (const text of ['{', '\ufeff{}', '{"a":{"b":1,"\\u0062":1}}'])
      await expectRefusal(service, operation, withBody(request, 'application/json', text), 'INVALID_JSON');
  }));

test('a body that is JSON, but not what the operation takes', async () => {
  await call(service.port, { method: 'PUT', path: '/api/task-types/resize' });
  const attempts = [
    ['startTask', '[]', 'INVALID_BODY'], ['startTask', '{"x":1}', 'INVALID_BODY'], ['startTask', '{"type":"x"}', 'UNKNOWN_TASK_TYPE'],
    ['startTask', '{"taskName":"a\\u0001b"}', 'INVALID_NAME'], ['startTask', '{"params":{"steps":0}}', 'INVALID_PARAMS'],
    ['startTask', JSON.stringify({ type: 'countdown', params: { result: { x: 'x'.repeat(70_000) } } }), 'PARAMS_TOO_LARGE'],
    ['startTask', '{"notBefore":"soon"}', 'INVALID_NOT_BEFORE'], ['startTask', '{"notBefore":"2999-01-01T00:00:00Z"}', 'INVALID_NOT_BEFORE'],
    ['startTask', '{"timeLimitMs":0}', 'INVALID_TIME_LIMIT'], ['startTask', '{"timeLimitMs":2592000001}', 'INVALID_TIME_LIMIT'],
    ['startTask', '{"maxAttempts":0}', 'INVALID_MAX_ATTEMPTS'], ['startTask', '{"maxAttempts":101}', 'INVALID_MAX_ATTEMPTS'],
    ...['cancelTask', 'retryTask', 'runAttempts'].flatMap((id) => [[id, '[]', 'INVALID_BODY'], [id, '{"x":1}', 'INVALID_BODY']]),
    ['startTask', '{"params":{"steps":1e999}}', 'INVALID_BODY'], ['startTask', '{"taskName":"\\ud800"}', 'INVALID_BODY'],
    ['startTask', '{"params":{"steps":9007199254740993}}', 'INVALID_BODY'], ['runCountdown', '{"x":[-9007199254740993]}', 'INVALID_BODY'],
    ['startTask', '{"type":"external"}', 'CLAIM_REQUIRED'], ['startTask', '{"type":"simulate","claim":true}', 'TYPE_BUILT_IN'],
    ['startTask', '{"claim":true,"worker":"a\\u0001b"}', 'INVALID_WORKER'],
    ...['registerType', 'claimWork', 'reportWork', 'finishWork'].flatMap((id) => [[id, '[]', 'INVALID_BODY'], [id, '{"x":1}', 'INVALID_BODY']]),
    ['registerType', '{"params":{"type":"array"}}', 'UNSUPPORTED_SCHEMA'],
    ['registerType', '{"params":{"properties":{"a":{"pattern":"x"}}}}', 'UNSUPPORTED_SCHEMA'],
    ['registerType', '{"maxRunning":-1}', 'INVALID_LIMIT'], ['registerType', '{"maxRunningPerUser":1000001}', 'INVALID_LIMIT'],
    ['registerType', '{"timeLimitMs":-1}', 'INVALID_TIME_LIMIT'], ['registerType', '{"retry":{"attempts":101}}', 'INVALID_MAX_ATTEMPTS'],
    ['claimWork', '{"types":["resize"]}', 'INVALID_WORKER'], ['claimWork', '{"worker":"w"}', 'INVALID_TYPES'],
    ['claimWork', '{"worker":"w","types":["nonsense"]}', 'UNKNOWN_TASK_TYPE'],
    ['claimWork', '{"worker":"w","types":["simulate"]}', 'TYPE_BUILT_IN'],
    ['claimWork', '{"worker":"w","types":["resize"],"max":101}', 'INVALID_LIMIT'],
    ['claimWork', '{"worker":"w","types":["resize"],"waitMs":60001}', 'INVALID_LIMIT'],
    ['reportWork', '{"lease":"x"}', 'INVALID_LEASE'], ['reportWork', `{"lease":"${noLease}"}`, 'LEASE_LOST'],
    ['reportWork', `{"lease":"${noLease}","progress":{"percent":101}}`, 'INVALID_PROGRESS'],
    ['reportWork', `{"lease":"${noLease}","progress":{"condition":"slow"}}`, 'INVALID_PROGRESS'],
    ['finishWork', `{"lease":"${noLease}"}`, 'INVALID_OUTCOME'], ['finishWork', `{"lease":"${noLease}","cancelled":false}`, 'INVALID_OUTCOME'],
    ['finishWork', '{"lease":"x","result":{}}', 'INVALID_LEASE'], ['finishWork', `{"lease":"${noLease}","result":{}}`, 'LEASE_LOST'],
    ['runCountdown', '[]', 'INVALID_BODY'], ['runCountdown', JSON.stringify({ x: 'x'.repeat(70_000) }), 'PAYLOAD_TOO_LARGE'],
    ['runCountdown', JSON.stringify({ x: '<'.repeat(30_000) }), 'PARAMS_TOO_LARGE'],
    ['recordPulse', '{"bpm":7,"userId":"alice"}', 'INVALID_DATA'], ['recordPulse', '{"bpm":72}', 'INVALID_DATA'],
    ['recordPulse', JSON.stringify({ bpm: 72, userId: 'x'.repeat(70_000) }), 'PAYLOAD_TOO_LARGE'],
  ];
  for (const [id, body, reason] of attempts) {
    const operation = service.description.operations.find((one) => one.id === id);
    await expectRefusal(service, operation, withBody(requestFor(operation), 'application/json', body), reason);
  }
});

test('an event that cannot be published', () =>
  each(service, 2, gives('INVALID_BATCH'), async (operation) => {
    const request = requestFor(operation);
    await expectRefusal(service, operation, withBody(request, 'text/plain', 'x'.repeat(70_000)), 'PAYLOAD_TOO_LARGE');
    await expectRefusal(service, operation, withBody(request, 'text/plain', 'a\0b'), 'INVALID_DATA');
    await expectRefusal(service, operation, withBody(request, 'application/x-ndjson', '1\n'.repeat(1001)), 'INVALID_BATCH');
    await expectRefusal(service, operation, withBody(request, 'application/x-ndjson', '1\n{\n'), 'INVALID_JSON');
    await expectRefusal(service, operation, requestFor(operation, { values: { event: 'reset' } }), 'INVALID_EVENT_TYPE');
    await expectRefusal(service, operation, requestFor(operation, { values: { retry: 7 } }), 'INVALID_RETRY');
    if (!operation.gives('TOPIC_READ_ONLY')) return;
    for (const channel of ['host', 'heart-rate', 'pulse'])
      await expectRefusal(service, operation, requestFor(operation, { values: { channel } }), 'TOPIC_READ_ONLY');
  }));

test('a key that is malformed, or came with another request', () =>
  each(service, 10, has('Idempotency-Key', 'header'), async (operation) => {
    const request = requestFor(operation);
    for (const key of ['', tooLong, 'a b', ['one', 'two']])
      await expectRefusal(service, operation, withHeaders(request, { 'Idempotency-Key': key }), 'INVALID_REQUEST_ID');
    if (/^run/.test(operation.id)) return;  // the first of them would take its time
    // Keys of one task; of cancels there is but one request.
    if (operation.id === 'retryTask' || !operation.gives('IDEMPOTENCY_KEY_REUSED')) return;
    if (operation.id === 'claimWork') await workToTake();
    const key = { 'Idempotency-Key': `once-${operation.id}` };
    const first = await call(service.port, withHeaders(request, key));
    const again = await call(service.port, withHeaders(request, key));
    assert.deepEqual([first.status, again.status], operation.id === 'claimWork' ? [200, 200] : [202, 202]);
    const id = ({ body }) => JSON.parse(body).id ?? JSON.parse(body).taskId ?? JSON.parse(body).assignments[0].lease;
    assert.equal(id(first), id(again));
    const others = { recordPulse: { bpm: 73, userId: 'alice' }, startTask: { taskName: 'Another' }, claimWork: { worker: 'another', types: ['resize'] } };
    const other = withBody(withHeaders(request, key), 'application/json', JSON.stringify(others[operation.id] ?? 'another'));
    await expectRefusal(service, operation, other, 'IDEMPOTENCY_KEY_REUSED');
  }));

/** A task that a worker can take, and its type. */
async function workToTake() {
  await call(service.port, { method: 'PUT', path: '/api/task-types/resize' });
  return service.services.startTask('alice', 'Work', {}, 'resize');
}

test('a type that is not there, is built in, or in use', async () => {
  const operation = service.description.operations.find(({ id }) => id === 'deleteType');
  await workToTake();
  for (const [type, reason] of [['nonsense', 'TYPE_NOT_FOUND'], ['simulate', 'TYPE_BUILT_IN'], ['resize', 'TYPE_IN_USE']])
    await expectRefusal(service, operation, requestFor(operation, { values: { type } }), reason);
});

test('work that was finished in another way', async () => {
  const operation = service.description.operations.find(({ id }) => id === 'finishWork');
  const { lease } = await service.services.startTask('alice', 'Work', {}, 'external', { claim: true });
  const finish = (outcome) => withBody(requestFor(operation), 'application/json', JSON.stringify({ lease, ...outcome }));
  assert.equal((await call(service.port, finish({ result: {} }))).status, 200);
  await expectRefusal(service, operation, finish({ cancelled: true }), 'ALREADY_FINISHED');
});

test('a task whose state forbids it', async () => {
  const find = (id) => service.description.operations.find((operation) => operation.id === id);
  const { taskId } = await service.services.startTask('alice', 'Long', { durationMs: 600_000 });
  const refuse = (id, reason) => expectRefusal(service, find(id), requestFor(find(id), { values: { taskId } }), reason);
  await refuse('deleteTask', 'TASK_NOT_ENDED');
  await refuse('retryTask', 'TASK_NOT_RETRYABLE');
  const ended = service.services.startTask('alice', 'Short', { durationMs: 0, steps: 1 });
  const stream = requestFor(find('streamTask'), { values: { taskId: (await ended).taskId } });
  await call(service.port, stream, () => false);  // ends with the task
  await expectRefusal(service, find('cancelTask'), requestFor(find('cancelTask'), { values: { taskId: (await ended).taskId } }), 'TASK_ENDED');
});

test('a cursor of another log', () =>
  each(service, 1, gives('CURSOR_EXPIRED'), (operation) =>
    expectRefusal(service, operation, requestFor(operation, { values: { after: 'zzz-5' } }), 'CURSOR_EXPIRED')));

test('these refusals read as their examples', () =>
  checkProblemExamples(
    service.description, ['IDEMPOTENCY_KEY_REUSED', 'TASK_NOT_FOUND'],
    ['CURSOR_EXPIRED', 'TASK_ENDED', 'UNSUPPORTED_MEDIA_TYPE', 'INVALID_FROM']));

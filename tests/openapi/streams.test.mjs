// Every event that a stream is described to carry comes, and every one that comes is described.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parseEvents } from '../support/stream.mjs';
import { until } from '../support/until.mjs';
import { call } from './support/call.mjs';
import { checkAnswer, checkEvent } from './support/check.mjs';
import { startDescribed } from './support/described.mjs';
import { requestFor, withHeaders } from './support/requests.mjs';

const mostLag = 3;
let service;
let services;
let description;
let early;  // an id before everything that the tests read
let ended;  // a task that has ended
let silent;  // one that runs, and has nothing to tell for long
before(async () => {
  service = await startDescribed({ engineArgs: ['--demo-sources=true'], edgeArgs: ['--max-lag', String(mostLag)] });
  ({ description, services } = service);
  early = (await post('/publish/news', { title: 'Rain' })).id;
  await post('/publish/news?event=headline', { title: 'Sun' });
  await post('/api/messages/alice?event=greeting', 'hello');
  await post('/pulse', { bpm: 72, userId: 'alice' });
  const gone = await endedTask('alice');
  await fetch(`${services.url}/api/tasks/alice/${gone.taskId}`, { method: 'DELETE' });
  ended = await endedTask('alice');
  silent = await services.startTask('alice', 'Silent', { durationMs: 600_000, steps: 1 });
});
after(() => service?.stop());

async function post(path, body) {
  const response = await fetch(services.url + path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  assert.equal(response.status, 202, await response.clone().text());
  return response.json();
}

async function endedTask(user) {
  const { taskId } = await services.startTask(user, 'Short', { durationMs: 600, steps: 2 * mostLag });
  return until('the task ends', async () => {
    const task = await (await fetch(`${services.url}/api/tasks/${user}/${taskId}`)).json();
    return task.status === 'succeeded' && task;
  });
}

const wholeBlocks = (body) => body.split('\n\n').slice(0, -1);

/** Some are text to who does not ask for a stream. */
const asStream = (request) => withHeaders(request, { Accept: 'text/event-stream' });

/** Reads a stream until `wanted` types of events have come; those that came. */
async function typesOf(operation, values, wanted) {
  const seen = (body) => parseEvents(wholeBlocks(body)).map(({ type }) => type);
  const isEnough = (body) => wanted.every((type) => seen(body).includes(type));
  const answer = await call(services.edge.port, asStream(requestFor(operation, { values })), isEnough);
  checkAnswer(description, operation, answer);
  assert.match(answer.body, /^: .*\nretry: \d+\n\n/);
  return parseEvents(wholeBlocks(answer.body)).map((event) => checkEvent(description, operation, event));
}

/** How each stream is to be asked, and what it then has to bring. */
function visits() {
  const state = { values: { from: 'earliest' }, wanted: ['reset', 'synced'] };
  const quiet = (values) => ({ values, wanted: ['heartbeat'] });
  const tasks = { values: {}, wanted: ['reset', 'taskUpdate', 'synced'] };
  const resumed = { values: { lastEventId: early }, wanted: ['skipped', 'taskDeleted', 'taskUpdate'] };
  const heartRate = [state, { values: {}, wanted: ['heartRate', 'heartbeat'] }];
  const channel = (channelName, ...wanted) => ({ values: { channelName, from: 'earliest' }, wanted });
  const one = (visit, task = ended) => ({ ...visit, values: { ...visit.values, taskId: task.taskId } });
  const of = (topic, ...wanted) => ({ values: { topic, lastEventId: early }, wanted });
  return {
    streamUserTasks: [tasks, resumed, quiet({ userId: 'nobody' })],
    streamTask: [one(tasks), one({ ...resumed, wanted: ['skipped', 'taskUpdate'] }), one(quiet({}), silent)],
    streamChannel: [
      state, channel('news', 'message', 'headline'), channel('heart-rate', 'heartRate'), channel('host', 'host'), channel('pulse', 'pulse'),
      quiet({ channelName: 'quiet' }),
    ],
    streamTopics: [
      of(['tasks/alice', 'channels/pulse'], 'skipped', 'taskDeleted', 'taskUpdate', 'pulse'), of(['messages/alice'], 'greeting'),
      of(['channels/host', 'channels/heart-rate'], 'host', 'heartRate'), quiet({ topic: ['channels/quiet'] }),
      { values: { topic: ['channels/news'], from: 'earliest' }, wanted: ['reset', 'message', 'headline', 'synced'] },
    ],
    readOutput: [one({ values: { lastEventId: 'none' }, wanted: ['reset', 'end'] }), one(quiet({}), silent)],
    streamHeartRateText: heartRate,
    streamHeartRateJson: heartRate,
    streamHeartRateNumber: heartRate,
    streamMessages: [{ values: { from: 'earliest' }, wanted: ['message', 'reset', 'greeting', 'synced'] }],
  };
}

/** What tests of their own bring. */
const elsewhere = {
  streamTask: ['taskDeleted', 'upstream'],
  readOutput: ['output', 'line', 'skipped', 'attempt', 'upstream'],  // tests/e2e/output_test.cc
};

test('every stream brings each of its events, and no other', { concurrency: true }, async (t) => {
  const streams = description.operations.filter(({ stream }) => stream);
  const all = visits();
  assert.deepEqual(Object.keys(all).sort(), streams.map(({ id }) => id).sort());
  await Promise.all(streams.map((operation) =>
    t.test(operation.id, async () => {
      const seen = await Promise.all(all[operation.id].map(({ values, wanted }) => typesOf(operation, values, wanted)));
      const missing = Object.keys(operation.stream['x-events']).filter((type) => !seen.flat().includes(type));
      assert.deepEqual(missing, elsewhere[operation.id] ?? ['upstream']);
    })));
});

test('every stream tells that the engine has gone, and that it is back', async () => {
  const own = await startDescribed({ edgeArgs: ['--max-lag', String(mostLag)] });
  try {
    const streams = own.description.operations.filter(({ stream }) => stream);
    const { taskId } = await own.services.startTask('alice', 'Long', { durationMs: 600_000, steps: 1 });
    const states = (body) => parseEvents(wholeBlocks(body)).filter(({ type }) => type === 'upstream').map(({ data }) => JSON.parse(data).state);
    let opened = 0;
    let told = 0;
    const reading = streams.map((operation) => {
      let isCountedAsOpen = false;
      let isCountedAsTold = false;
      const values = { topic: ['channels/news'], channelName: 'news', taskId };
      const request = requestFor(operation, { values: Object.fromEntries(operation.parameters.filter(({ name }) => name in values).map(({ name }) => [name, values[name]])) });
      return call(own.services.edge.port, asStream(request), (body) => {
        if (!isCountedAsOpen && body.includes('id: ')) isCountedAsOpen = Boolean(++opened);
        if (!isCountedAsTold && states(body).includes('down')) isCountedAsTold = Boolean(++told);
        return states(body).includes('up');
      });
    });
    await until('all streams are open', () => opened === streams.length);
    await own.services.engine.kill();
    await until('all streams are told', () => told === streams.length);
    await own.services.engine.start();
    for (const [i, answer] of (await Promise.all(reading)).entries()) {
      parseEvents(wholeBlocks(answer.body)).forEach((event) => checkEvent(own.description, streams[i], event));
      assert.deepEqual(states(answer.body), ['down', 'up'], streams[i].id);
    }
  } finally {
    await own.stop();
  }
});

test('a stream of one task that has missed its end ends with its deletion', async () => {
  const lagging = await startDescribed({ edgeArgs: ['--max-lag', String(mostLag)] });
  const { services: own } = lagging;
  try {
    const operation = lagging.description.operations.find(({ id }) => id === 'streamTask');
    const { taskId } = await own.startTask('alice', 'Long', { durationMs: 600_000, steps: 1 });
    const other = await own.startEdge();
    let isRunning = () => {};
    const running = new Promise((resolve) => (isRunning = resolve));
    const reading = call(own.edge.port, requestFor(operation, { values: { taskId } }), (body) => {
      if (body.includes('"status":"running"') && body.includes('event: synced')) isRunning();
      return false;  // to its end
    });
    await running;
    own.edge.process.kill('SIGSTOP');
    try {
      await own.engine.kill();
      await own.engine.start();  // the task has failed thereby
      const path = `http://127.0.0.1:${other.port}/api/tasks/alice`;
      await until('the task is deleted', async () => (await fetch(`${path}/${taskId}`, { method: 'DELETE' })).status === 204);
      for (let i = 0; i < mostLag; ++i) assert.equal((await fetch(`${path}/start`, { method: 'POST' })).status, 202);
    } finally {
      own.edge.process.kill('SIGCONT');
    }
    const answer = await reading;
    checkAnswer(lagging.description, operation, answer);
    const types = parseEvents(wholeBlocks(answer.body)).map((event) => checkEvent(lagging.description, operation, event));
    assert.deepEqual(types.slice(-2), ['skipped', 'taskDeleted'], answer.body);
  } finally {
    await lagging.stop();
  }
});

test('whatever types a person asks for, the greeting and the heartbeat come', async () => {
  const operation = description.operations.find(({ id }) => id === 'streamMessages');
  const request = requestFor(operation, { values: { from: 'earliest', types: ['other'] } });
  const { body } = await call(services.edge.port, request, (text) => text.includes('<3: Keep alive\n\n'));
  const events = parseEvents(wholeBlocks(body));
  assert.deepEqual(events.map(({ type }) => type), ['message', 'reset', 'synced', 'message']);
  assert.deepEqual(events.filter(({ type }) => type === 'message').map(({ data }) => data), ["User 'alice' connected", '<3: Keep alive']);
});

test('a stream of one task is over for who has its end, and not there for one that never was', async () => {
  const operation = description.operations.find(({ id }) => id === 'streamTask');
  const values = { taskId: ended.taskId, lastEventId: ended.eventId };
  const over = await call(services.edge.port, requestFor(operation, { values }));
  checkAnswer(description, operation, over);
  assert.equal(over.status, 204);
  const unknown = await call(services.edge.port, requestFor(operation, { values: { taskId: 'aaaaaaaaaaaa' } }));
  assert.equal(checkAnswer(description, operation, unknown).reason, 'TASK_NOT_FOUND');
});

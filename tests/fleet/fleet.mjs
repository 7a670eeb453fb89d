// A fleet of workers, each a process, with the services that they work for, while all of them are killed at random.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomOf } from '../abuse/random.mjs';
import { startServices } from '../support/services.mjs';
import { until } from '../support/until.mjs';
import { Follower } from './follower.mjs';

const kWorker = fileURLToPath(new URL('worker.py', import.meta.url));
const kUsers = 20;
const kStarters = 20;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Repeats a request until there is an answer that says what became of it. */
async function insist(url, options) {
  for (;;) {
    try {
      const answer = await fetch(url(), { ...options, signal: AbortSignal.timeout(10_000) });
      const body = await answer.text();
      if (answer.status < 500 && answer.status !== 429) return { status: answer.status, body };
    } catch {}
    await pause(20);
  }
}

class Workers {
  kills = 0;
  #processes = [];
  #isOver = false;
  #begin;

  constructor(count, folder, seed, urls) {
    this.#begin = (place) => {
      const name = `w${place}-${this.kills}`;
      const child = spawn('/usr/bin/python3', [kWorker, name, 'crunch', join(folder, name), `${seed}-${name}`, ...urls], { stdio: ['ignore', 'ignore', 'inherit'] });
      child.once('exit', () => this.#isOver || this.#begin(place));
      this.#processes[place] = child;
    };
    for (let place = 0; place < count; ++place) this.#begin(place);
  }

  kill(place) {
    ++this.kills;
    this.#processes[place].kill('SIGKILL');
  }

  stop() {
    this.#isOver = true;
    for (const child of this.#processes) child.kill('SIGKILL');
  }
}

/**
 * Has `workers` workers do `tasks` tasks while they, the engine and both edges are killed, until all have ended; what came of it, as
 * `judge` takes it, with `kills` and the seconds that it took.
 */
export async function runFleet({ workers: count, tasks: wanted, seed, killEvery = 5000, timeout = 120_000 }) {
  const random = randomOf(seed);
  const folder = mkdtempSync(join(tmpdir(), 'taskwire-fleet-'));
  const services = await startServices({ engineArgs: ['--lease', '1s', '--retain-per-topic', '100000'], edgeArgs: ['--retry-min', '100ms', '--retry-max', '500ms', '--max-lag', '100000'] });
  const edges = [services.edge, await services.startEdge()];
  const urls = edges.map(({ port }) => `http://127.0.0.1:${port}`);
  const anyUrl = () => random.of(urls);
  const kills = { engine: 0, edges: 0, workers: 0 };
  let isOver = false;
  let killing;
  let workers;
  let follower;
  try {
    const json = { 'Content-Type': 'application/json' };
    const type = await insist(() => `${anyUrl()}/api/task-types/crunch`, { method: 'PUT', headers: json, body: JSON.stringify({ retry: { attempts: 100, backoffMs: 10, maxBackoffMs: 100 } }) });
    assert.equal(type.status, 200, type.body);
    const users = Array.from({ length: kUsers }, (_, i) => `user-${i}`);
    follower = new Follower(urls, users.map((user) => `tasks/${user}`));
    workers = new Workers(count, folder, seed, urls);
    const begun = performance.now();
    const killService = async (service, name) => {
      for (let wait = random.below(killEvery / 5); ; wait = killEvery / 2 + random.below(killEvery)) {
        await pause(wait);
        if (isOver) return;
        await service.kill();
        ++kills[name];
        await pause(random.below(300));
        await service.start();
      }
    };
    const killWorkers = async () => {
      while (!isOver) {
        await pause(random.below(Math.max(20, Math.round(4 * killEvery / count))));
        if (!isOver) workers.kill(random.below(count));
      }
    };
    killing = Promise.all([killService(services.engine, 'engine'), ...edges.map((edge) => killService(edge, 'edges')), killWorkers()]);
    const ids = [];
    let next = 0;
    const start = async () => {
      while (next < wanted) {
        const number = next++;
        const user = users[number % kUsers];
        const { status, body } = await insist(() => `${anyUrl()}/api/tasks/${user}/start`, { method: 'POST', headers: { ...json, 'Idempotency-Key': `task-${number}` }, body: JSON.stringify({ type: 'crunch' }) });
        assert.ok(status === 202 || status === 200, body);
        ids.push({ user, id: JSON.parse(body).taskId });
      }
    };
    await Promise.all(Array.from({ length: kStarters }, start));
    assert.equal(new Set(ids.map(({ id }) => id)).size, wanted, 'each start makes one task');
    const left = () => ids.filter(({ id }) => !['succeeded', 'failed', 'cancelled'].includes(follower.status.get(id))).length;
    await until('every task has ended', () => left() === 0, timeout).catch((error) => assert.fail(`${error.message}; ${left()} have not`));
    const seconds = (performance.now() - begun) / 1000;
    isOver = true;
    await killing;
    workers.stop();
    const tasks = [];
    const read = async () => {
      while (ids.length > 0) {
        const { user, id } = ids.pop();
        const { status, body } = await insist(() => `${anyUrl()}/api/tasks/${user}/${id}`, {});
        assert.equal(status, 200, body);
        tasks.push(JSON.parse(body));
      }
    };
    await Promise.all(Array.from({ length: kStarters }, read));
    kills.workers = workers.kills;
    const journal = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').filter(Boolean).map((line) => JSON.parse(line)));
    return { tasks, events: follower.events, journal, kills, seconds };
  } finally {
    isOver = true;
    await killing?.catch(() => {});
    workers?.stop();
    await follower?.stop();
    for (const service of [services.engine, ...edges]) await service.kill();
    await services.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

import { claim } from './claim.js';
import { Failed, outcomeOf } from './errors.js';
import { Answer, request, Unreachable } from './http.js';
import { insist } from './insist.js';
import { randomKey } from './key.js';
import { warn } from './open.js';
import { Reporter } from './reporter.js';
import { findSettings } from './settings.js';
import { sleep } from './sleep.js';
import { resultOf, Task } from './task.js';

const patienceMs = 10_000;

/** A task that was taken from the queue. */
class WorkerTask extends Task {
  constructor(reporter, options, { type, params, userId, taskName, attempt }) {
    super(reporter, options);
    Object.assign(this, { type, params, user: userId, name: taskName, attempt });
  }
}

export class Worker {
  #settings;
  #name;
  #parallel;
  #waitMs;
  #types = new Map();
  #told;  // what was last said of a service that cannot be asked
  #stop = new AbortController();
  #stopped = new Promise((resolve) => this.#stop.signal.addEventListener('abort', resolve, { once: true }));

  constructor({ name, parallel = 1, waitMs = 30_000, ...where } = {}) {
    if (!Number.isInteger(parallel) || parallel < 1) throw new TypeError(`parallel is the number of tasks at a time, at least 1, not ${parallel}`);
    if (!Number.isInteger(waitMs) || waitMs < 0 || waitMs > 60_000) throw new TypeError(`waitMs is a whole number from 0 to 60000, not ${waitMs}`);
    this.#settings = findSettings(where);
    this.#name = name ?? this.#settings.worker;
    this.#parallel = parallel;
    this.#waitMs = waitMs;
  }

  task(type, options, work) {
    if (typeof options === 'function') [options, work] = [{}, options];
    this.#types.set(type, { ...options, work });
    return this;
  }

  stop() {
    this.#stop.abort();
  }

  async run() {
    if (this.#types.size === 0) throw new TypeError("the worker has no function; give it one by worker.task('type', …)");
    const stop = () => this.stop();
    for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, stop);  // the second ends the program
    try {
      await this.#register();
      const ended = Array.from({ length: this.#parallel }, () => this.#work().finally(() => this.stop()));
      await Promise.allSettled(ended);
      await Promise.all(ended);
    } finally {
      this.stop();
      for (const signal of ['SIGTERM', 'SIGINT']) process.removeListener(signal, stop);
    }
  }

  async #register() {
    for (const [type, { register }] of this.#types) {
      if (!register) continue;
      const answer = await this.#insist(() => request(this.#settings, 'PUT', `/api/task-types/${encodeURIComponent(type)}`, register));
      if (answer?.status >= 300) throw new TypeError(`type ${type}: ${answer.detail}`);
    }
  }

  async #work() {
    while (!this.#stop.signal.aborted) {
      for (const assignment of await this.#claim()) await this.#do(assignment);
    }
  }

  async #claim() {
    const body = { worker: this.#name, types: [...this.#types.keys()], max: 1, waitMs: this.#waitMs };
    const key = randomKey();
    let attempts = 0;
    let answer = await this.#insist(async () => {
      if (this.#stop.signal.aborted) throw new Unreachable('the worker stops');
      attempts++;
      const answer = await claim(this.#settings, body, { key, timeoutMs: this.#waitMs + patienceMs, stop: this.#stop.signal });
      if (answer.status === 200 && !Array.isArray(answer.body.assignments)) throw new Unreachable('what answers there is no taskwire');
      return answer;
    });
    if (!answer && attempts++ > 0) answer = await this.#outcomeOfClaim(body, key);
    if (!answer) return [];
    if (answer.status >= 300) throw new TypeError(`a claim was refused: ${answer.detail}`);
    const { assignments = [] } = answer.body;
    if (attempts === 1) return assignments;
    // What comes late, since the first answer was lost, may be another's by now.
    const valid = await Promise.all(assignments.map((assignment) => this.#isValid(assignment)));
    return assignments.filter((_, at) => valid[at]);
  }

  /**
   * Of one that was given up, and may have been answered at the same moment: its key keeps that. Undefined where nobody tells in time.
   * Another claim with the key is refused if that was used, and else answered in a moment, perhaps with a last task.
   */
  async #outcomeOfClaim(body, key) {
    const ask = (body) => request(this.#settings, 'POST', '/api/work/claim', body, { key });
    const deadline = performance.now() + this.#settings.exitWaitMs;
    while (performance.now() < deadline) {
      try {
        let answer = await ask({ ...body, waitMs: 50 });
        if (answer.reason === 'IDEMPOTENCY_KEY_REUSED') answer = await ask(body);
        if (!answer.isPassing) return answer;
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
      }
      await sleep(200);
    }
    return undefined;
  }

  async #isValid({ lease }) {
    const answer = await this.#insist(() => request(this.#settings, 'POST', '/api/work/report', { lease }));
    return answer?.status === 200;
  }

  async #do(assignment) {
    const { task } = assignment;
    const reporter = new Reporter(this.#settings, task.taskName, async () => new Answer(200, assignment), { stopsWhenLost: true });
    const { work, ...options } = this.#types.get(task.type);
    const t = new WorkerTask(reporter, options, task);
    let outcome;
    try {
      outcome = { result: resultOf((await work(t)) ?? t.result) };
    } catch (error) {
      outcome = outcomeOf(error);
      if (outcome.error) {
        outcome.error.retryable = error instanceof Failed ? Boolean(error.retryable) : true;
        warn(`task ${task.taskId} ('${task.taskName}') failed: ${error?.stack ?? error}`);
      }
    }
    reporter.end(outcome);
    const told = new AbortController();
    reporter.told.then(() => told.abort());
    const kept = setInterval(() => {}, 2 ** 30);  // a reporter keeps no program alive, a worker does
    await Promise.race([reporter.told, this.#stopped]);
    clearInterval(kept);
    await sleep(this.#settings.exitWaitMs, told.signal);
  }

  /** The answer; undefined where the worker was stopped before one came. */
  async #insist(ask) {
    const { signal } = this.#stop;
    let failures = 0;
    const pause = async (ms, why) => {
      // One alone may be a connection that had ended meanwhile.
      if (++failures > 1 && why !== this.#told && !signal.aborted) warn(`a worker waits: ${this.#settings.url} ${(this.#told = why)}`);
      await sleep(ms, signal);
      return !signal.aborted;
    };
    const answer = await insist(ask, pause);
    if (answer) this.#told = undefined;
    return answer;
  }
}

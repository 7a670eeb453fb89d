import { Cancelled, outcomeOf } from './errors.js';
import { post } from './http.js';
import { randomKey } from './key.js';
import { cleanLine, progressOf } from './progress.js';
import { Joined, Reporter, silent } from './reporter.js';
import { breathe } from './sleep.js';
import { findSettings, wrappersLease } from './settings.js';

const breathMs = 50;  // so long a loop that never waits may hold up its reports

/** Work under way. */
export class Task {
  #reporter;
  #throws;
  #result = {};

  constructor(reporter, { throwOnCancel = true } = {}) {
    this.#reporter = reporter;
    this.#throws = throwOnCancel;
  }

  progress(changesOrDone, total, unit) {
    this.throwIfCancelled();
    const isDone = typeof changesOrDone === 'number' || typeof changesOrDone === 'bigint';
    this.#reporter.progress(progressOf(isDone ? { done: changesOrDone, total, unit } : changesOrDone));
  }

  throwIfCancelled() {
    if (this.#throws && this.cancelled) throw new Cancelled(`'${this.#reporter.name}' was asked to stop`);
  }

  get cancelled() {
    return this.#reporter.signal.aborted;
  }
  get signal() {
    return this.#reporter.signal;
  }
  get lost() {
    return this.#reporter.isLost;
  }
  get id() {
    return this.#reporter.task.taskId;
  }
  get result() {
    return this.#result;
  }
  set result(result) {
    this.#result = checkedResult(result);
  }
}

export async function task(name, options, work) {
  if (typeof options === 'function') [options, work] = [{}, options];
  const reporter = reporterOf(name, options);
  const t = new Task(reporter, options);
  let outcome;
  try {
    const value = await work(t);
    outcome = { result: t.result };
    return value;
  } catch (error) {
    outcome = outcomeOf(error);
    throw error;
  } finally {
    await end(reporter, outcome);
  }
}

export async function* track(rows, options = {}) {
  const total = options.total ?? rows.length ?? rows.size ?? 0;
  const reporter = reporterOf(options.name ?? 'Loop', options);
  const t = new Task(reporter, options);
  let done = 0;
  let breatheAt = 0;
  let outcome = { cancelled: true };  // left early: by break, or by an exception that no iterator learns of
  try {
    t.progress(0, total, options.unit ?? '');
    for await (const row of rows) {
      yield row;
      t.progress(++done);
      if (Date.now() < breatheAt) continue;
      breatheAt = Date.now() + breathMs;
      await breathe();
    }
    outcome = { result: {} };
  } catch (error) {
    outcome = outcomeOf(error);
    throw error;
  } finally {
    await end(reporter, outcome);
  }
}

let joined;  // to the wrapper's task reports the outermost

async function end(reporter, outcome) {
  reporter.end(outcome);
  if (reporter === joined) joined = undefined;
  await reporter.settle();
}

function reporterOf(name, options) {
  const settings = findSettings(options);
  const lease = wrappersLease();
  if (!lease) return new Reporter(settings, name, starter(name, settings));
  if (joined) return silent;
  joined = new Joined(settings, name, lease);
  joined.progress({ stage: cleanLine(name, 256) });
  return joined;
}

function starter(name, settings) {
  const key = randomKey();
  const path = `/api/tasks/${encodeURIComponent(settings.user)}/start`;
  const body = { claim: true, taskName: cleanLine(name, 256), worker: settings.worker };
  return () => post(settings, path, body, { key });
}

export function checkedResult(result) {
  if (result === null || typeof result !== 'object' || Array.isArray(result)) throw new TypeError(`a result is an object, not ${typeof result}`);
  JSON.stringify(result);  // throws what it cannot say
  return result;
}

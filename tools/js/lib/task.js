import { Cancelled, outcomeOf } from './errors.js';
import { post } from './http.js';
import { randomKey } from './key.js';
import { warn } from './open.js';
import { cleanLine, progressOf } from './progress.js';
import { Joined, Reporter, silent } from './reporter.js';
import { breathe } from './sleep.js';
import { findSettings, loginName, wrappersLease } from './settings.js';

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
    resultOf(result);  // throws what is none
    this.#result = result;
  }
}

export async function task(name, options, work) {
  if (typeof options === 'function') [options, work] = [{}, options];
  const reporter = reporterOf(name, options);
  const t = new Task(reporter, options);
  let outcome;
  try {
    const value = await work(t);
    outcome = successOf(t);
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
      if (performance.now() < breatheAt) continue;
      breatheAt = performance.now() + breathMs;
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
  const lease = wrappersLease(settings.url);
  if (!lease) return new Reporter(settings, name, starter(name, settings));
  if (joined) return silent;
  joined = new Joined(settings, name, lease);
  joined.progress({ stage: cleanLine(name, 256) });
  return joined;
}

function starter(name, settings) {
  const key = randomKey();
  const body = { claim: true, taskName: cleanLine(name, 256), worker: settings.worker };
  return async () => post(settings, `/api/tasks/${encodeURIComponent(settings.user ?? (await loginName()))}/start`, body, { key });
}

/** A failure where JSON cannot say what it made. */
function successOf(t) {
  try {
    return { result: resultOf(t.result) };
  } catch (error) {
    warn(`cannot be told the result of a task, which ends it as failed: ${error.message}`);
    return outcomeOf(error);
  }
}

/** A result as JSON says it now. Throws a TypeError where it cannot, or says no object. */
export function resultOf(result) {
  const said = JSON.parse(JSON.stringify(result) ?? 'null');
  if (said === null || typeof said !== 'object' || Array.isArray(said)) throw new TypeError(`a result is an object, not ${typeof result}`);
  return said;
}

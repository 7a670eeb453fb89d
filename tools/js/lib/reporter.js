import { post, Refused } from './http.js';
import { insist, mostBackoffMs } from './insist.js';
import { forget, register, warn } from './open.js';
import { environment, isNode } from './settings.js';
import { sleep } from './sleep.js';

const paceMs = 100;  // between two reports
const patienceMs = 10_000;  // for an answer
const unanswered = 'has not answered yet';
const idleMs = 2000;  // a cancel is heard of by reports

/**
 * Tells progress and the end of one task, one request at a time, the newest of what waits. A report that got no answer is repeated with
 * its number; what came meanwhile follows as one report.
 */
export class Reporter {
  #begin;
  #lease = '';
  #leaseMs = 0;
  #pending = {};
  #outcome;
  #seq = 0;
  #wake = () => {};
  #cancel = new AbortController();
  #isAway = false;
  #settle = () => {};
  #kept;  // what keeps Node from ending
  #stopsWhenLost;

  /** `begin()` answers the lease, as Answer with `lease` and `leaseMs`. `stopsWhenLost`: whoever has the lease then does the work. */
  constructor(settings, name, begin, { stopsWhenLost = false } = {}) {
    this.#stopsWhenLost = stopsWhenLost;
    this.settings = settings;
    this.name = name;
    this.#begin = begin;
    this.task = {};
    this.isLost = false;
    this.trouble = unanswered;  // why there is no answer, to be said after the service's URL
    this.isDone = !register(this);
    if (this.isDone) warn(`is not told how '${name}' goes, which goes on: too many tasks wait to be told`);
    /** Settles when nothing more will be told. Never rejects. */
    this.told = this.isDone ? Promise.resolve() : this.#run();
  }

  /** Aborted when the work is to stop. */
  get signal() {
    return this.#cancel.signal;
  }
  get idleMs() {
    return idleMs;
  }
  get hasEnded() {
    return this.#outcome !== undefined;
  }

  progress(changes) {
    if (this.hasEnded || this.isDone || Object.keys(changes).length === 0) return;
    Object.assign(this.#pending, changes);
    this.#wake();
  }

  /** Takes how it ended, the first time. */
  end(outcome) {
    if (this.hasEnded) return;
    this.#outcome = outcome;
    if (isNode && !this.isDone) this.#kept = setTimeout(() => {}, this.settings.exitWaitMs);
    this.#wake();
  }

  /** Waits until the end is told, but not where the service is known to be away, and at most so long. */
  async settle() {
    if (this.isDone || this.#isAway) return;
    const settled = new AbortController();
    this.#settle = () => settled.abort();
    this.told.then(this.#settle);
    await sleep(this.settings.exitWaitMs, settled.signal);
  }

  async #run() {
    try {
      await this.open();
      while (await this.#report());
      await this.finish();
    } catch (error) {
      const how = error instanceof Refused ? error.message : `a fault of the library: ${error?.stack}`;
      warn(`is not told any more how '${this.name}' goes, which ${this.signal.aborted ? 'is to stop' : 'goes on'}: ${how}`);
    } finally {
      this.isDone = true;
      clearTimeout(this.#kept);
      forget(this);
    }
  }

  async open() {
    const answer = await this.#insist(this.#begin);
    this.check(answer);
    if (!answer.body.lease) throw new Refused(`what answers at ${this.settings.url} is no taskwire`);
    this.task = answer.body.task ?? answer.body;
    this.join(answer.body.lease, answer.body.leaseMs);
  }

  join(lease, leaseMs = 0) {
    this.#lease = lease;
    this.#leaseMs = leaseMs;
  }

  /** Waits for something to tell, but no longer than a cancel may take or the lease lasts; whether there will be more. */
  async #report() {
    await this.#until(() => this.hasEnded || Object.keys(this.#pending).length > 0, Math.min(this.#leaseMs / 3 || Infinity, this.idleMs));
    if (this.hasEnded) return false;
    const changes = this.takePending();
    const sentAt = performance.now();
    const body = this.body(changes);
    const timeoutMs = Math.max(1000, Math.min(patienceMs, this.#leaseMs / 3 || patienceMs));
    const answer = await this.#insist(() => this.send('/api/work/report', body, timeoutMs), () => this.hasEnded);
    if (!answer) {  // it ended meanwhile, which tells this too
      this.#pending = { ...changes, ...this.#pending };
      return true;
    }
    if (answer.status === 200) {
      if (this.#leaseMs) this.#leaseMs = answer.body.leaseMs ?? this.#leaseMs;
      if (answer.body.cancelRequested) this.#cancel.abort();
    } else if (answer.reason === 'INVALID_PROGRESS') {
      warn(`did not take a report of '${this.name}': ${answer.detail}`);
    } else {
      this.check(answer);
    }
    await this.#until(() => this.hasEnded, sentAt + paceMs - performance.now());
    return true;
  }

  body(changes) {
    return Object.keys(changes).length === 0 ? { lease: this.#lease } : { lease: this.#lease, seq: ++this.#seq, progress: changes };
  }

  async finish() {
    const body = { lease: this.#lease, ...this.#outcome };
    const last = this.takePending();
    if (Object.keys(last).length > 0) body.progress = last;
    let answer = await this.insistOn('/api/work/finish', body);
    if (answer.status === 400 || answer.status === 413) {  // so that it ends at all
      warn(`did not take how '${this.name}' ended: ${answer.detail}`);
      const error = { reason: answer.reason, message: answer.detail };
      answer = await this.insistOn('/api/work/finish', { lease: this.#lease, error });
    }
    if (answer.reason !== 'ALREADY_FINISHED') this.check(answer);
    this.task = answer.body;
  }

  takePending() {
    const pending = this.#pending;
    this.#pending = {};
    return pending;
  }

  send(path, body, timeoutMs = patienceMs) {
    return post(this.settings, path, body, { timeoutMs });
  }

  insistOn(path, body) {
    return this.#insist(() => this.send(path, body));
  }

  /** Asks until there is an answer that will not change; undefined where `isIdle` says meanwhile that none is wanted. */
  async #insist(ask, isIdle = () => false) {
    const pause = async (ms, why) => {
      this.trouble = why;
      this.#setAway(true);
      await this.#until(isIdle, ms);
      return !isIdle();
    };
    const answer = await insist(ask, pause, Math.min(mostBackoffMs, this.#leaseMs / 6 || mostBackoffMs));
    if (answer) {
      this.trouble = unanswered;
      this.#setAway(false);
    }
    return answer;
  }

  #setAway(isAway) {
    this.#isAway = isAway;
    if (isAway) this.#settle();
  }

  /** Waits for a condition that `progress` and `end` may bring about, at most so long. It keeps no program alive. */
  async #until(condition, ms) {
    const deadline = performance.now() + ms;
    while (!condition() && performance.now() < deadline) {
      await new Promise((resolve) => {
        const timer = Number.isFinite(deadline) ? setTimeout(resolve, deadline - performance.now()) : undefined;
        timer?.unref?.();
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#wake = () => {};
  }

  check(answer) {
    if (answer.reason === 'LEASE_LOST') {
      this.isLost = true;
      if (this.#stopsWhenLost) this.#cancel.abort();
      throw new Refused('its lease is over, since it could not be renewed in time, or the task was stopped (LEASE_LOST)');
    }
    if (answer.status >= 300) throw new Refused(answer.detail);
  }
}

/** Reports to the task that `taskwire run` or `taskwire work` made of this program, and never ends it. */
export class Joined extends Reporter {
  #wrappersLease;

  constructor(settings, name, lease) {
    super(settings, name, undefined);
    this.#wrappersLease = lease;
  }

  async open() {
    await undefined;  // until the constructor is through
    this.task = { taskId: environment('TASKWIRE_TASK') };
    this.join(this.#wrappersLease);
  }

  get idleMs() {
    return Infinity;  // the wrapper hears of a cancel
  }

  body(changes) {
    return { lease: this.#wrappersLease, progress: changes };
  }

  async finish() {
    const last = this.takePending();
    if (Object.keys(last).length > 0) this.check(await this.insistOn('/api/work/report', this.body(last)));
  }
}

/** In the place of a reporter: tells nothing. */
export const silent = {
  name: '',
  task: {},
  isLost: false,
  isDone: true,
  signal: new AbortController().signal,
  progress() {},
  end() {},
  settle: () => Promise.resolve(),
};

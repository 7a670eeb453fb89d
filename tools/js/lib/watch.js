import { Backoff } from './backoff.js';
import { bearerOf } from './http.js';
import { baseUrl, findToken } from './settings.js';
import { sleep } from './sleep.js';
import { readByEventSource, readByFetch } from './streams.js';
import { TaskRows } from './task_rows.js';

const patienceMs = 40_000;  // of silence, until a stream counts as dead; longer where heartbeats are further apart
const mostRetryMs = 120_000;

/** Keeps a Map of a user's tasks true; index.d.ts says the rest. */
export function watchTasks(user, callback, options = {}) {
  return new Watch(user, callback, options);
}

class Watch {
  #rows = new TaskRows();
  #stop = new AbortController();
  #options;
  #callback;
  #url;
  #cursor = '';
  #retryMs = 0;
  #backoff = new Backoff({ first: 1000 });
  #heartbeatMs = 0;
  #heardAt = 0;
  #isTold = true;

  constructor(user, callback, options) {
    this.#callback = callback;
    this.#options = { fetch: globalThis.fetch, ...options };
    const { url, taskId, token } = options;
    this.#url = `${baseUrl(url)}/api/task-progress/${encodeURIComponent(user)}${taskId ? `/${encodeURIComponent(taskId)}` : ''}`;
    this.#options.headers ??= bearerOf(findToken(token));
    this.status = { state: 'connecting', upstream: { state: 'up' }, isSynced: false, skipped: 0 };
    const { signal } = options;
    signal?.addEventListener('abort', () => this.close(), { once: true, signal: this.#stop.signal });
    if (signal?.aborted) this.close();
    /** Settles when it has ended. */
    this.ended = this.#run();
  }

  get tasks() {
    return this.#rows.tasks;
  }

  close() {
    if (this.status.state !== 'ended') this.status = { ...this.status, state: 'ended', why: 'closed' };
    this.#stop.abort();
  }

  async #run() {
    let hasAsked = false;  // whether it is over, at once after its end
    while (!this.#stop.signal.aborted) {
      const { end, error, status, waitMs = 0 } = await this.#readOnce();
      if (this.#stop.signal.aborted) return;
      if (end === 'over' || end === 'refused') return this.#end(end, error, status);
      if (end === 'closed' && !hasAsked && this.#hasOnlyEnded()) {
        hasAsked = true;
        continue;
      }
      hasAsked = false;
      const least = Math.min(mostRetryMs, Math.max(waitMs, this.#retryMs));
      const pauseMs = this.#backoff.next(least);
      this.#tell({ state: 'cut', error, retryAt: Date.now() + pauseMs, upstream: { state: 'up' } });
      await sleep(pauseMs, this.#stop.signal);
      if (!this.#stop.signal.aborted) this.#tell({ state: 'connecting', error: undefined, retryAt: undefined });
    }
  }

  /** Whether the one task that is watched has ended, so that its stream is over as well. */
  #hasOnlyEnded() {
    const [task] = this.tasks.values();
    return this.#options.taskId && this.#rows.isSynced && ['succeeded', 'failed', 'cancelled'].includes(task?.status);
  }

  async #readOnce() {
    const once = new AbortController();
    const stop = () => once.abort();
    this.#stop.signal.addEventListener('abort', stop, { once: true });
    this.#heardAt = performance.now();
    const watchdog = setInterval(() => performance.now() - this.#heardAt > Math.max(patienceMs, 2.5 * this.#heartbeatMs) && stop(), 1000);
    const request = {
      url: this.#url,
      lastEventId: this.#cursor,
      signal: once.signal,
      onOpen: () => this.#opened(),
      onEvent: (event) => this.#take(event),
      onPlace: (id) => this.#place(id),
      onRetry: (ms) => (this.#retryMs = ms),
    };
    try {
      return await (this.#options.EventSource ? readByEventSource : readByFetch)(request, this.#options);
    } catch (error) {
      return { end: 'cut', error };
    } finally {
      clearInterval(watchdog);
      this.#stop.signal.removeEventListener('abort', stop);
    }
  }

  #opened() {
    this.#heardAt = performance.now();
    this.#rows.opened();
    this.#tell({ state: 'open', error: undefined, retryAt: undefined });
  }

  #place(id) {
    this.#heardAt = performance.now();
    this.#cursor = id || this.#cursor;
  }

  #take({ type, data }) {
    if (this.#stop.signal.aborted) return;
    this.#heardAt = performance.now();
    this.#backoff.reset();
    if (type === 'heartbeat') {
      this.#heartbeatMs = JSON.parse(data).intervalMs;
    } else if (type === 'upstream') {
      this.#tell({ upstream: JSON.parse(data) });
    } else if (type === 'skipped') {
      this.#tell({ skipped: this.status.skipped + 1 });
    } else if (this.#rows.take(type, data)) {
      this.#tell({ isSynced: this.#rows.isSynced });
    }
  }

  #end(end, error, status) {
    this.#tell({ state: 'ended', why: end, error, httpStatus: status, retryAt: undefined });
    this.#stop.abort();
  }

  /** Calls back once for all that changes at a time. */
  #tell(changes) {
    this.status = { ...this.status, ...changes };
    if (!this.#isTold) return;
    this.#isTold = false;
    queueMicrotask(() => {
      this.#isTold = true;
      if (this.status.why !== 'closed') this.#callback(this.#rows.tasks, this.status);
    });
  }
}

// Watches a service while somebody abuses it: that it lives, how soon it answers others, how much memory it takes.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { Worker } from 'node:worker_threads';

export class Watch {
  #service;
  #prober;
  #failed;

  constructor(service) {
    this.#service = service;
    const workerData = { pid: service.process.pid, port: service.port };
    this.#prober = new Worker(new URL('prober.mjs', import.meta.url), { workerData });
    this.#failed = once(this.#prober, 'exit');  // rejected by an error, which alone ends it before its time
    this.#failed.catch(() => {});
    // Of this thread alone: elsewhere the bad clients would have processors of their own.
    this.#prober.once('online', () => setPriority(constants.priority.PRIORITY_LOW));
  }

  /** Runs `abuse`, and tells what others noticed of it. Fails where the service ends or does not answer. */
  async whileAbused(abuse) {
    this.#prober.postMessage('begin');
    await Promise.race([abuse(), this.#failed]);
    const told = once(this.#prober, 'message');
    this.#prober.postMessage('end');
    const [{ times, before, most }] = await told;
    assert.ok(!this.#service.hasEnded(), `${this.#service.program} ended:\n${this.#service.log.slice(-2000)}`);
    times.sort((a, b) => a - b);
    const at = (part) => times[Math.min(times.length - 1, Math.floor(part * times.length))].toFixed(1);
    return { p50: at(0.5), p99: at(0.99), max: at(1), before: before.toFixed(0), most: most.toFixed(0), grew: most - before };
  }

  async stop() {
    await this.#prober.terminate();
  }
}

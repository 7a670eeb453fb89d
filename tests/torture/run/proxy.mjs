// What lies between two programs and fails: connections that are cut, that hang half-open, or that are read slowly.
import { createServer, connect } from 'node:net';

export class Proxy {
  #server;
  #pairs = new Set();
  #target;
  #mutation;
  #isDead = false;  // takes connections, and passes nothing
  port = 0;

  /** `target()`: the port behind. `mutation()`: a stream that changes what comes from behind, or nothing. */
  constructor(target, mutation = () => undefined) {
    this.#target = target;
    this.#mutation = mutation;
    this.#server = createServer({ allowHalfOpen: true }, (near) => this.#join(near));
  }

  async listen() {
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.port = this.#server.address().port;
    return this;
  }

  #join(near) {
    const far = connect({ host: '127.0.0.1', port: this.#target(), allowHalfOpen: true });
    const pair = { near, far, isHeld: this.#isDead };
    this.#pairs.add(pair);
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on('error', () => this.#cut(pair));
      socket.on('close', () => this.#cut(pair));
    }
    const mutation = this.#mutation();
    if (mutation) mutation.pipe(near);
    pair.back = mutation ?? near;
    if (pair.isHeld) return;
    near.pipe(far);
    far.pipe(pair.back);
  }

  /** The end of one side, unless it is not to be heard, is the end of the other. */
  #cut(pair, isAbrupt = false) {
    if (pair.isHeld && !isAbrupt) return;
    this.#pairs.delete(pair);
    for (const socket of [pair.near, pair.far]) {
      if (isAbrupt && !socket.destroyed && socket.resetAndDestroy) socket.resetAndDestroy();
      else socket.destroy();
    }
  }

  #hold(pair) {
    pair.isHeld = true;
    for (const socket of [pair.near, pair.far]) socket.unpipe();
  }

  get connections() {
    return this.#pairs.size;
  }

  /** Cuts the connections that `chosen()` says, with a reset. */
  cut(chosen = () => true) {
    let count = 0;
    for (const pair of [...this.#pairs]) {
      if (!chosen()) continue;
      this.#cut(pair, true);
      count += 1;
    }
    return count;
  }

  /** From now on nothing passes, in connections of now and new ones, and no end is heard; until `heal`, which cuts them. */
  halfOpen() {
    this.#isDead = true;
    for (const pair of this.#pairs) this.#hold(pair);
  }

  heal() {
    this.#isDead = false;
    for (const pair of [...this.#pairs]) {
      if (pair.isHeld) this.#cut(pair, true);
    }
  }

  /** Takes nothing from behind in the connections that `chosen()` says, until the answer is called. */
  stall(chosen) {
    const stalled = [...this.#pairs].filter((pair) => !pair.isHeld && chosen());
    for (const { far } of stalled) far.unpipe();
    return () => stalled.filter((pair) => !pair.isHeld).forEach(({ far, back }) => far.pipe(back));
  }

  async close() {
    for (const pair of [...this.#pairs]) this.#cut(pair, true);
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

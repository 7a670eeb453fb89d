// Follows event streams through everything, as a browser does, and keeps what it is told of tasks.
import { parseEvents } from '../support/stream.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Follower {
  /** In the order of the log: {task, attempt, status, message, error}. */
  events = [];
  /** The present status of each task. */
  status = new Map();
  #id = '';
  #abort = new AbortController();
  #done;

  /** Follows `topics` at one of `urls` after the other, from the beginning. */
  constructor(urls, topics) {
    this.#done = this.#follow(urls, `/api/events?${topics.map((topic) => `topic=${topic}`).join('&')}&from=earliest`);
  }

  async stop() {
    this.#abort.abort();
    await this.#done;
  }

  async #follow(urls, path) {
    for (let turn = 0; !this.#abort.signal.aborted; ++turn) {
      try {
        await this.#read(urls[turn % urls.length] + path);
      } catch (error) {
        if (error instanceof RangeError) throw error;
      }
      await pause(20);
    }
  }

  async #read(url) {
    const headers = { Accept: 'text/event-stream', ...(this.#id ? { 'Last-Event-ID': this.#id } : {}) };
    const response = await fetch(url, { headers, signal: this.#abort.signal });
    if (response.status !== 200) return;
    let rest = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop();
      for (const event of parseEvents(blocks, this.#id)) this.#take(event);
      for (const block of blocks) this.#id = /^id: ?(.*)$/m.exec(block)?.[1] ?? this.#id;
    }
  }

  #take({ type, data }) {
    if (type === 'reset' && this.#id) throw new RangeError(`the stream began anew: ${data}`);
    if (type !== 'taskUpdate') return;
    const { taskId: task, attempt, status, message, error } = JSON.parse(data);
    this.events.push({ task, attempt, status, message, error });
    this.status.set(task, status);
  }
}

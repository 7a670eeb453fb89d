// A client of an event stream that reconnects as a browser does: with its last id, after a retry with jitter, at either edge.
import { request } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { told, toldEnveloped } from './journal.mjs';
import { pause } from './pause.mjs';
import { SseBlocks } from './sse_blocks.mjs';

const kLeastRetry = 50;
const kMostRetry = 500;
const kSilence = 3000;  // after which it takes the connection for dead; an edge beats every 500 ms

export class Reader {
  #journal;
  #edges;
  #random;
  #task;
  #path;
  #from;
  #types;
  #isEnveloped;
  #isStopped = false;
  #connection;
  #wake = () => {};
  #n = 0;
  lastId = '';
  received = 0;
  /** Whether it was told that nothing will follow: of one task that has ended, or is gone. */
  isOver = false;

  /** `task`: it follows one alone. `from`: where it starts when it has no id. `types`, `envelope`: as the query says. */
  constructor(name, { topics, task, path, from, types, envelope, edges, random, journal }) {
    this.name = name;
    this.topics = topics;
    this.#task = task;
    this.#path = path;
    this.#from = from;
    this.#types = types;
    this.#isEnveloped = envelope;
    this.#edges = edges;
    this.#random = random;
    this.#journal = journal;
    this.done = this.#follow();
  }

  async #follow() {
    while (!this.#isStopped) {
      await this.#connect();
      if (this.#isStopped || this.isOver) return;
      // Now and then somebody closes the laptop.
      const away = this.#random.below(30) === 0 ? this.#random.below(25_000) : 0;
      const timer = new Promise((resolve) => { this.#wake = resolve; });
      await Promise.race([pause(kLeastRetry + this.#random.below(kMostRetry) + away), timer]);
    }
  }

  #connect() {
    const edge = this.#random.of(this.#edges);
    const n = ++this.#n;
    const where = { by: this.name, n };
    const after = this.lastId || undefined;
    const from = after ? undefined : this.#from;
    const what = { path: this.#path, topics: this.topics, task: this.#task, types: this.#types, envelope: this.#isEnveloped, after, from };
    this.#journal.write('open', { ...where, to: edge.name, ...what });
    return new Promise((resolve) => {
      let silence;
      const end = (why) => {
        if (silence === undefined) return;
        clearTimeout(silence);
        silence = undefined;
        this.#journal.write('closed', { ...where, why });
        call.destroy();
        resolve();
      };
      const listen = () => {
        clearTimeout(silence);
        silence = setTimeout(() => end('silence'), kSilence);
      };
      const headers = { Accept: 'text/event-stream', ...(after && { 'Last-Event-ID': after }) };
      const call = request({ host: '127.0.0.1', port: edge.port, path: this.#pathFrom(from), headers, agent: false });
      this.#connection = { end };
      listen();
      call.on('error', (error) => end(error.code ?? error.message));
      call.on('response', (response) => {
        this.#journal.write('opened', { ...where, status: response.statusCode });
        this.isOver = this.#task !== undefined && [204, 404].includes(response.statusCode);
        const decoder = new StringDecoder('utf8');
        const blocks = new SseBlocks();
        response.on('data', (bytes) => {
          if (silence === undefined) return;
          listen();
          if (response.statusCode === 200) blocks.take(decoder.write(bytes)).forEach((block) => this.#receive(where, block));
        });
        response.on('error', (error) => end(error.code ?? error.message));
        response.on('close', () => end(response.complete ? 'end' : 'cut'));
      });
      call.end();
    });
  }

  #pathFrom(from) {
    const query = [from && `from=${from}`, this.#types && `types=${this.#types.join(',')}`, this.#isEnveloped && 'envelope'].filter(Boolean).join('&');
    return query ? `${this.#path}${this.#path.includes('?') ? '&' : '?'}${query}` : this.#path;
  }

  #receive(where, { id, event, data }) {
    if (id === undefined && event === undefined && data === undefined) return;
    this.received += 1;
    const tell = event === 'envelope' ? toldEnveloped : told;
    this.#journal.write('got', { ...where, id, event, data: data === undefined ? undefined : tell(data) });
    if (id) this.lastId = id;
  }

  /** Comes back at once, if it is away. */
  hurry() {
    this.#wake();
  }

  async stop() {
    this.#isStopped = true;
    this.#wake();
    this.#connection?.end('stopped');
    await this.done;
  }
}

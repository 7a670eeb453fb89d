// A client of an event stream that reconnects as a browser does: with its last id, after a retry with jitter, at either edge.
import { request } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { Connections, ending } from './connections.mjs';
import { told, toldEnveloped } from './journal.mjs';
import { SseBlocks } from './sse_blocks.mjs';

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
  #connections;
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
    this.#connections = new Connections(() => this.#connect(), { random, isOver: () => this.isOver });
  }

  #connect() {
    const edge = this.#random.of(this.#edges);
    const where = { by: this.name, n: ++this.#n };
    const after = this.lastId || undefined;
    const from = after ? undefined : this.#from;
    const what = { path: this.#path, topics: this.topics, task: this.#task, types: this.#types, envelope: this.#isEnveloped, after, from };
    this.#journal.write('open', { ...where, to: edge.name, ...what });
    const headers = { Accept: 'text/event-stream', ...(after && { 'Last-Event-ID': after }) };
    const call = request({ host: '127.0.0.1', port: edge.port, path: this.#pathFrom(from), headers, agent: false });
    const connection = ending(kSilence, (why) => {
      this.#journal.write('closed', { ...where, why });
      call.destroy();
    });
    const { end, listen, isOpen } = connection;
    call.on('error', (error) => end(error.code ?? error.message));
    call.on('response', (response) => {
      this.#journal.write('opened', { ...where, status: response.statusCode });
      this.isOver = this.#task !== undefined && [204, 404].includes(response.statusCode);
      const decoder = new StringDecoder('utf8');
      const blocks = new SseBlocks();
      response.on('data', (bytes) => {
        if (!isOpen()) return;
        listen();
        if (response.statusCode === 200) blocks.take(decoder.write(bytes)).forEach((block) => this.#receive(where, block));
      });
      response.on('error', (error) => end(error.code ?? error.message));
      response.on('close', () => end(response.complete ? 'end' : 'cut'));
    });
    call.end();
    return connection;
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
    this.#connections.hurry();
  }

  stop() {
    return this.#connections.stop();
  }
}

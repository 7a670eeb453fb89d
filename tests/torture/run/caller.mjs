// Requests to either edge, or to the engine itself, each told in the history with all that came of it.
import { request } from 'node:http';
import { pause } from './pause.mjs';

const kPatience = 4000;
const kBetween = 40;

/** One attempt: the answer, or an error. */
function attempt(port, { method, path, headers = {}, body }) {
  return new Promise((resolve, reject) => {
    const all = body === undefined ? headers : { ...headers, 'Content-Length': Buffer.byteLength(body) };
    const call = request({ host: '127.0.0.1', port, method, path, headers: all, agent: false });
    const impatience = setTimeout(() => call.destroy(new Error('no answer')), kPatience);
    const fail = (error) => {
      clearTimeout(impatience);
      reject(error);
    };
    call.on('error', fail);
    call.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => { text += part; });
      response.on('error', fail);
      response.on('close', () => {
        if (!response.complete) return fail(new Error('cut'));
        clearTimeout(impatience);
        resolve({ status: response.statusCode, text });
      });
    });
    call.end(body);
  });
}

export class Caller {
  #edges;
  #random;
  #journal;
  #engine;
  #isOver = false;

  /** `engine`: takes calls that name an `rpc`. */
  constructor({ edges, engine, random, journal }) {
    this.#edges = edges;
    this.#engine = engine;
    this.#random = random;
    this.#journal = journal;
  }

  /** From now on what has no answer yet is given up. */
  giveUp() {
    this.#isOver = true;
  }

  /** One attempt, at either edge or at the engine; {status, body}, or nothing where there was no answer. */
  async once(call, fields) {
    const to = call.rpc ? this.#engine : this.#random.of(this.#edges);
    this.#journal.write('send', { ...fields, to: to.name });
    try {
      if (call.rpc) return await this.#engine.call(call.rpc, call.request);
      const { status, text } = await attempt(to.port, call);
      return { status, body: text === '' ? {} : JSON.parse(text) };
    } catch (error) {
      this.#journal.write('lost', { ...fields, to: to.name, why: error.message });
      return undefined;
    }
  }

  /**
   * The same request again and again, until an answer says what came of it: any but 503 and 429, which say to try
   * again. So an unknown outcome ends as a known one. Nothing once it is given up. `call`: the request, or what makes it for each attempt.
   */
  async insist(call, fields) {
    while (!this.#isOver) {
      const answer = await this.once(typeof call === 'function' ? call() : call, fields);
      if (answer) {
        const { status, body } = answer;
        const what = status < 300 ? { id: body.id, ids: body.ids, taskId: body.taskId } : { reason: body.reason };
        this.#journal.write('answer', { ...fields, status, ...what });
        if (status !== 503 && status !== 429) return answer;
      }
      await pause(kBetween + this.#random.below(100));
    }
    return undefined;
  }
}

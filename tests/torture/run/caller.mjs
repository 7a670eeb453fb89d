// Requests to either edge, each told in the history with all that came of it.
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
  #isOver = false;

  constructor({ edges, random, journal }) {
    this.#edges = edges;
    this.#random = random;
    this.#journal = journal;
  }

  /** From now on what has no answer yet is given up. */
  giveUp() {
    this.#isOver = true;
  }

  /** One attempt at either edge; {status, body}, or nothing where there was no answer. */
  async once(call, fields) {
    const edge = this.#random.of(this.#edges);
    this.#journal.write('send', { ...fields, to: edge.name });
    try {
      const { status, text } = await attempt(edge.port, call);
      return { status, body: text === '' ? {} : JSON.parse(text) };
    } catch (error) {
      this.#journal.write('lost', { ...fields, to: edge.name, why: error.message });
      return undefined;
    }
  }

  /**
   * The same request again and again, at either edge, until an answer says what came of it: any but 503 and 429, which say to try
   * again. So an unknown outcome ends as a known one. Nothing once it is given up.
   */
  async insist(call, fields) {
    while (!this.#isOver) {
      const answer = await this.once(call, fields);
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

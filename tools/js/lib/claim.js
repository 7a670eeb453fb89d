// A claim of a worker in Node. fetch cannot say that no answer is wanted any more and still wait for one: only when it has come, or the
// connection has ended, is it certain that no task is given away any more.
import { Answer, messageOf, objectOf, requestOf, Unreachable } from './http.js';

/** Asks for work. `stop` aborted: whoever waits is taken out, and an answer under way is still taken. Rejects as `request` does. */
export async function claim(settings, body, { key, timeoutMs, stop }) {
  const { headers: sent, body: text } = requestOf(settings, body, key);
  const url = new URL(settings.url + '/api/work/claim');
  const { request } = await import(url.protocol === 'https:' ? 'node:https' : 'node:http');
  return new Promise((resolve, reject) => {
    const headers = { ...sent, 'Content-Length': Buffer.byteLength(text), Connection: 'close' };
    const asked = request(url, { method: 'POST', headers, agent: false });
    const hangUp = () => asked.socket?.end();
    const settle = (how, value) => {
      stop.removeEventListener('abort', hangUp);
      clearTimeout(timer);
      how(value);
    };
    const fail = (error) => settle(reject, new Unreachable(messageOf(error)));
    const timer = setTimeout(() => asked.destroy(new Error('no answer in time')), timeoutMs);
    stop.addEventListener('abort', hangUp, { once: true });
    asked.on('error', fail);
    asked.on('response', (answer) => {
      let taken = '';
      answer.setEncoding('utf8');
      answer.on('data', (part) => (taken += part));
      answer.on('error', fail);
      answer.on('end', () => settle(resolve, new Answer(answer.statusCode, objectOf(taken), 1000 * (Number(answer.headers['retry-after']) || 0))));
    });
    asked.end(text, () => stop.aborted && hangUp());
  });
}

// Requests as a program sends them that knows no rules: any method, header and byte.
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';

const patienceMs = 30_000;

/**
 * Sends a request on a connection of its own. The answer: status, headers and body; the body of an event stream as far as
 * `isEnough(body)` wants it, by default its first block.
 */
export function call(port, { method = 'GET', path, headers = {}, body }, isEnough = (text) => text.includes('\n\n')) {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path, headers, agent: false, signal: AbortSignal.timeout(patienceMs) };
    const outgoing = request(options, (incoming) => {
      const answer = { status: incoming.statusCode, headers: incoming.headers, body: '' };
      const isStream = answer.headers['content-type'] === 'text/event-stream';
      incoming.setEncoding('utf8');
      incoming.on('data', (text) => {
        answer.body += text;
        if (!isStream || !isEnough(answer.body)) return;
        resolve(answer);
        incoming.destroy();
      });
      incoming.on('end', () => resolve(answer));
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Sends `text` as it is, and reads the answer to the end of the connection. */
export async function callRaw(port, text) {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(patienceMs, () => socket.destroy(new Error(`no answer to ${text.slice(0, 80)}`)));
  let received = '';
  socket.setEncoding('utf8').on('data', (data) => (received += data));
  socket.write(text);
  await once(socket, 'close');
  const [head, ...body] = received.split('\r\n\r\n');
  const [statusLine, ...fields] = head.split('\r\n');
  const headers = Object.fromEntries(fields.map((field) => /^([^:]+): (.*)$/.exec(field).slice(1)).map(([name, value]) => [name.toLowerCase(), value]));
  return { status: Number(statusLine.split(' ')[1]), headers, body: body.join('\r\n\r\n') };
}

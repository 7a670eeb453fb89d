// A reverse proxy that puts an edge below a prefix, and knows nothing else.
import { once } from 'node:events';
import { createServer, request } from 'node:http';

/** `into(path)`: what to put at the beginning of an event stream; nothing by default. */
export async function startPrefixProxy(edge, prefix, into = () => '') {
  const strays = [];
  const streams = new Set();
  const server = createServer((incoming, answer) => {
    if (!incoming.url.startsWith(prefix)) {
      strays.push(incoming.url);
      return void answer.writeHead(404).end();
    }
    const path = incoming.url.slice(prefix.length - 1);
    const { method, headers } = incoming;
    const forwarded = request({ host: '127.0.0.1', port: edge.port, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode, response.headers);
      if (response.headers['content-type'] === 'text/event-stream') {
        answer.write(into(path));
        streams.add(answer);
        answer.on('close', () => streams.delete(answer));
      }
      response.pipe(answer);
      response.on('error', () => answer.destroy());
    });
    forwarded.on('error', () => answer.destroy());
    answer.on('close', () => forwarded.destroy());
    incoming.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}${prefix.slice(0, -1)}`,
    /** What was asked for beside the prefix. */
    strays,
    /** Says something on every stream that is open. */
    say: (text) => streams.forEach((answer) => answer.write(text)),
    stop: () => (server.close(), server.closeAllConnections()),
  };
}

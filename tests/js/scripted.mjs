// An edge that answers as it is told, for what a real one cannot be made to do.
import { once } from 'node:events';
import { createServer } from 'node:http';

export const lease = '0'.repeat(32);

/** `answer(path, body)` gives [status, body], or undefined to hang up. `requests` keeps {path, body, headers} of each. */
export async function scriptedEdge(answer) {
  const requests = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    const body = text ? JSON.parse(text) : undefined;
    requests.push({ path: request.url, body, headers: request.headers });
    const told = answer(request.url, body, response);
    if (told === response) return;
    if (!told) return request.socket.destroy();
    response.writeHead(told[0], { 'Content-Type': 'application/json' }).end(JSON.stringify(told[1]));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    bodies: (path) => requests.filter((request) => request.path.endsWith(path)).map(({ body }) => body),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What an edge answers when all is well. */
export function well(path) {
  if (path.endsWith('/start')) return [202, { taskId: 'abcdefghijkl', lease, leaseMs: 30_000 }];
  return [200, { leaseMs: 30_000, cancelRequested: false }];
}

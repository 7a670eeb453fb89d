// A TCP proxy before the edge that can fail as networks and reverse proxies do.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const answer502 = 'HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

export async function startProxy(edge) {
  const pairs = new Set();
  let isCut = false;
  let badGateways = 0;
  const streams = [];
  const server = createServer((client) => {
    if (isCut) return void client.destroy();
    const upstream = connect(edge.port, '127.0.0.1');
    const pair = { client, upstream, path: '' };
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end);
    client.on('data', (data) => {
      const head = data.toString('latin1');
      const isStream = /^GET .*\r\naccept: text\/event-stream\r\n/is.test(head);
      if (isStream) streams.push(head);
      pair.path = isStream ? /^GET ([^ ?]*)/.exec(head)[1] : '';
      if (isStream && badGateways > 0) {
        --badGateways;
        client.end(answer502);
      } else {
        upstream.write(data);
      }
    });
    upstream.on('data', (data) => client.write(data));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => pairs.forEach(({ client, upstream }) => (client.destroy(), upstream.destroy()));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** The heads of the requests for a stream so far. */
    streams,
    /** The paths of the streams that are open, in order. */
    openStreams: () => [...pairs].map(({ path }) => path).filter(Boolean).sort(),
    /** Resets every connection once. */
    cut,
    /** Resets every connection, also new ones, until `mend`. */
    cutForGood: () => ((isCut = true), cut()),
    mend: () => void (isCut = false),
    /** Answers the next requests for a stream with 502. */
    answerBadGateway: (times) => void (badGateways = times),
    stop: () => (cut(), server.close()),
  };
}

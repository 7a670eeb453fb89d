// A thousand clients resume at once at an edge that was just started and holds only the end of the log: they share the pages that it
// asks for. The calls are counted between edge and engine, on the wire.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { startServices } from '../support/services.mjs';
import { until } from '../support/until.mjs';

const kClients = 1000;
const kEvents = 600;
const kHubEvents = 50;
const kPageEvents = 256;

/** Passes bytes on to `port`, and counts the HTTP/2 streams that are opened on the way (RFC 9113, sections 3.4 and 4.1). */
class CountingProxy {
  constructor(port) {
    this.port = port;
    this.calls = 0;
    this.sockets = new Set();
  }

  async listen() {
    this.server = net.createServer((client) => this.relay(client)).listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this.server.address().port;
  }

  relay(client) {
    const kPreface = 24, kFrameHeader = 9, kHeaders = 1;
    const engine = net.connect(this.port, '127.0.0.1');
    let bytes = Buffer.alloc(0);
    let skip = kPreface;
    client.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      for (;;) {
        const passed = Math.min(skip, bytes.length);
        bytes = bytes.subarray(passed);
        skip -= passed;
        if (skip > 0 || bytes.length < kFrameHeader) break;
        if (bytes[3] === kHeaders) ++this.calls;
        skip = kFrameHeader + bytes.readUIntBE(0, 3);
      }
    });
    client.pipe(engine).pipe(client);
    for (const socket of [client, engine]) {
      this.sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => { client.destroy(); engine.destroy(); });
    }
  }

  stop() {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}

/** Follows the channel after `id`; `ids` is what came. */
class Client {
  constructor(port, id) {
    this.ids = [];
    this.text = '';
    const headers = { Accept: 'text/event-stream', 'Last-Event-ID': id };
    this.request = http.get({ host: '127.0.0.1', port, path: '/stream/numbers', headers, agent: false }, (response) => {
      assert.equal(response.statusCode, 200);
      response.setEncoding('utf8').on('data', (chunk) => this.take(chunk)).on('error', () => {});
    });
    this.request.on('error', () => {});
  }

  take(chunk) {
    const blocks = (this.text + chunk).split('\n\n');
    this.text = blocks.pop();
    for (const block of blocks) {
      const id = /^id: ?(.*)$/m.exec(block);
      if (id && /^data:/m.test(block) && !/^event:/m.test(block)) this.ids.push(id[1]);
    }
  }
}

let services;
let proxy;
let clients = [];
before(async () => { services = await startServices({ edgeArgs: ['--hub-events', `${kHubEvents}`] }); });
after(async () => {
  for (const client of clients) client.request.destroy();
  proxy?.stop();
  await services?.stop();
});

test('a thousand clients that resume at once share what the engine is asked', { timeout: 110_000 }, async (t) => {
  const start = await services.post('/publish/numbers', 'before');
  const body = Array.from({ length: kEvents }, (_, i) => `${i}\n`).join('');
  const answer = await fetch(`${services.url}/publish/numbers`, { method: 'POST', headers: { 'Content-Type': 'application/x-ndjson' }, body });
  assert.equal(answer.status, 202, await answer.clone().text());
  const { ids } = await answer.json();

  proxy = new CountingProxy(services.engine.port);
  const edge = await services.startEdge(await proxy.listen());
  await until('the edge is ready', async () => (await fetch(`http://127.0.0.1:${edge.port}/readyz`)).status === 200);
  const before = proxy.calls;
  clients = Array.from({ length: kClients }, () => new Client(edge.port, start));
  await until('everybody has everything', () => clients.every((client) => client.ids.length >= kEvents), 90_000);
  for (const client of clients) assert.deepEqual(client.ids, ids);

  const calls = proxy.calls - before;
  t.diagnostic(`${kClients} clients, ${kEvents} events each, of which the edge held ${kHubEvents}: ${calls} calls of the engine`);
  // Who comes while a page is under way shares it; who comes after asks for it again.
  const pages = Math.ceil((kEvents - kHubEvents) / kPageEvents);
  assert.ok(calls >= pages, `${calls} calls; the proxy counts nothing`);
  assert.ok(calls <= 100, `${calls} calls`);
});

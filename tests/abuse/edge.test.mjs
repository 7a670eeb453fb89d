// Clients of every bad kind against an edge, all from loopback: it lives, others are answered, and its memory stays bounded.
//
//   TASKWIRE_ABUSE_SECONDS: how long each kind goes on (2). TASKWIRE_ABUSE_CLIENTS: how many come at once (200).
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { startServices } from '../support/services.mjs';
import { randomOf } from './random.mjs';
import { Watch } from './watch.mjs';

const seconds = Number(process.env.TASKWIRE_ABUSE_SECONDS ?? 2);
const crowd = Number(process.env.TASKWIRE_ABUSE_CLIENTS ?? 200);
const seed = Number(process.env.TASKWIRE_ABUSE_SEED ?? Date.now() % 1_000_000);
const random = randomOf(seed);
const kMostGrowth = 256;  // MiB

let services;
let watch;
before(async () => {
  // What the sanitizers keep of freed memory would count as the edge's.
  process.env.ASAN_OPTIONS = `${process.env.ASAN_OPTIONS ?? ''}:quarantine_size_mb=8`;
  services = await startServices({ edgeArgs: ['--request-timeout', '2s'] });
  for (let i = 0; i < 64; ++i) await services.post('/publish/large', 'x'.repeat(60 * 1024));
  watch = new Watch(services.edge);
});
after(async () => {
  await watch?.stop();
  await services?.stop();
});

/** A client whose end, however it comes, is no error. */
function client({ paused = false } = {}) {
  const socket = connect({ host: '127.0.0.1', port: services.edge.port });
  socket.on('error', () => {});
  if (!paused) socket.resume();
  return socket;
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let end = 0;  // of the kind under way

/** Goes on with `round` until the time is up, or `may` says no. */
async function goOn(round, may = () => true) {
  while (Date.now() < end && may()) await round();
}

/** Sends bytes, takes what comes, and waits for the end, which it makes itself when that takes too long. */
async function say(bytes) {
  const socket = client();
  const closed = once(socket, 'close');
  socket.end(bytes);
  const impatience = setTimeout(() => socket.destroy(), 1000);
  await closed;
  clearTimeout(impatience);
}

const kRequests = [
  'GET /api/events?topic=channels/large&from=earliest HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: abc-1\r\n\r\n',
  'POST /publish/news?event=a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"text":"hi"}',
  'POST /publish/news HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nTrailer: x\r\n\r\n',
  'POST /api/tasks/alice/start HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}',
  'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nAccess-Control-Request-Method: POST\r\n\r\n',
];

/** A request with some of its bytes changed, left out, doubled or cut off. */
function mutated() {
  let bytes = Buffer.from(random.of(kRequests), 'latin1');
  for (let changes = random.below(6); changes >= 0; --changes) {
    const at = random.below(bytes.length);
    const until = Math.min(bytes.length, at + 1 + random.below(16));
    const part = bytes.subarray(at, until);
    const rest = bytes.subarray(until);
    const head = bytes.subarray(0, at);
    bytes = random.of([
      () => Buffer.concat([head, random.bytes(part.length), rest]),
      () => Buffer.concat([head, rest]),
      () => Buffer.concat([head, part, part, rest]),
      () => Buffer.concat([head, Buffer.from(random.of(['\r\n', '\n', '\0', ': ', 'chunked', '99999999999', 'Content-Length: 1\r\n'])), rest]),
      () => (head.length > 0 ? head : bytes),
    ])();
    if (bytes.length === 0) return Buffer.from('\r\n');
  }
  return bytes;
}

/** So many clients at once, each kept until the time is up; `begin` says what each does. */
async function keepCrowd(begin) {
  const sockets = [];
  for (let i = 0; i < crowd; ++i) {
    sockets.push(begin(i));
    if (i % 100 === 99) await pause(1);
  }
  await goOn(() => pause(100));
  for (const socket of sockets) socket.destroy();
}

/** Clients, one after the other, that go on writing `piece` as fast as it is taken. */
async function flood(head, piece) {
  let onward = () => {};
  const looking = setInterval(() => onward(), 100);  // whatever becomes of the socket
  await goOn(async () => {
    const socket = client();
    for (const event of ['drain', 'close']) socket.on(event, () => onward());
    socket.write(head);
    await goOn(async () => {
      const more = new Promise((resolve) => { onward = resolve; });
      if (socket.destroyed || !socket.write(piece)) await more;
    }, () => !socket.destroyed);
    socket.destroy();
  });
  clearInterval(looking);
}

const kChunked = 'POST /publish/news HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n';
const slowly = (head, byte) => keepCrowd(() => {
  const socket = client();
  socket.write(head);
  const timer = setInterval(() => socket.write(byte), 200);
  socket.on('close', () => clearInterval(timer));
  return socket;
});

const kinds = {
  'random bytes': () => goOn(() => Promise.all(Array.from({ length: 16 }, () => say(random.bytes(1 + random.below(4096)))))),
  'mutated requests': () => goOn(() => Promise.all(Array.from({ length: 16 }, () => say(mutated())))),
  'connections that say nothing': () => keepCrowd(() => client()),
  'connections that are reset at once': () => goOn(() => Promise.all(Array.from({ length: 32 }, async () => {
    const socket = client();
    await once(socket, 'connect').catch(() => {});
    socket.resetAndDestroy();
  }))),
  'slow headers': () => slowly('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ', 'a'),
  'slow bodies': () => slowly('POST /publish/news HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 60000\r\n\r\n', 'a'),
  'slow readers of a stream': () => keepCrowd(() => {
    const socket = client({ paused: true });
    socket.write('GET /stream/large?from=earliest HTTP/1.1\r\nHost: localhost\r\n\r\n');
    return socket;
  }),
  'slow readers of answers': () => keepCrowd(() => {
    const socket = client({ paused: true });
    socket.write('GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(50));
    return socket;
  }),
  'writers into a stream': () => flood('GET /stream/quiet HTTP/1.1\r\nHost: localhost\r\n\r\n', 'x'.repeat(65_536)),
  'a header without end': () => flood('GET / HTTP/1.1\r\nHost: localhost\r\nX: ', 'x'.repeat(65_536)),
  'a chunk extension without end': () => flood(`${kChunked}5;`, 'x'.repeat(65_536)),
  'trailers without end': () => flood(`${kChunked}0\r\n`, 'X-Trailer: x\r\n'.repeat(4096)),
  'a trailer too long for the parser': () => goOn(() => say(`${kChunked}0\r\nX: ${'y'.repeat(65_600)}\r\n\r\n`)),
};

for (const [kind, abuse] of Object.entries(kinds)) {
  test(kind, async () => {
    end = Date.now() + seconds * 1000;
    const seen = await watch.whileAbused(abuse);
    console.log(`${kind}: /healthz p50 ${seen.p50} p99 ${seen.p99} max ${seen.max} ms; memory ${seen.before} -> ${seen.most} MiB (seed ${seed})`);
    assert.ok(seen.grew <= kMostGrowth, `${kind}: the edge took ${seen.grew.toFixed(0)} MiB more`);
  });
}

// The parser of event streams, at every cut.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SseParser } from '../../tools/js/index.js';

const encode = (text) => new TextEncoder().encode(text);

function parse(pieces, lastEventId) {
  const events = [];
  const parser = new SseParser((event) => events.push(event), lastEventId);
  for (const piece of pieces) parser.feed(piece);
  return { events, lastEventId: parser.lastEventId, retry: parser.retry };
}

const text =
  '\uFEFF: comment\r\nretry: 1138\r\n\r\nid: a-1\r\nevent: taskUpdate\r\ndata: {"ü":"€😀"}\r\n\r\n' +
  'data: two\rdata:  lines\r\rid: a-2\n\nevent: nothing\n\nid: b\0ad\ndata\n\nDATA: x\nunknown: y\n\uFEFFdata: late\ndata:x\n\nretry: 1x\nretry:\nid\ndata: z\n\ndata: unfinished';
const expected = {
  events: [
    { type: 'taskUpdate', data: '{"ü":"€😀"}', lastEventId: 'a-1' },
    { type: 'message', data: 'two\n lines', lastEventId: 'a-1' },
    { type: 'message', data: '', lastEventId: 'a-2' },
    { type: 'message', data: 'x', lastEventId: 'a-2' },
    { type: 'message', data: 'z', lastEventId: '' },
  ],
  lastEventId: '',
  retry: 1138,
};

test('a stream is the same at every cut', () => {
  const bytes = encode(text);
  assert.deepEqual(parse([bytes]), expected);
  for (let first = 0; first <= bytes.length; first++) {
    assert.deepEqual(parse([bytes.slice(0, first), bytes.slice(first)]), expected, `cut at ${first}`);
  }
  assert.deepEqual(parse([...bytes].map((byte) => Uint8Array.of(byte))), expected);
});

test('an id counts at the blank line, with or without an event', () => {
  assert.equal(parse([encode('id: a-9\ndata: part')], 'a-1').lastEventId, 'a-1');
  assert.equal(parse([encode('id: a-9\n\n')], 'a-1').lastEventId, 'a-9');
  assert.equal(parse([encode('data: x\n\n')], 'a-1').events[0].lastEventId, 'a-1');
});

test('bytes that are no UTF-8 are replaced, and a line without end is refused', () => {
  assert.equal(parse([Uint8Array.of(...encode('data: '), 0xff, 0x0a, 0x0a)]).events[0].data, '\uFFFD');
  const parser = new SseParser(() => {});
  const piece = new Uint8Array(1 << 16).fill(97);
  assert.throws(() => {
    for (let i = 0; i < 17; i++) parser.feed(piece);
  }, RangeError);
});

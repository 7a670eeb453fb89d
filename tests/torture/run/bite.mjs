// Spoils what an edge sends, now and then: proof that the validator sees a live stream, too. Each event is a chunk of its answer (RFC 9112, 7.1).
import { Transform } from 'node:stream';
import { randomOf } from '../../abuse/random.mjs';

const kOneIn = 25;

/** What each does with a chunk, given the one before it that was held back; the chunks to send, and perhaps one to hold back. */
export const kBites = {
  drop: () => ({ send: [] }),
  double: (chunk) => ({ send: [chunk, chunk] }),
  reorder: (chunk) => ({ send: [], hold: chunk }),
};

/** A chunk of an event of the log. */
const isEvent = (chunk) => /^[0-9a-f]+\r\nid: .*\n(event: (note|taskUpdate)\n)?data: \{/.test(chunk.toString('latin1', 0, 200));

let count = 0;

/** A stream between an edge and one client. */
export function mutationOf(kind, seed) {
  const random = randomOf(seed + 7919 * ++count);
  let rest = Buffer.alloc(0);
  let isInBody = false;
  let held;
  const pass = (stream, chunk) => {
    if (!isEvent(chunk)) return stream.push(chunk);
    const send = held ? [chunk, held] : [chunk];
    held = undefined;
    if (send.length > 1 || random.below(kOneIn) > 0) return send.forEach((one) => stream.push(one));
    const bitten = kBites[kind](chunk);
    held = bitten.hold;
    return bitten.send.forEach((one) => stream.push(one));
  };
  return new Transform({
    transform(bytes, _, done) {
      rest = Buffer.concat([rest, bytes]);
      if (!isInBody) {
        const end = rest.indexOf('\r\n\r\n');
        if (end < 0) return done();
        const header = rest.subarray(0, end + 4);
        this.push(header);
        rest = rest.subarray(end + 4);
        isInBody = /transfer-encoding: chunked/i.test(header.toString('latin1')) ? 'chunked' : 'plain';
      }
      if (isInBody === 'plain') {
        this.push(rest);
        rest = Buffer.alloc(0);
        return done();
      }
      for (;;) {
        const line = rest.indexOf('\r\n');
        if (line < 0) return done();
        const size = parseInt(rest.toString('latin1', 0, line), 16);
        const whole = line + 2 + size + 2;
        if (rest.length < whole) return done();
        pass(this, rest.subarray(0, whole));
        rest = rest.subarray(whole);
      }
    },
    flush(done) {
      if (held) this.push(held);
      done();
    },
  });
}

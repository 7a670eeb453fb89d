// What Porcupine is asked, on small histories of one channel.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../build/go/bin/taskwire-linearizable', import.meta.url));
const topic = 'channels/window-1';

const ask = (at, key, count = 1) => ({ at, what: 'ask', by: 'w', key, topic, datas: Array.from({ length: count }, (_, i) => `${key}.${i}`) });
const answer = (at, key, ...seqs) => ({ at, what: 'answer', by: 'w', key, status: 202, ids: seqs.map((seq) => `e-${seq}`) });
const send = (at, read) => ({ at, what: 'send', by: 'r', read });
const page = (at, read, after, ...events) =>
  ({ at, what: 'page', by: 'r', read, topic, after, limit: 256, status: 200, events: events.map(([seq, data]) => ({ id: `e-${seq}`, data })) });

function judged(...lines) {
  const folder = mkdtempSync(join(tmpdir(), 'taskwire-history-'));
  try {
    const file = join(folder, 'history');
    writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const { status, stdout } = spawnSync(program, [file], { encoding: 'utf8' });
    return { status, stdout };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const isTrue = (...lines) => assert.deepEqual([judged(...lines).status, judged(...lines).stdout.slice(0, 19)], [0, 'Linearizable: holds']);
const saysNothing = (...lines) => assert.deepEqual(judged(...lines), { status: 3, stdout: 'Linearizable: NOT JUDGED, in any of 0 channels with 0 calls\n' });
const isFalse = (...lines) => {
  const { status, stdout } = judged(...lines);
  assert.equal(status, 1, stdout);
  assert.match(stdout, /^Linearizable: BROKEN, in 1 of 1 channels$/m);
};

test('a history without such calls says nothing', () => saysNothing(send(1, 1)));
test('what was answered is read', () => isTrue(ask(1, 'a'), answer(2, 'a', 7), send(3, 1), page(4, 1, undefined, [7, 'a.0'])));
test('what is under way may be read, or not', () => {
  isTrue(ask(1, 'a'), send(2, 1), page(3, 1, undefined, [7, 'a.0']), answer(4, 'a', 7));
  isTrue(ask(1, 'a'), send(2, 1), page(3, 1), answer(4, 'a', 7));
});
test('what was answered before a read has to be in it', () => isFalse(ask(1, 'a'), answer(2, 'a', 7), send(3, 1), page(4, 1)));
test('what was read once is read again', () =>
  isFalse(ask(1, 'a'), send(2, 1), page(3, 1, undefined, [7, 'a.0']), send(4, 2), page(5, 2), answer(6, 'a', 7)));
test('what is asked later comes later in the log', () => isFalse(ask(1, 'a'), answer(2, 'a', 7), ask(3, 'b'), answer(4, 'b', 6)));
test('a batch is read as a whole', () =>
  isFalse(ask(1, 'a', 2), send(2, 1), page(3, 1, undefined, [7, 'a.0']), answer(4, 'a', 7, 8)));
test('a read from a cursor has what follows it', () => {
  const before = [ask(1, 'a'), answer(2, 'a', 7), ask(3, 'b'), answer(4, 'b', 9), send(5, 1)];
  isTrue(...before, page(6, 1, 'e-7', [9, 'b.0']));
  isFalse(...before, page(6, 1, 'e-7', [7, 'a.0'], [9, 'b.0']));
});
test('what was never answered took place if somebody read it, and then stays', () => {
  isTrue(ask(1, 'a'), send(2, 1), page(3, 1));
  isTrue(ask(1, 'a'), send(2, 1), page(3, 1, undefined, [7, 'a.0']), send(4, 2), page(5, 2, undefined, [7, 'a.0']));
  isFalse(ask(1, 'a'), send(2, 1), page(3, 1, undefined, [7, 'a.0']), send(4, 2), page(5, 2));
});
test('after a jump of the clock the oldest that is kept is not judged', () =>
  isTrue(ask(1, 'a'), answer(2, 'a', 7), { at: 3, what: 'fault', lane: 'engine', kind: 'jump', seconds: 9 }, send(4, 1), page(5, 1)));
test('of what may have been trimmed for a bulky publication the oldest that is kept is not judged', () => {
  const bulk = (at, of) => ({ ...ask(at, 'bulk'), topic: of, isBulk: true });
  const missing = [send(4, 1), page(5, 1)];
  isTrue(ask(1, 'a'), answer(2, 'a', 7), bulk(3, 'channels/bulk'), ...missing);
  isTrue(bulk(0, 'messages/bulk'), answer(0.5, 'bulk', 5), ask(1, 'a'), answer(2, 'a', 7), ...missing);
  isFalse(bulk(0, 'channels/bulk'), answer(0.5, 'bulk', 5), ask(1, 'a'), answer(2, 'a', 7), ...missing);
});
test('a channel that is written to while the log is put back to a copy is not judged', () => {
  const restored = [{ at: 3, what: 'backup' }, { at: 4, what: 'started', who: 'engine' }];
  const missing = [send(5, 1), page(6, 1)];
  saysNothing(ask(1, 'a'), answer(2, 'a', 7), ...restored, ...missing);
  isFalse(...restored, ask(4.1, 'a'), answer(4.2, 'a', 7), ...missing);
});
test('of a channel with more events than are kept the oldest that is kept is not judged', () =>
  isTrue({ at: 0, what: 'run', limits: { perTopic: 1 } }, ask(1, 'a', 2), answer(2, 'a', 7, 8), send(4, 1), page(5, 1, undefined, [8, 'a.1'])));
test('a line that is none is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'taskwire-history-'));
  writeFileSync(join(folder, 'history'), '{}\n{"at":\n');
  const { status, stderr } = spawnSync(program, [join(folder, 'history')], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  assert.equal(status, 2);
  assert.match(stderr, /^line 2 is no line of a history/);
});

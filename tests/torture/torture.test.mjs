// A short run: nothing that is guaranteed breaks. Then its history is spoiled in each way that there is, and the validator has to find
// that, by the right name.
//
//   TASKWIRE_BIN: folder of the services. TASKWIRE_TORTURE_SECONDS (25), TASKWIRE_TORTURE_CLIENTS (40), TASKWIRE_TORTURE_SEED (by chance)
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { judge } from './judge/judge.mjs';
import { kMutations, mutate, NoPlace } from './mutate.mjs';

const { TASKWIRE_BIN, TASKWIRE_TORTURE_SECONDS = '25', TASKWIRE_TORTURE_CLIENTS = '40', TASKWIRE_TORTURE_SEED } = process.env;
const main = fileURLToPath(new URL('main.mjs', import.meta.url));
const kLimit = 240_000;
const kPlaces = 5;  // that a mutation is tried in
const kEach = ['drop', 'double', 'reorder', 'leak', 'bookmark', 'reset', 'split'];  // that have to be found
const kMostHistories = 3;

let folder;
const histories = [];
let hasFailed = false;
const found = [];  // the mutations that were
before(() => { folder = mkdtempSync(join(tmpdir(), 'taskwire-history-')); });
after(() => !hasFailed && rmSync(folder, { recursive: true, force: true }));  // of a run that failed, the history stays

function run(...args) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', timeout: kLimit });
  return { text: stdout + stderr, status };
}

const short = (file, ...args) => ['--bin', TASKWIRE_BIN, '--clients', TASKWIRE_TORTURE_CLIENTS, '--load', '30', '--history', join(folder, file), ...args];

/** A run that holds, whose history is kept; what it said. */
function record(...args) {
  const file = `history-${histories.length}`;
  assert.ok(!hasFailed, 'a run failed before');
  const { text, status } = run(...short(file, '--seconds', TASKWIRE_TORTURE_SECONDS, ...args));
  hasFailed = status !== 0;
  assert.equal(status, 0, text);
  histories.push(readFileSync(join(folder, file), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line)));
  return text;
}

test('every guarantee holds while everything fails', (t) => {
  t.diagnostic(record(...(TASKWIRE_TORTURE_SEED ? ['--seed', TASKWIRE_TORTURE_SEED] : [])));
});

/** What the validator says breaks in `history`, spoiled in one place after the other until it finds `guarantee`; nothing without a place. */
async function tellOfEachPlace(history, mutation, guarantee) {
  const told = [];
  try {
    // What is missing in one place may be excused there: by a trim, or by a name of the log that went.
    while (told.length < kPlaces && !told.at(-1)?.includes(guarantee)) {
      const spoiled = mutate(history, mutation, told.length);
      told.push((await judge(() => spoiled)).findings.broken);
    }
  } catch (error) {
    if (!(error instanceof NoPlace)) throw error;
  }
  return told;
}

for (const [mutation, guarantee] of Object.entries(kMutations)) {
  test(`${guarantee}: the validator finds a history that is spoiled: ${mutation}`, async (t) => {
    assert.ok(histories.length > 0, 'there is no history to spoil');
    if (mutation === 'watch' && histories[0].find(({ what }) => what === 'run').leftOut.includes('grpc')) return t.skip('no writers and watchers over gRPC');
    const told = [];
    // By chance, and more often on slow machines, a history has no place for it, or each of its places has an excuse.
    for (let index = 0; index < kMostHistories && !told.at(-1)?.includes(guarantee); ++index) {
      if (index > 0 && told.length === 0 && !kEach.includes(mutation)) return t.skip('there is no place for it');
      if (index === histories.length) record();
      told.push(...await tellOfEachPlace(histories[index], mutation, guarantee));
    }
    if (told.length > 1) t.diagnostic(`excused in ${told.length - 1} places before`);
    assert.ok(told.at(-1)?.includes(guarantee), `${mutation} is found as ${told.map((broken) => broken.join(', ') || 'nothing').join('; ') || 'no place'}`);
    found.push(mutation);
  });
}

test('most ways to spoil a history were found, and each of the plain ones', () => {
  assert.deepEqual(kEach.filter((mutation) => !found.includes(mutation)), []);
  assert.ok(found.length >= Object.keys(kMutations).length * 2 / 3, `only ${found.join(', ')}`);
});

test('the command says what it found, by its name', () => {
  const { text, status } = run('--validate', join(folder, 'history-0'), '--mutate', 'drop');
  assert.equal(status, 1, text);
  assert.match(text, /^Reliable: BROKEN, 1 times\n/m);
  assert.match(text, /^verdict: Reliable\n/m);
});

for (const [bite, guarantee] of [['drop', 'Reliable'], ['double', 'Unique'], ['reorder', 'Ordered']]) {
  test(`${guarantee}: the validator finds a live stream that is spoiled: ${bite}`, () => {
    const { text, status } = run(...short(`bitten-${bite}`, '--seconds', '3', '--bite', bite));
    assert.equal(status, 1, text);
    assert.match(text, new RegExp(`^${guarantee}: BROKEN`, 'm'));
  });
}

test('a history with a line that is none is refused', () => {
  writeFileSync(join(folder, 'no-history'), '{"at":1,\n');
  assert.notEqual(run('--validate', join(folder, 'no-history')).status, 0);
});

test('bad arguments are named', () => {
  for (const args of [['--seconds', 'x'], ['--wrong'], ['--bite', 'x'], ['--validate', '/none'], ['--mutate', 'drop'], ['--bin', '/none']]) {
    const { text, status } = run(...args);
    assert.equal(status, 2, text);
    assert.match(text, /see --help/);
  }
});

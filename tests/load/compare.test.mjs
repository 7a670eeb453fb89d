// What tools/compare makes of results.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { peers } from '../../tools/bench/compare/peers.mjs';
import { measurements } from '../../tools/bench/compare/plan.mjs';
import { median, ratio, summary, verdict } from '../../tools/bench/compare/statistics.mjs';
import { report } from '../../tools/bench/compare/table.mjs';

const compare = (...args) => spawnSync(process.execPath, [fileURLToPath(new URL('../../tools/bench/compare/main.mjs', import.meta.url)), ...args], { encoding: 'utf8' });

const byRound = (...values) => new Map(values.map((value, round) => [round, value]));

function result(round, server, measurement, figures, rest = {}) {
  return { round, server, measurement, figures: { clientShare: 0.1, ...figures }, faults: { missing: 0 }, exact: true, ...rest };
}

const rowOf = (text, title) => text.split('\n').filter((line) => line.startsWith(`| ${title}`));

test('a median lies in the middle', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.deepEqual(summary([2, 9, 4]), { median: 4, least: 2, most: 9, count: 3 });
});

test('a ratio is of medians, its range of rounds that both have', () => {
  assert.deepEqual(ratio(byRound(2, 4, 6), byRound(1, 2, 4)), { median: 2, least: 1.5, most: 2, count: 3 });
  assert.deepEqual(ratio(byRound(2, 4, 100), byRound(1, 2)), { median: 2, least: 2, most: 2, count: 2 });
  assert.equal(ratio(byRound(2), new Map()), undefined);
});

test('a range on both sides of its mark, or of fewer than six, is undecided', () => {
  assert.equal(verdict({ least: 0.5, most: 0.9, count: 6 }, 'lower'), 'better');
  assert.equal(verdict({ least: 1.1, most: 1.9, count: 6 }, 'lower'), 'worse');
  assert.equal(verdict({ least: 1.1, most: 1.9, count: 6 }, 'higher'), 'better');
  assert.equal(verdict({ least: 0.5, most: 0.9, count: 6 }, 'higher'), 'worse');
  assert.equal(verdict({ least: 0.9, most: 1.1, count: 6 }, 'lower'), 'undecided');
  assert.equal(verdict({ least: 1, most: 1.1, count: 6 }, 'lower'), 'undecided');
  assert.equal(verdict({ least: 0.5, most: 0.9, count: 5 }, 'lower'), 'undecided');
  assert.equal(verdict({ least: 1.6, most: 1.9, count: 6 }, 'lower', 1.5), 'worse');
});

test('a table has medians, ranges, ratios and what went wrong', () => {
  const lines = [{ machine: 'a small one' }];
  for (let round = 0; round < 6; ++round) {
    lines.push(result(round, 'taskwire', 'connect', { cpuMicrosPerConnect: 20 + round }));
    lines.push(result(round, 'nchan', 'connect', { cpuMicrosPerConnect: 40 + round }, { exact: false, faults: { missing: 7, cut: 1, repeated: 0 } }));
  }
  lines.push({ round: 0, server: 'pushpin', measurement: 'connect', problem: 'it is not there' });
  const text = report(lines);
  assert.match(text, /^Medians of 6 rounds in turns, with the least and the most, on a small one\./);
  const [figures, ratios] = rowOf(text, 'CPU of a connect, µs');
  assert.equal(figures, '| CPU of a connect, µs | 22.5 (20 to 25) | 42.5 (40 to 45) | – |');
  assert.equal(ratios, '| CPU of a connect, µs | 0.53 (0.5 to 0.56) better | – |');
  assert.match(text, /- Nchan, connect: missing, cut \(6 times\)/);
  assert.match(text, /- Pushpin, connect: it is not there \(1 times\)/);
});

test('what the client may have limited is at least so much, and undecided', () => {
  const lines = [];
  for (let round = 0; round < 6; ++round) {
    lines.push(result(round, 'taskwire', 'most', { deliveriesPerSecond: 300_000, clientShare: 0.9 }));
    lines.push(result(round, 'floor', 'most', { deliveriesPerSecond: 100_000 }));
  }
  const [figures, ratios] = rowOf(report(lines), 'most deliveries');
  assert.match(figures, /\| at least 300k \(300k to 300k\) \| 100k \(100k to 100k\) \|$/);
  assert.match(ratios, /\| 3 \(3 to 3\) undecided \|$/);
});

test('each measurement can be asked of the server that is compared, and has figures', () => {
  for (const short of [true, false]) {
    for (const { key, args, figures } of measurements(short)) {
      assert.ok(peers.taskwire.can(key));
      assert.ok(figures.length > 0);
      for (const argument of args(peers.taskwire)) assert.match(argument, /^[a-z0-9-]+$/, key);
    }
  }
});

test('a command that makes no sense is refused with what would', () => {
  for (const [args, says] of [
    [['--rounds', '0'], /--rounds is a whole number from 1 to 1000, not '0'/], [['--only', 'x'], /--only: 'x' is none of taskwire, floor, nchan, pushpin/],
    [['--measure', 'x'], /--measure: 'x' is none of idle-one/], [['--bin', '/nowhere'], /there is no \/nowhere\/taskwire-edge/], [['--nonsense'], /nonsense/],
    [['--table', '/nowhere'], /there is no \/nowhere/],
  ]) {
    const { status, stderr } = compare(...args);
    assert.equal(status, 2);
    assert.match(stderr, says);
  }
  const help = compare('--help');
  assert.equal(help.status, 0);
  assert.match(help.stdout, /Exit status/);
});

const bin = process.env.TASKWIRE_BIN;
const cure = !bin ? 'TASKWIRE_BIN is not given' : availableParallelism() < 2 && 'it needs two cores';
test('servers are measured in turns', { skip: cure }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'compare-test-'));
  try {
    const results = join(folder, 'results.jsonl');
    const { status, stdout, stderr } = compare('--short', '--rounds', '2', '--only', 'taskwire,floor', '--measure', 'replay', '--bin', bin, '--results', results);
    assert.equal(status, 0, stderr);
    const order = stderr.split('\n').filter(Boolean).map((line) => line.split(/[:,] /)[2]);
    assert.deepEqual(order, ['taskwire', 'floor', 'floor', 'taskwire']);
    assert.doesNotMatch(stdout, /What was not measured/);
    assert.equal(rowOf(stdout, 'CPU of an event replayed').length, 2);
    assert.equal(compare('--table', results).stdout, stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

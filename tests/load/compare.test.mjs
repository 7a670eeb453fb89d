// What tools/compare makes of results.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { allowedCores, numbersOf } from '../../tools/bench/compare/machine.mjs';
import { peers } from '../../tools/bench/compare/peers.mjs';
import { measurements } from '../../tools/bench/compare/plan.mjs';
import { median, ratio, summary, verdict } from '../../tools/bench/compare/statistics.mjs';
import { report } from '../../tools/bench/compare/table.mjs';

const kMain = fileURLToPath(new URL('../../tools/bench/compare/main.mjs', import.meta.url));
const compare = (...args) => spawnSync(process.execPath, [kMain, ...args], { encoding: 'utf8' });

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

test('a range on both sides of its mark is undecided, and one of fewer than six says so', () => {
  assert.equal(verdict({ least: 0.5, most: 0.9, count: 6 }, 'lower'), 'better');
  assert.equal(verdict({ least: 1.1, most: 1.9, count: 6 }, 'lower'), 'worse');
  assert.equal(verdict({ least: 1.1, most: 1.9, count: 6 }, 'higher'), 'better');
  assert.equal(verdict({ least: 0.5, most: 0.9, count: 6 }, 'higher'), 'worse');
  assert.equal(verdict({ least: 0.9, most: 1.1, count: 6 }, 'lower'), 'undecided');
  assert.equal(verdict({ least: 1, most: 1.1, count: 6 }, 'lower'), 'undecided');
  assert.equal(verdict({ least: 0.5, most: 0.9, count: 5 }, 'lower'), 'too few rounds (5)');
  assert.equal(verdict({ least: 1.6, most: 1.9, count: 6 }, 'lower', 1.5), 'worse');
});

test('a table has medians, ranges, ratios and what went wrong', () => {
  const lines = [{ machine: 'a small one' }];
  for (let round = 0; round < 6; ++round) {
    lines.push(result(round, 'taskwire', 'connect', { cpuMicrosPerConnect: 20 + round }));
    lines.push(result(round, 'nchan', 'connect', { cpuMicrosPerConnect: 40 + round }, round === 5 ? { exact: false, faults: { missing: 7, cut: 1, repeated: 0 } } : { notes: ['it was late'] }));
    lines.push(result(round, 'floor', 'connect', { cpuMicrosPerConnect: 10 + round }));
  }
  lines.push({ round: 0, server: 'pushpin', measurement: 'connect', problem: 'it is not there' });
  const text = report(lines);
  assert.match(text, /^Medians of 6 rounds in turns, with the least and the most, on a small one\./);
  const [figures, ratios] = rowOf(text, 'CPU of a connect, µs');
  assert.equal(figures, '| CPU of a connect, µs | 22.5 (20 to 25) | 12.5 (10 to 15) | 42.5 (40 to 45), 1 lossy | – |');
  assert.equal(ratios, '| CPU of a connect, µs | 1.8 (1.67 to 2) worse | 0.52 (0.5 to 0.55) too few rounds (5) | – |', 'a lossy round does not count');
  assert.match(text, /- Nchan, connect: 7 missing, 1 cut in 1 of 6 rounds/);
  assert.match(text, /- Pushpin, connect: it is not there \(1 time\)/);
  assert.match(text, /- Nchan, connect: it was late \(5 times\)/);
  for (const server of Object.values(peers)) assert.ok(text.includes(`- ${server.title}: ${server.told}`));
});

test('what the client may have limited is at least so much, or at most, and has no verdict', () => {
  const lines = [];
  for (let round = 0; round < 6; ++round) {
    lines.push(result(round, 'taskwire', 'most', { deliveriesPerSecond: 300_000, clientShare: 0.9 }));
    lines.push(result(round, 'floor', 'most', { deliveriesPerSecond: 100_000 }));
    lines.push(result(round, 'taskwire', 'interference', { withoutP99Ms: 1, withP99Ms: 4, clientShare: 0.5, withoutClientShare: 0.9 }));
    lines.push(result(round, 'floor', 'interference', { withoutP99Ms: 2, withP99Ms: 2, withoutClientShare: 0.3 }));
  }
  const text = report(lines);
  const [figures, ratios] = rowOf(text, 'most deliveries');
  assert.match(figures, /\| at least 300k \(300k to 300k\) \| 100k \(100k to 100k\) \|$/);
  assert.match(ratios, /\| 3 \(3 to 3\) the client's limit \|$/);
  const [time, ofTimes] = rowOf(text, 'p99 of 1,000 readers');
  assert.match(time, /\| at most 1 \(1 to 1\) \| 2 \(2 to 2\) \|$/);
  assert.match(ofTimes, /\| 0.5 \(0.5 to 0.5\) the client's limit \|$/);
  assert.match(rowOf(text, 'the same beside 1,000 who')[1], /\| 2 \(2 to 2\) worse \|$/, 'each part by its own share');
});

test('a short run says so', () => {
  const text = report([{ machine: 'a small one', short: true }, result(0, 'taskwire', 'replay', { cpuMicrosPerEvent: 1 })]);
  assert.match(text, /^\*\*Short runs/);
  assert.equal(rowOf(text, 'CPU of an event replayed, 100 to each of 200').length, 1);
});

test('a list of cores is read', () => {
  assert.deepEqual(numbersOf('0-2,5\n'), [0, 1, 2, 5]);
  assert.ok(allowedCores().length > 0);
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

/** A folder that has gone when `use` is done. */
async function inFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'compare-test-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a command that makes no sense is refused with what would', () => inFolder((folder) => {
  for (const program of ['taskwire-engine', 'taskwire-edge', 'taskwire-bench', 'taskwire-bench-floor']) writeFileSync(join(folder, program), '');
  const core = String(allowedCores()[0]);
  for (const [args, says] of [
    [['--rounds', '0'], /--rounds is a whole number from 1 to 1000, not '0'/], [['--only', 'x'], /--only: 'x' is none of taskwire, floor, nchan, pushpin/],
    [['--measure', 'x'], /--measure: 'x' is none of idle-one/], [['--bin', '/nowhere'], /there is no \/nowhere\/taskwire-edge/], [['--nonsense'], /nonsense/],
    [['--table', '/nowhere'], /there is no \/nowhere/],
    [['--bin', folder, '--server-core', core, '--client-core', core], /--client-core: \d+ is the server's/],
    [['--bin', folder, '--server-core', '1023'], /--server-core: there is no core 1023/],
    ...(allowedCores().length < 2 ? [] : [[
      ['--bin', folder, '--server-core', core, '--client-core', String(allowedCores()[1]), '--results', join(folder, 'taskwire-edge')], /is there already/,
    ]]),
  ]) {
    for (const asked of [args, ['--needs', ...args]]) {
      const { status, stderr } = compare(...asked);
      assert.equal(status, 2, asked.join(' '));
      assert.match(stderr, says);
    }
  }
  const help = compare('--help');
  assert.equal(help.status, 0);
  assert.match(help.stdout, /Exit status/);
}));

const bin = process.env.TASKWIRE_BIN;
const cure = !bin ? 'TASKWIRE_BIN is not given' : availableParallelism() < 2 && 'it needs two cores';
const cores = ['--server-core', String(allowedCores()[0]), '--client-core', String(allowedCores()[1])];

test('what has to be there is what is asked for', { skip: availableParallelism() < 2 && 'it needs two cores' }, () => {
  assert.equal(compare('--needs', ...cores).stdout, 'build packages=nginx,libnginx-mod-nchan,pushpin\n');
  assert.equal(compare('--needs', ...cores, '--only', 'taskwire,pushpin').stdout, 'build packages=nginx,pushpin\n');
  assert.equal(compare('--needs', '--help').stdout, '');
});

test('servers are measured in turns', { skip: cure }, () => inFolder((folder) => {
  const results = join(folder, 'results.jsonl');
  const { status, stdout, stderr } = compare('--short', '--rounds', '2', '--only', 'taskwire,floor', '--measure', 'replay', '--bin', bin, '--results', results, ...cores);
  assert.equal(status, 0, stderr);
  const order = stderr.split('\n').filter((line) => line.startsWith('round')).map((line) => line.split(/[:,] /)[2]);
  assert.deepEqual(order, ['taskwire', 'floor', 'floor', 'taskwire']);
  assert.doesNotMatch(stdout, /What was not measured/);
  assert.equal(rowOf(stdout, 'CPU of an event replayed').length, 2);
  assert.equal(compare('--table', results).stdout, stdout);
}));

const childrenOf = (pid) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
const descendantsOf = (pid) => childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
const lives = (pid) => existsSync(`/proc/${pid}`) && !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

test('whoever is interrupted leaves nothing behind', { skip: availableParallelism() < 2 && 'it needs two cores' }, () => inFolder(async (folder) => {
  // A server that has a child, and a client that never ends.
  const [programs, temporary] = ['bin', 'tmp'].map((name) => join(folder, name));
  mkdirSync(programs);
  mkdirSync(temporary);
  for (const [name, text] of [
    ['taskwire-engine', ''], ['taskwire-edge', ''], ['taskwire-bench', 'sleep 600'],
    ['taskwire-bench-floor', `sleep 600 & exec ${process.execPath} -e 'require("node:net").createServer().listen(process.argv[1])' "$1"`],
  ]) {
    writeFileSync(join(programs, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(programs, name), 0o755);
  }
  for (const [signal, ended] of [['SIGINT', 130], ['SIGHUP', 129], ['SIGTERM', 143]]) {
    const child = spawn(process.execPath, [kMain, '--only', 'floor', '--measure', 'idle-one', '--bin', programs, '--results', join(folder, signal), ...cores],
      { env: { ...process.env, TMPDIR: temporary }, stdio: 'ignore' });
    let all = [];
    while (all.length < 4) {  // server and client, and a sleep of each
      assert.ok(lives(child.pid));
      await sleep(20);
      all = descendantsOf(child.pid);
    }
    const closed = once(child, 'exit');
    child.kill(signal);
    child.kill(signal);
    assert.equal((await closed)[0], ended);
    assert.deepEqual(all.filter(lives), []);
    assert.deepEqual(readdirSync(temporary), []);
    assert.equal(readFileSync(join(folder, signal), 'utf8').split('\n').filter(Boolean).length, 1, 'half a measurement is none');
  }
}));

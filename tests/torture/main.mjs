// tools/torture: a run, its history, and the judgement of it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandLine } from '../../tools/command_line.mjs';
import { kBites, mutationOf } from './run/bite.mjs';
import { torture } from './run/torture.mjs';
import { kMutations } from './mutate.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const kLinearizable = here('../../build/go/bin/taskwire-linearizable');

const kHelp = `Runs one engine and two edges among readers and writers while everything fails, and judges what came of it.

  tools/torture [OPTIONS]
  tools/torture --validate HISTORY [--mutate KIND]

  --seconds N      how long everything fails (60); then peace, in which all have to catch up
  --seed N         of the schedule of faults and of what everybody does (by chance, and printed)
  --clients N      readers of event streams (200); beside them a tenth as many watch over gRPC
  --load N         events that are published in a second, about (60)
  --bin FOLDER     of taskwire-engine and taskwire-edge (build/release/bin)
  --history FILE   where the history goes (a new file in a temporary folder)
  --bite KIND      edges' answers are spoiled on the way, now and then: ${Object.keys(kBites).join(', ')}; the validator has to find it
  --validate FILE  no run; judges the history of another one
  --mutate KIND    spoils that history first: ${Object.keys(kMutations).join(', ')}

The last line is the verdict. Exit status: 0 every guarantee holds, 1 one does not or could not be judged, 2 the command makes no sense.`;

const { fail, parse, number } = commandLine('torture');

function options() {
  const text = { type: 'string' };
  return parse({
    seconds: { ...text, default: '60' }, seed: text, clients: { ...text, default: '200' }, load: { ...text, default: '60' },
    bin: { ...text, default: here('../../build/release/bin') }, history: text, bite: text, validate: text, mutate: text,
    help: { type: 'boolean', short: 'h' },
  });
}

/** Judges by programs of their own, which have the history alone; whether all holds. */
function validate(history, mutation) {
  if (!existsSync(history)) fail(`there is no history ${history}`);
  const { status } = spawnSync(process.execPath, [here('validate.mjs'), history, ...(mutation ? [mutation] : [])], { stdio: 'inherit' });
  return status === 0;
}

const kNoJudge = 'there is no build/go/bin/taskwire-linearizable; cure: tools/setup test';
function isLinearizable(history) {
  if (!existsSync(kLinearizable)) {
    console.log(`Linearizable: SKIPPED, for ${kNoJudge}`);
    return true;
  }
  const { status, error } = spawnSync(kLinearizable, [history], { stdio: 'inherit' });
  if (error) console.log(`Linearizable: NOT JUDGED, for ${error.message}`);
  return status === 0;  // where no channel could be judged, the run has not shown it
}

const given = options();
if (given.help) {
  console.log(kHelp);
  process.exit(0);
}
if (given.mutate !== undefined && !Object.hasOwn(kMutations, given.mutate)) fail(`--mutate is one of ${Object.keys(kMutations).join(', ')}`);
if (given.bite !== undefined && !Object.hasOwn(kBites, given.bite)) fail(`--bite is one of ${Object.keys(kBites).join(', ')}`);
if (given.validate !== undefined) {
  const isTrue = validate(given.validate, given.mutate);
  process.exit(given.mutate ? Number(!isTrue) : Number(!(isLinearizable(given.validate) && isTrue)));
}
if (given.mutate !== undefined) fail('--mutate goes with --validate');
for (const program of ['taskwire-engine', 'taskwire-edge']) {
  if (!existsSync(join(given.bin, program))) fail(`${given.bin} has no ${program}; build it, or name another folder with --bin`);
}
const seed = number('seed', given.seed ?? `${Date.now() % 1_000_000}`, 0, 2 ** 31);
const history = given.history ?? join(mkdtempSync(join(tmpdir(), 'taskwire-history-')), 'history.jsonl');
const say = (line) => console.log(line);

say(`seed ${seed}, history ${history}`);
if (!existsSync(kLinearizable)) say(`left out: whether it is linearizable, for ${kNoJudge}`);
const { isWhole, leftOut, problems, crashes, kills, faults, published, started, deleted, lines } = await torture({
  seconds: number('seconds', given.seconds, 1, 86_400),
  seed,
  clients: number('clients', given.clients, 1, 2000),
  load: number('load', given.load, 1, 2000),
  bin: given.bin,
  history,
  say,
  mutation: given.bite ? () => mutationOf(given.bite, seed) : undefined,
});
say(`faults: ${Object.entries(faults).sort().map(([name, count]) => `${name} ${count}`).join(', ')}`);
say(`kills: ${Object.entries(kills).map(([name, count]) => `${name} ${count}`).join(', ')}`);
say(`written: ${published} events published, ${started} tasks started, ${deleted} deleted; ${lines} lines of history`);
for (const problem of [...problems, ...crashes]) say(`trouble: ${problem}`);
const holds = [isLinearizable(history), validate(history)].every(Boolean);
const isGood = holds && isWhole && problems.length === 0 && crashes.length === 0;
const without = [...leftOut, ...(existsSync(kLinearizable) ? [] : ['whether it is linearizable'])];
const passed = ['passed', ...without].join(', without ');
say(`seed ${seed}: ${isGood ? passed : `FAILED; to judge it again: tools/torture --validate ${history}`}`);
process.exit(isGood ? 0 : 1);

// tools/compare: measures servers in turns, and writes the table.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandLine } from '../../command_line.mjs';
import { allowedCores, machine } from './machine.mjs';
import { isInterrupted, measure, stopAll } from './measure.mjs';
import { peers } from './peers.mjs';
import { measurements } from './plan.mjs';
import { report } from './table.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const kHelp = `Measures taskwire beside Nchan, Pushpin and the floor, a server that does one send() for a delivery and nothing else, in turns: each
measurement once for each server, in one order and then in the other, so many rounds. Servers have one core, taskwire-bench another.
The table goes to standard output.

  tools/compare [OPTIONS]
  tools/compare --table FILE

  --rounds N         at least 6, so that a ratio has a range that means something (6)
  --short            a fifth of the readers, and shorter: to see that all works; it compares nothing
  --only LIST        servers, with commas between: ${Object.keys(peers).join(', ')}
  --measure LIST     measurements: ${measurements(false).map(({ key }) => key).join(', ')}
  --server-core N    (0)
  --client-core N    (1)
  --bin FOLDER       of the services (build/release/bin, which is built)
  --bench FOLDER     of taskwire-bench and taskwire-bench-floor (that of --bin)
  --results FILE     where each result goes, a line of JSON each; a new file (build/compare-TIME.jsonl)
  --table FILE       no run; the table of earlier results

Exit status: 0 measured, 1 something could not be measured, 2 the command makes no sense.`;

const { fail, parse, number } = commandLine('compare');

function options() {
  const text = { type: 'string' };
  return parse({
    rounds: { ...text, default: '6' }, short: { type: 'boolean' }, only: text, measure: text,
    'server-core': { ...text, default: '0' }, 'client-core': { ...text, default: '1' },
    bin: text, bench: text,
    results: text, table: text, help: { type: 'boolean', short: 'h' },
    needs: { type: 'boolean' },  // tools/compare asks what has to be there, before it installs and builds it
  });
}

/** Those of `all` that `list` names; all of them where there is none. */
function chosen(name, list, all) {
  if (list === undefined) return all;
  const names = list.split(',');
  const unknown = names.find((one) => !all.includes(one));
  if (unknown !== undefined) fail(`--${name}: '${unknown}' is none of ${all.join(', ')}`);
  return names;
}

const linesOf = (file) => readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));

/** What is to be measured, and where. Fails where that makes no sense. */
function planned(given) {
  const rounds = number('rounds', given.rounds, 1, 1000);
  const plan = measurements(given.short ?? false);
  const keys = chosen('measure', given.measure, plan.map(({ key }) => key));
  const servers = chosen('only', given.only, Object.keys(peers));
  const bin = given.bin ?? here('../../../build/release/bin');
  const places = {
    bin, bench: given.bench ?? bin,
    serverCore: number('server-core', given['server-core'], 0, 1023), clientCore: number('client-core', given['client-core'], 0, 1023),
  };
  const isBuilt = given.needs && given.bin === undefined;
  for (const [folder, program] of [[places.bin, 'taskwire-edge'], [places.bin, 'taskwire-engine'], [places.bench, 'taskwire-bench'], [places.bench, 'taskwire-bench-floor']])
    if (!isBuilt && !existsSync(`${folder}/${program}`)) fail(`there is no ${folder}/${program}`);
  for (const [flag, core] of [['server-core', places.serverCore], ['client-core', places.clientCore]])
    if (!allowedCores().includes(core)) fail(`--${flag}: there is no core ${core} to use, only ${allowedCores().join(', ')}`);
  if (places.serverCore === places.clientCore) fail(`--client-core: ${places.clientCore} is the server's; it needs another`);
  const results = given.results ?? here(`../../../build/compare-${new Date().toISOString().replaceAll(':', '')}.jsonl`);
  if (existsSync(results)) fail(`--results: ${results} is there already, and would be lost; name another`);
  return { rounds, plan: plan.filter(({ key }) => keys.includes(key)), servers, places, results };
}

async function run(given, { rounds, plan, servers, places, results }) {
  mkdirSync(dirname(resolve(results)), { recursive: true });
  writeFileSync(results, JSON.stringify({ machine: machine(places), short: given.short ?? false }) + '\n', { flag: 'wx' });
  console.error(`results go to ${results}`);
  let problems = 0;
  for (let round = 0; round < rounds; ++round) {
    for (const measurement of plan) {
      const turn = servers.filter((name) => peers[name].can(measurement.key));
      for (const name of round % 2 === 0 ? turn : turn.reverse()) {
        const result = await measure(peers[name], measurement, places);
        if (isInterrupted()) return new Promise(() => {});  // who was told ends the program
        appendFileSync(results, JSON.stringify({ round, measurement: measurement.key, server: name, ...result }) + '\n');
        const said = result.problem ?? Object.entries(result.figures).filter(([key]) => measurement.shown(key)).map(([key, value]) => `${key} ${value.toPrecision(4)}`).join(', ');
        console.error(`round ${round + 1} of ${rounds}: ${measurement.key}, ${name}: ${said}`);
        if (result.problem) ++problems;
      }
    }
  }
  return problems;
}

// Again and again: whoever presses Ctrl-C twice leaves nothing behind either.
for (const [signal, status] of [['SIGHUP', 129], ['SIGINT', 130], ['SIGTERM', 143]])
  process.on(signal, () => stopAll().finally(() => process.exit(status)));
const given = options();
if (given.help) {
  if (!given.needs) console.log(kHelp);
  process.exit(0);
}
if (given.table !== undefined && !existsSync(given.table)) fail(`there is no ${given.table}`);
if (given.table === undefined) {
  const all = planned(given);
  if (given.needs) {
    const packages = new Set(all.servers.flatMap((name) => peers[name].packages));
    console.log([...(given.bin === undefined ? ['build'] : []), ...(packages.size > 0 ? [`packages=${[...packages].join(',')}`] : [])].join(' '));
  } else {
    const problems = await run(given, all);
    console.log(report(linesOf(all.results)));
    process.exitCode = problems === 0 ? 0 : 1;
  }
} else if (!given.needs) {
  console.log(report(linesOf(given.table)));
}
process.exit();

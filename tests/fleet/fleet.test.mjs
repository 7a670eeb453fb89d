// Workers, engine and edges are killed at random: every task ends once, no attempt runs beside another, and nothing late is taken.
//
//   TASKWIRE_FLEET_WORKERS (10), TASKWIRE_FLEET_TASKS (200), TASKWIRE_FLEET_SEED (by chance). 100 and 10000 are the long run.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { runFleet } from './fleet.mjs';
import { judge } from './judge.mjs';

const workers = Number(process.env.TASKWIRE_FLEET_WORKERS ?? 10);
const tasks = Number(process.env.TASKWIRE_FLEET_TASKS ?? 200);
const seed = Number(process.env.TASKWIRE_FLEET_SEED ?? Date.now() % 1_000_000);

let run;
before(async () => { run = await runFleet({ workers, tasks, seed, killEvery: tasks < 1000 ? 3000 : 5000, timeout: 100_000 + tasks * 60 }); });

test('every task is done once, whoever is killed', (t) => {
  const count = (what) => run.journal.filter((entry) => entry.what === what).length;
  const late = run.journal.filter(({ what, hung }) => what === 'refused' && hung).length;
  const { kills } = run;
  t.diagnostic(`seed ${seed}: ${tasks} tasks in ${run.seconds.toFixed(1)} s by ${workers} workers; kills: workers ${kills.workers}, engine ${kills.engine}, edges ${kills.edges}; ` +
    `${count('begun')} attempts, ${count('reported')} reports, ${count('finished')} finishes, ${count('refused')} refused, ${late} of them after a hang; ${run.events.length} events`);
  assert.deepEqual(judge(run), []);
  assert.equal(run.tasks.length, tasks);
  assert.ok(kills.workers > 0 && kills.engine > 0 && kills.edges > 0, `seed ${seed}: too short to kill everybody`);
  assert.ok(count('refused') > 0 || tasks < 1000, 'some were late');
});

/** The run with one task's part changed. */
function spoiled(change) {
  const copy = structuredClone({ tasks: run.tasks, events: run.events, journal: run.journal });
  const task = copy.tasks.find(({ taskId }) => copy.journal.some((entry) => entry.task === taskId && entry.what === 'finished'));
  const of = (entries) => entries.filter((entry) => entry.task === task.taskId);
  change({ task, events: of(copy.events), journal: of(copy.journal), all: copy });
  return judge(copy);
}

for (const [what, change, fault] of [
  ['a task that ends twice', ({ events, all }) => all.events.push({ ...events.at(-1) }), /goes on after its end/],
  ['a late report', ({ events }) => { Object.assign(events.at(-1), { message: `attempt ${events.at(-1).attempt + 1} by w` }); }, /late report/],
  ['a task that fails', ({ events }) => { events.at(-1).status = 'failed'; }, /ended as failed/],
  ['attempts at the same time', ({ journal, all }) => all.journal.push({ ...journal.find((entry) => entry.what === 'begun'), attempt: 99, at: journal.find((entry) => entry.what === 'finished').sent - 1e-6 }), /at the same time/],
  ['an attempt that is begun twice', ({ journal, all }) => all.journal.push({ ...journal.find((entry) => entry.what === 'begun') }), /begun twice/],
  ['two finishes', ({ journal, all }) => all.journal.push({ ...journal.find((entry) => entry.what === 'finished'), attempt: 99 }), /finished twice/],
  ['the result of another', ({ task }) => { task.result.worker = 'nobody'; }, /has the result of nobody/],
]) {
  test(`the judge finds ${what}`, () => {
    assert.match(spoiled(change).join('\n'), fault);
  });
}

// The examples, as somebody would run them who has installed the package.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startServices } from '../support/services.mjs';
import { until } from '../support/until.mjs';
import { asker, endStates, startProgram } from './programs.mjs';

const tools = fileURLToPath(new URL('../../tools/js', import.meta.url));
let services;
let inlet;
let folder;
before(async () => {
  services = await startServices();
  inlet = asker(services.url);
  folder = mkdtempSync(join(tmpdir(), 'taskwire-js-'));
  mkdirSync(join(folder, 'node_modules'));
  cpSync(tools, join(folder, 'node_modules', 'taskwire'), { recursive: true });
  cpSync(join(tools, 'examples'), folder, { recursive: true });
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await services?.stop();
});
const example = (name, user, ...args) => startProgram(pathToFileURL(join(folder, name)), { TASKWIRE_URL: services.url, TASKWIRE_USER: user }, args);

test('import_rows', async () => {
  const rows = join(folder, 'rows.csv');
  writeFileSync(rows, 'name,amount\na,1\nb,41\n');
  const program = example('import_rows.mjs', 'import', rows);
  assert.equal(await program.ended, 0, program.err);
  assert.equal(program.out, '2 rows, 42 in all\n');
  const { status, result, unit } = await inlet.ended('import');
  assert.deepEqual({ status, result, unit }, { status: 'succeeded', result: { sum: 42 }, unit: 'rows' });
});

test('watch', async () => {
  const { lease } = await inlet.ask('/api/tasks/watched/start', 'POST', { claim: true, taskName: 'Backup' });
  const program = example('watch.mjs', 'nobody', 'watched');
  await program.prints('Backup: running, 0 %\n');
  await inlet.ask('/api/work/report', 'POST', { lease, progress: { percent: 40 } });
  await program.prints('Backup: running, 40 %\n');
  await inlet.ask('/api/work/finish', 'POST', { lease, result: {} });
  assert.equal(await program.ended, 0, program.err);
  assert.ok(program.out.endsWith('Backup: succeeded, 100 %\n'), program.out);
});

test('worker', async (t) => {
  const program = example('worker.mjs', 'worker');
  t.after(() => program.child.kill('SIGKILL'));
  await until('the type is known', async () => (await inlet.ask('/api/task-types')).types.some(({ type }) => type === 'count-words'));
  const { taskId } = await inlet.ask('/api/tasks/bob/start', 'POST', { type: 'count-words', params: { text: 'a b a' } });
  const task = await until('it has ended', async () => ((task) => endStates.includes(task.status) && task)(await inlet.ask(`/api/tasks/bob/${taskId}`)));
  assert.deepEqual(task.result, { counts: { a: 2, b: 1 } });
  program.child.kill('SIGTERM');
  assert.equal(await program.ended, 0, program.err);
});

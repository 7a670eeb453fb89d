// Work that shows up as a task.
//
//   TASKWIRE_USER=alice node import_rows.mjs rows.csv
import { readFile } from 'node:fs/promises';
import { task } from 'taskwire';

const lines = (await readFile(process.argv[2], 'utf8')).trim().split('\n').slice(1);
const sum = await task('Import', async (t) => {
  let sum = 0;
  for (const [at, line] of lines.entries()) {
    sum += Number(line.split(',')[1]);
    t.progress(at + 1, lines.length, 'rows');
  }
  t.result = { sum };
  return sum;
});
console.log(`${lines.length} rows, ${sum} in all`);

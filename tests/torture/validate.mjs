// Reads a history alone, and judges each guarantee by name: exit status 0 if all hold, 1 if not.
//
//   validate.mjs HISTORY [MUTATION]    MUTATION: spoil it first, to see that it is found (mutate.mjs)
import { judge } from './judge/judge.mjs';
import { linesOf } from './judge/lines.mjs';
import { report } from './judge/report.mjs';
import { mutate } from './mutate.mjs';

const [path, mutation] = process.argv.slice(2);
let lines = linesOf(path);
if (mutation) {
  const all = [];
  for await (const line of lines()) all.push(line);
  const spoiled = mutate(all, mutation);
  lines = () => spoiled;
}
const { lines: text, isTrue } = report(await judge(lines));
console.log(text.join('\n'));
process.exitCode = isTrue ? 0 : 1;

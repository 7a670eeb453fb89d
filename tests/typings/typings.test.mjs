// The types that the libraries ship: for programs in TypeScript, and for those that mypy reads.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as library from '../../tools/js/index.js';
import ts from '../../tools/node_modules/typescript/lib/typescript.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

function run(program, args) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: here('../../tools/python'), encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
}

test('TypeScript takes what programs do, and refuses what they are not to', () =>
  run(process.execPath, [here('../../tools/node_modules/typescript/bin/tsc'), '--project', here('tsconfig.json')]));

test('the types name what the package has', () => {
  const program = ts.createProgram([here('../../tools/js/index.d.ts')], {});
  const checker = program.getTypeChecker();
  const file = program.getSourceFiles().find(({ fileName }) => fileName.endsWith('tools/js/index.d.ts'));
  const values = checker.getExportsOfModule(checker.getSymbolAtLocation(file)).filter(({ flags }) => flags & ts.SymbolFlags.Value);
  assert.deepEqual(values.map(({ name }) => name).sort(), Object.keys(library).sort());
});

test('mypy --strict takes the Python library', () =>
  run(here('../../build/python/bin/python'), ['-m', 'mypy', '--strict', '--cache-dir', '/dev/null', 'taskwire']));

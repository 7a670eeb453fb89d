// Runs files of scenarios; ends with 77, which ctest counts as skipped, where something that they need is not there.
//
//   node run.mjs NEED... -- FILE...    NEED: a name of the list below, or an npm package
//   TASKWIRE_BIN: folder of the services; TASKWIRE_WEB: folder of the built dashboard
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The Python that has what tests need from PyPI. */
const python = fileURLToPath(new URL('../../build/python/bin/python', import.meta.url));

const places = {
  chromium: ['/usr/bin/chromium', 'Debian package chromium'],
  curl: ['/usr/bin/curl', 'Debian package curl'],
  python: [python, 'tools/setup test'],
  mypy: [python.replace(/python$/, 'mypy'), 'tools/setup test'],
  schemathesis: [python.replace(/python$/, 'schemathesis'), 'tools/setup test'],
  linearizable: [fileURLToPath(new URL('../../build/go/bin/taskwire-linearizable', import.meta.url)), 'tools/setup test, where Go is'],
  dashboard: [join(process.env.TASKWIRE_WEB ?? 'TASKWIRE_WEB', 'index.html'), 'cmake --build --preset wasm'],
};
const npmPackage = (name) => [fileURLToPath(new URL(`../../tools/node_modules/${name}`, import.meta.url)), 'npm ci --prefix tools'];

const end = process.argv.indexOf('--');
const needed = process.argv.slice(2, end).map((need) => places[need] ?? npmPackage(need));
const missing = needed.filter(([path]) => !existsSync(path));
for (const [path, cure] of missing) console.error(`SKIPPED: ${path} is missing; cure: ${cure}`);
if (missing.length > 0) process.exit(77);

const { status } = spawnSync(process.execPath, ['--test', '--test-reporter=spec', ...process.argv.slice(end + 1)], { stdio: 'inherit' });
process.exit(status ?? 1);

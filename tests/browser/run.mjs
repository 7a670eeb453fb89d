// Runs one file of scenarios; ends with 77, which ctest counts as skipped, where something that it needs is not there.
//
//   node run.mjs FILE    TASKWIRE_BIN: folder of the services; TASKWIRE_WEB: folder of the built dashboard
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const needed = [
  ['/usr/bin/chromium', 'Debian package chromium'],
  [fileURLToPath(new URL('../../tools/node_modules/playwright-core', import.meta.url)), 'npm ci --prefix tools'],
  [join(process.env.TASKWIRE_WEB ?? 'TASKWIRE_WEB', 'index.html'), 'cmake --build --preset wasm'],
];
const missing = needed.filter(([path]) => !existsSync(path));
for (const [path, cure] of missing) console.error(`SKIPPED: ${path} is missing; cure: ${cure}`);
if (missing.length > 0) process.exit(77);

const { status } = spawnSync(process.execPath, ['--test', '--test-reporter=spec', process.argv[2]], { stdio: 'inherit' });
process.exit(status ?? 1);

// Requests that schemathesis makes from the description, of all kinds, and what it makes of the answers.
//   TASKWIRE_EXAMPLES: how many for each operation; more find more
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startServices } from '../support/services.mjs';

const python = fileURLToPath(new URL('../../build/python/bin/python', import.meta.url));
const program = ['-c', 'from schemathesis.cli import schemathesis; schemathesis()'];
const settings = ['schemathesis.toml', 'hooks.py'];
const examples = process.env.TASKWIRE_EXAMPLES ?? '10';

let services;
let folder;  // where it runs and leaves things behind
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'taskwire-'));
  for (const name of settings) copyFileSync(fileURLToPath(new URL(name, import.meta.url)), join(folder, name));
  // Quiet streams have an event soon, and long requests an end.
  services = await startServices({ engineArgs: ['--workers', '64'], edgeArgs: ['--heartbeat', '50ms', '--long-request-timeout', '100ms'] });
});
after(async () => {
  await services?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('schemathesis finds nothing', async (t) => {
  const args = ['--no-color', 'run', `${services.url}/openapi.json`, '--url', services.url, '--max-examples', examples];
  const child = spawn(python, [...program, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const [code] = await once(child, 'close');
  assert.equal(code, 0, output);
  assert.match(output, /Tested: (2[7-9]|[3-9]\d)\b/, output);
  t.diagnostic(output.match(/\d+ generated[^\n]*/)?.[0] ?? '');
});

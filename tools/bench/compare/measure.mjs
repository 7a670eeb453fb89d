// One measurement of one server that is started for it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const kPatience = 180_000;

/** So many free ports. */
async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

let running;

/** Ends what a measurement runs; for who is interrupted. */
export async function stopAll() {
  await running?.stop();
}

/** Programs that run for one measurement, each on a core. */
class Programs {
  started = [];

  constructor(folder) {
    this.folder = folder;
    running = this;
  }

  start(core, program, ...args) {
    const child = spawn('taskset', ['-c', String(core), program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const one = { child, name: program, output: '', hasEnded: false };
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (one.output = (one.output + data).slice(-4000)));
    child.on('error', (error) => ((one.output += error.message), (one.hasEnded = true)));
    child.on('exit', () => (one.hasEnded = true));
    this.started.push(one);
    return child.pid;  // taskset becomes the program
  }

  /** Until `isReady`, or a program ended. */
  async waitUntil(isReady) {
    const deadline = Date.now() + 20_000;
    while (!(await isReady().catch(() => false))) {
      const ended = this.started.find(({ hasEnded }) => hasEnded);
      if (ended) throw new Error(`${ended.name} ended: ${ended.output}`);
      if (Date.now() > deadline) throw new Error(`${this.started.map(({ name }) => name).join(', ')}: not ready in time`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop() {
    for (const one of this.started.splice(0).reverse()) {
      if (one.hasEnded) continue;
      const exited = once(one.child, 'exit');
      one.child.kill('SIGTERM');
      const impatience = setTimeout(() => one.child.kill('SIGKILL'), 10_000);
      await exited;
      clearTimeout(impatience);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function bench(places, args) {
  const child = spawn('taskset', ['-c', String(places.clientCore), join(places.bench, 'taskwire-bench'), ...args, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '', problem = '';
  child.stdout.on('data', (data) => (said += data));
  child.stderr.on('data', (data) => (problem += data));
  const impatience = setTimeout(() => child.kill('SIGKILL'), kPatience);
  const [status] = await once(child, 'close');
  clearTimeout(impatience);
  if (!said) return { problem: problem.trim() || `taskwire-bench ended with ${status}` };
  const { figures, faults, exact } = JSON.parse(said);
  return { figures, faults, exact };
}

/** The figures of `measurement`, or `problem`, why there are none. */
export async function measure(peer, measurement, places) {
  const folder = mkdtempSync(join(tmpdir(), 'compare-'));
  const programs = new Programs(folder);
  try {
    const server = await peer.start({ programs, folder, places, ports: await freePorts(6) });
    const pids = server.pids.flatMap((pid) => ['--server-pid', String(pid)]);
    return await bench(places, [...measurement.args(peer), '--patience', '10s', '--server', peer.kind, '--url', server.url, ...(server.args ?? []), ...pids]);
  } catch (error) {
    return { problem: error.message };
  } finally {
    await programs.stop();
  }
}

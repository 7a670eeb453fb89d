// One measurement of one server that is started for it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const kPatience = 180_000;
const kStopPatience = 10_000;

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
let isStopping = false;

export const isInterrupted = () => isStopping;

/** Ends what a measurement runs, and starts nothing any more; for who is interrupted. */
export async function stopAll() {
  isStopping = true;
  await running?.stop();
}

/** Whether there was anybody in the group of `leader` to get `signal`. */
function signalGroup(leader, signal) {
  try {
    return process.kill(-leader, signal);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Whether any in the group of `leader` runs, or will. Who has ended and waits for a parent that never asks does not. */
function groupLives(leader) {
  return signalGroup(leader, 0) && readdirSync('/proc').filter((name) => /^\d+$/.test(name)).some((pid) => {
    try {
      const [state, , group] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
      return Number(group) === leader && state !== 'Z';
    } catch {
      return false;  // it has just gone
    }
  });
}

/** Programs that run for one measurement, each on a core, and in a process group of its own with those that it starts. */
class Programs {
  started = [];

  constructor(folder) {
    this.folder = folder;
    running = this;
  }

  spawn(core, program, args) {
    if (isStopping || this.stopping) throw new Error('interrupted');
    const child = spawn('taskset', ['-c', String(core), program, ...args], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const one = { child, name: program, output: '', hasEnded: false };
    child.on('error', (error) => ((one.output += error.message), (one.hasEnded = true)));
    child.on('exit', () => (one.hasEnded = true));
    this.started.push(one);
    return one;
  }

  start(core, program, ...args) {
    const one = this.spawn(core, program, args);
    for (const stream of [one.child.stdout, one.child.stderr]) stream.on('data', (data) => (one.output = (one.output + data).slice(-4000)));
    return one.child.pid;  // taskset becomes the program
  }

  /** What a program said until it ended. */
  async run(core, program, ...args) {
    const { child } = this.spawn(core, program, args);
    let said = '', problem = '';
    child.stdout.on('data', (data) => (said += data));
    child.stderr.on('data', (data) => (problem += data));
    const impatience = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), kPatience);
    const [status] = await once(child, 'close');
    clearTimeout(impatience);
    return { said, problem, status };
  }

  /** Until `isReady`, or a program ended. */
  async waitUntil(isReady) {
    const deadline = Date.now() + 20_000;
    while (!(await isReady().catch(() => false))) {
      const ended = this.started.find(({ hasEnded }) => hasEnded);
      if (ended) throw new Error(`${ended.name} ended: ${ended.output}`);
      if (Date.now() > deadline) throw new Error(`${this.started.map(({ name }) => name).join(', ')}: not ready in time`);
      await sleep(50);
    }
  }

  stop() {
    return (this.stopping ??= this.#stop());
  }

  async #stop() {
    for (const { child: { pid } } of this.started.reverse()) {
      if (pid === undefined) continue;
      const deadline = Date.now() + kStopPatience;
      signalGroup(pid, 'SIGTERM');
      while (groupLives(pid)) {
        if (Date.now() > deadline) signalGroup(pid, 'SIGKILL');
        if (Date.now() > deadline + kStopPatience) break;
        await sleep(20);
      }
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The figures of `measurement`, or `problem`, why there are none. */
export async function measure(peer, measurement, places) {
  if (isStopping) return { problem: 'interrupted' };
  const folder = mkdtempSync(join(tmpdir(), 'compare-'));
  const programs = new Programs(folder);
  try {
    const server = await peer.start({ programs, folder, places, ports: await freePorts(6) });
    const pids = server.pids.flatMap((pid) => ['--server-pid', String(pid)]);
    const { said, problem, status } = await programs.run(places.clientCore, join(places.bench, 'taskwire-bench'), ...measurement.args(peer),
      '--patience', '10s', '--server', peer.kind, '--url', server.url, ...(server.args ?? []), ...pids, '--json');
    if (!said) return { problem: problem.trim() || `taskwire-bench ended with ${status}` };
    const { figures, faults, notes, exact } = JSON.parse(said);
    return { figures, faults, notes, exact };
  } catch (error) {
    return { problem: error.message };
  } finally {
    await programs.stop();
  }
}

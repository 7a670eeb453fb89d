// One engine, two edges, and the wires between them and their callers.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from './clock.mjs';
import { Copies } from './copies.mjs';
import { Disk } from './disk.mjs';
import { loadGrpc } from './grpc.mjs';
import { Proxy } from './proxy.mjs';
import { Service } from './service.mjs';

const kAnswers = 1000;  // bytes a second, about, of answers under keys, which are kept for a day whatever the store takes

/** What the engine keeps in a run, small so that much is trimmed; the validator reads it in the history. Times in ms. */
export const limitsOf = (seconds) => ({ ...kLimits, bytes: kLimits.bytes + kAnswers * seconds });
const kLimits = { perTopic: 32, bytes: 1_800_000, channels: 12_000, messages: 15_000, updates: 5000, deletions: 6000, tasks: 15_000, tasksPerUser: 20, maxLag: 40 };
export const kHeartbeat = 500;

/** Starts everything. `limits`: as of limitsOf; `mutation(name)`: what changes what an edge's clients get; for tests of the validator. */
export async function createWorld({ bin, journal, limits, mutation = () => undefined }) {
  const folder = mkdtempSync(join(tmpdir(), 'taskwire-torture-'));
  const disk = new Disk(join(folder, 'disk'));
  const clock = new Clock(folder, join(bin, 'taskwire-engine'));
  const files = join(folder, 'files');
  mkdirSync(files);
  for (let i = 0; i < 3; ++i) writeFileSync(join(files, `file-${i}`), Buffer.alloc(1 << 20, i));
  const data = join(disk.folder, 'data');
  const engine = new Service('engine', {
    bin, folder, journal, program: 'taskwire-engine', env: clock.env,
    args: ['--data-dir', data, '--demo-sources=false', '--files-root', files, '--tail-events', '1500', '--workers', '8',
      '--retain-per-topic', `${limits.perTopic}`, '--retain-channels', `${limits.channels}ms`, '--retain-messages', `${limits.messages}ms`,
      '--retain-updates', `${limits.updates}ms`, '--retain-deletions', `${limits.deletions}ms`, '--retain-tasks', `${limits.tasks}ms`,
      '--retain-tasks-per-user', `${limits.tasksPerUser}`, '--retain-bytes', `${limits.bytes}`],
  });
  const copies = new Copies(bin, { data, folder });
  const world = { folder, disk, clock, copies, engine, grpc: loadGrpc(), edges: [], links: [], fronts: [] };
  await engine.start();
  for (const name of ['edge-1', 'edge-2']) {
    const link = await new Proxy(() => engine.port).listen();
    const edge = new Service(name, {
      bin, folder, journal, program: 'taskwire-edge',
      args: ['--engine', `127.0.0.1:${link.port}`, '--web-root', folder, '--heartbeat', `${kHeartbeat}ms`, '--retry-min', '50ms', '--retry-max', '500ms',
        '--max-lag', `${limits.maxLag}`, '--hub-events', '800'],
    });
    await edge.start();
    const front = await new Proxy(() => edge.port, () => mutation(name)).listen();
    front.name = name;
    world.links.push(link);
    world.edges.push(edge);
    world.fronts.push(front);
  }
  world.direct = await new Proxy(() => engine.port).listen();  // for those who call the engine themselves
  world.links.push(world.direct);
  /** The last that is to be seen of it. Its folder, with the logs of the services, stays if wanted. */
  world.close = async ({ isKept = false } = {}) => {
    for (const service of [...world.edges, engine]) await service.end();
    for (const proxy of [...world.fronts, ...world.links]) await proxy.close();
    disk.close();
    if (!isKept) rmSync(folder, { recursive: true, force: true });
  };
  return world;
}

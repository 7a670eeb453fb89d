// Who takes part.
import { Auditor } from './auditor.mjs';
import { Boss } from './boss.mjs';
import { Publisher } from './publisher.mjs';
import { Reader } from './reader.mjs';
import { streamOf, watchOf } from './streams.mjs';
import { kBulk, kPublished, kTopics, kUsers, windowAt } from './topics.mjs';
import { Watcher } from './watcher.mjs';
import { randomOf } from '../../abuse/random.mjs';

const kBulks = [{ every: 24_000, first: 3000 }, { every: 60_000, first: 20_000 }];
const kBulkSize = { events: 33, bytes: 60_000 };  // a batch is 2 MiB at most

/** Everybody at once. `load`: events in a second, of publishers, about. */
export function populate({ seed, clients, load, caller, world, hasEnvelopes, journal }) {
  const { fronts, grpc, direct } = world;
  const random = (kind, i = 0) => randomOf(Math.imul(seed, 0x9e3779b1) + kind * 4096 + i);
  const count = Math.max(3, Math.round(load / 12));
  const every = (count * 2 * 1000) / load;  // an ask in four is a batch of five
  const ways = grpc.lack ? ['http'] : ['http', 'grpc', 'both'];
  const common = (i, kind) => ({ way: ways[i % ways.length], caller, random: random(kind, i), journal });
  const writers = Array.from({ length: count }, (_, i) => new Publisher(`publisher-${i}`, { topics: () => kPublished, every, ...common(i, 1) }));
  const window = () => windowAt(journal.now());
  for (let i = 0; i < 3; ++i) writers.push(new Publisher(`window-${i}`, { topics: window, every: 250, ...common(i, 2) }));
  for (const [i, topic] of kBulk.entries()) writers.push(new Publisher(`bulk-${i}`, { topics: () => [topic], bulk: kBulkSize, ...kBulks[i], ...common(i, 8) }));
  const readers = [];
  const follow = (name, stream, own) => readers.push(new Reader(name, { ...stream, edges: fronts, random: own, journal }));
  const watch = (user) => (taskId) => {
    const stream = { topics: [`tasks/${user}`], task: taskId, path: `/api/task-progress/${user}/${taskId}` };
    follow(`watcher-${readers.length}`, stream, random(7, readers.length));
  };
  const bosses = kUsers.map((user, i) => new Boss(user, { every: 1500, watch: watch(user), caller, random: random(3, i), journal }));
  const auditors = [new Auditor('auditor', { topics: () => kTopics, every: 250, caller, random: random(4), journal })];
  for (let i = 0; i < 3; ++i) auditors.push(new Auditor(`onlooker-${i}`, { topics: window, every: 200, caller, random: random(5, i), journal }));
  for (let i = 0; i < clients; ++i) {
    const own = random(6, i);
    follow(`reader-${i}`, streamOf(own, hasEnvelopes), own);
  }
  for (const [i, topic] of kBulk.entries()) {
    const path = topic.replace('channels/', '/stream/').replace('messages/', '/sse/connect/');
    follow(`bulk-reader-${i}`, { topics: [topic], path, from: 'earliest' }, random(9, i));
  }
  const watches = grpc.lack ? 0 : Math.max(8, Math.round(clients / 10));
  for (let i = 0; i < watches; ++i) {
    const own = random(10, i);
    readers.push(new Watcher(`grpc-${i}`, { ...watchOf(own), grpc, port: () => direct.port, random: own, journal }));
  }
  return { writers, bosses, auditors, readers };
}

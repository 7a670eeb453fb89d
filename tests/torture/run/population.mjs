// Who takes part: what each reader follows, and where what is written goes.
import { Auditor } from './auditor.mjs';
import { Boss } from './boss.mjs';
import { Publisher } from './publisher.mjs';
import { Reader } from './reader.mjs';
import { randomOf } from '../../abuse/random.mjs';

export const kUsers = ['ada', 'ben', 'cyd', 'dan'];
export const kChannels = ['news', 'logs', 'chat', 'odds', 'ends'].map((name) => `channels/${name}`);
export const kTopics = [...kChannels, ...kUsers.flatMap((user) => [`messages/${user}`, `tasks/${user}`])];
const kPublished = kTopics.filter((topic) => !topic.startsWith('tasks/'));
const kWindow = 2000;  // ms in which one channel is written to and read by those whose doings are judged as linearizable

const pathOf = (topics) => `/api/events?${topics.map((topic) => `topic=${topic}`).join('&')}`;

function streamOf(random) {
  const user = random.of(kUsers);
  const channel = random.of(kChannels);
  switch (random.below(10)) {
    case 0:
    case 1:
    case 2:
      return { topics: [channel], path: `/stream/${channel.split('/')[1]}`, from: random.of([undefined, 'now', 'earliest']) };
    case 3:
    case 4:
      return { topics: [`tasks/${user}`], path: `/api/task-progress/${user}`, from: random.of([undefined, 'now']) };
    case 5:
      return { topics: [`messages/${user}`], path: `/sse/connect/${user}`, from: random.of([undefined, 'earliest']) };
    case 6: {
      const topics = [`tasks/${user}`, `tasks/${kUsers[(kUsers.indexOf(user) + 1) % kUsers.length]}`];
      return { topics, path: pathOf(topics) };
    }
    case 7: {
      const topics = [channel, kChannels[(kChannels.indexOf(channel) + 1) % kChannels.length], `messages/${user}`];
      return { topics, path: pathOf(topics), from: random.of([undefined, 'earliest']) };
    }
    default: {
      const topics = [`tasks/${user}`, `messages/${user}`, channel];
      return { topics, path: pathOf(topics), from: random.of([undefined, 'earliest', 'now', 'snapshot']) };
    }
  }
}

/** Everybody at once. `load`: events in a second, of publishers, about. */
export function populate({ seed, clients, load, caller, fronts, journal }) {
  const random = (kind, i = 0) => randomOf(Math.imul(seed, 0x9e3779b1) + kind * 4096 + i);
  const count = Math.max(2, Math.round(load / 12));
  const every = (count * 2 * 1000) / load;  // an ask in four is a batch of five
  const writers = Array.from({ length: count }, (_, i) =>
    new Publisher(`publisher-${i}`, { topics: () => kPublished, every, caller, random: random(1, i), journal }));
  const window = () => [`channels/window-${Math.floor(journal.now() / kWindow)}`];
  for (let i = 0; i < 3; ++i) writers.push(new Publisher(`window-${i}`, { topics: window, every: 250, caller, random: random(2, i), journal }));
  const readers = [];
  const watch = (user) => (taskId) => {
    const name = `watcher-${readers.length}`;
    const stream = { topics: [`tasks/${user}`], task: taskId, path: `/api/task-progress/${user}/${taskId}` };
    readers.push(new Reader(name, { ...stream, edges: fronts, random: random(7, readers.length), journal }));
  };
  const bosses = kUsers.map((user, i) => new Boss(user, { every: 1500, watch: watch(user), caller, random: random(3, i), journal }));
  const auditors = [new Auditor('auditor', { topics: () => kTopics, every: 250, caller, random: random(4), journal })];
  for (let i = 0; i < 3; ++i) auditors.push(new Auditor(`onlooker-${i}`, { topics: window, every: 200, caller, random: random(5, i), journal }));
  for (let i = 0; i < clients; ++i) {
    const own = random(6, i);
    readers.push(new Reader(`reader-${i}`, { ...streamOf(own), edges: fronts, random: own, journal }));
  }
  return { writers, bosses, auditors, readers };
}

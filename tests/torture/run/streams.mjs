// What each reader follows, by chance.
import { kChannels, kUsers } from './topics.mjs';

const pathOf = (topics) => `/api/events?${topics.map((topic) => `topic=${topic}`).join('&')}`;
const after = (list, one) => list[(list.indexOf(one) + 1) % list.length];
const kTypes = [['message'], ['note'], ['taskUpdate'], ['taskUpdate', 'taskDeleted'], ['taskUpdate', 'message'], ['taskDeleted', 'note']];
const kChannelTypes = [['message'], ['note']];

/** A reader over HTTP. `hasEnvelopes`: whether the edges know them. */
export function streamOf(random, hasEnvelopes) {
  const stream = plainStream(random);
  const isMixed = stream.topics.length > 1;
  if (random.below(4) === 0) stream.types = random.of(isMixed ? kTypes : kChannelTypes);
  if (isMixed && hasEnvelopes && random.below(2) === 0) stream.envelope = true;
  // One that wants nothing that its topics have would show nothing.
  if (!isMixed && stream.topics[0].startsWith('tasks/')) delete stream.types;
  return stream;
}

function plainStream(random) {
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
      const topics = [`tasks/${user}`, `tasks/${after(kUsers, user)}`];
      return { topics, path: pathOf(topics) };
    }
    case 7: {
      const topics = [channel, after(kChannels, channel), `messages/${user}`];
      return { topics, path: pathOf(topics), from: random.of([undefined, 'earliest']) };
    }
    default: {
      const topics = [`tasks/${user}`, `messages/${user}`, channel];
      return { topics, path: pathOf(topics), from: random.of([undefined, 'earliest', 'now', 'snapshot']) };
    }
  }
}

/** One that watches the engine itself. */
export function watchOf(random) {
  const user = random.of(kUsers);
  const channel = random.of(kChannels);
  // No topics are all.
  const topics = random.of([[], [channel], [`tasks/${user}`], [`tasks/${user}`, `messages/${user}`, channel], [channel, after(kChannels, channel)]]);
  return { topics, start: random.of([{ now: {} }, { earliest: {} }, { snapshot: {} }]) };
}

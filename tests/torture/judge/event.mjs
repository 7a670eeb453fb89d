// What a block of a stream, or an event of a page, tells of the log.

/** A task's state as both ways of reading it tell it; without its id, whose epoch may change. */
function canonical({ taskId, userId, taskName, status, attempt, type, message, stage, unit, done, total, progressPercentage }) {
  return JSON.stringify([taskId, userId, taskName, status, attempt, type, message ?? '', stage ?? '', unit ?? '', done ?? 0, total ?? 0, progressPercentage ?? 0]);
}

/** A task's event; nothing if it is none. */
export function taskOf(type, data) {
  if (type !== 'taskUpdate' && type !== 'taskDeleted') return undefined;
  const fields = JSON.parse(data);
  const { taskId, eventId, userId, status, startedAt } = fields;
  const isDeletion = type === 'taskDeleted';
  return { type, data: canonical(isDeletion ? { taskId, userId } : fields), task: taskId, id: eventId, topic: `tasks/${userId}`, isDeletion, status, startedAt };
}

/** What a block tells of the log; nothing if it is about the stream itself. `isEnveloped`: {envelope} where it came in one. */
export function eventOf(event, data, byData) {
  if (data === undefined) return undefined;
  if (event === 'envelope') return inEnvelope(data, byData);
  const task = taskOf(event, data);
  if (task) return task;
  const published = byData.get(data);
  if (!published) return undefined;
  const { ask, index } = published;
  return { type: event ?? 'message', data, topic: topicOf(ask, index), sequence: ask.sequences[index], formers: ask.formers, published };
}

function inEnvelope(data, byData) {
  const end = data.indexOf('\n');
  if (end < 0) return undefined;
  const envelope = JSON.parse(data.slice(0, end));
  const told = eventOf(envelope.type, data.slice(end + 1), byData);
  return told && { ...told, type: told.published?.ask.type ?? told.type, envelope };
}

/** Where the event of a publication at `index` goes. */
export const topicOf = ({ topic, topics }, index) => topics?.[index] ?? topic;

const kBeside = 250;  // of an event's topic, type, time, names, row, at most

/** What an event takes of the store, at most, in bytes. */
export function bytesOf(data) {
  const cut = /…(\d+):[0-9a-f]{24}$/.exec(data);
  return kBeside + (cut ? Number(cut[1]) : Buffer.byteLength(data));
}

// A program that follows the engine's Watch, and resumes it from the last cursor that it may resume from. The history tells of it in the words
// of the HTTP streams.
import { Connections, ending } from './connections.mjs';
import { told } from './journal.mjs';

const kSilence = 8000;  // after which it takes the connection for dead; an idle Watch tells how far it is every 5 s
const kRefusals = ['INVALID_ARGUMENT', 'UNIMPLEMENTED', 'INTERNAL'];

const nameOf = (value, prefix) => value.replace(prefix, '').toLowerCase();

/** As the HTTP side writes a task. */
function taskOf({ cursor, task }) {
  const { task_id, user_id, name, state, attempt, type, progress } = task;
  const { percent, done, total, unit, stage, message } = progress ?? {};
  return {
    eventId: cursor, taskId: task_id, userId: user_id, taskName: name, status: nameOf(state, 'TASK_STATE_'), attempt, type,
    progressPercentage: percent, done, total, unit, stage, message,
  };
}

function blockOf(event) {
  const { cursor, type, payload, task_deleted, data } = event;
  if (payload === 'task') return { cursor, event: type, data: JSON.stringify(taskOf(event)) };
  if (payload === 'task_deleted') return { cursor, event: type, data: JSON.stringify({ eventId: cursor, taskId: task_deleted.task_id, userId: task_deleted.user_id }) };
  return { cursor, event: type || undefined, data: told(data) };
}

/** What a message of a Watch says, as blocks of a stream. */
export function blocksOf({ message, start, batch, reset, synced, skipped, progress }) {
  switch (message) {
    case 'start':
      return [{ id: start.after }];
    case 'batch': {
      const { events, through } = batch;
      if (!through) return events.map(blockOf);  // of a state
      const blocks = events.map(blockOf).map(({ cursor, ...block }) => ({ id: cursor, ...block }));
      return through === blocks.at(-1)?.id ? blocks : [...blocks, { id: through }];
    }
    case 'reset':
      return [{ event: 'reset', data: JSON.stringify({ reason: nameOf(reset.reason, 'RESET_REASON_'), cursor: reset.cursor || undefined }) }];
    case 'synced':
      return [{ id: synced.cursor, event: 'synced', data: JSON.stringify(synced) }];
    case 'skipped':
      return [{ event: 'skipped', data: JSON.stringify({ reason: 'lagged', ...skipped }) }];
    case 'progress':
      return [{ id: progress.through, event: 'heartbeat', data: '{}' }];
    default:
      return [{ event: message, data: 'a message that is not known' }];
  }
}

export class Watcher {
  #journal;
  #grpc;
  #port;
  #start;
  #connections;
  #n = 0;
  lastId = '';
  received = 0;
  isOver = false;

  /** `start`: where it begins, as a field of the request. `port()`: where the engine is. */
  constructor(name, { topics, start, grpc, port, random, journal }) {
    this.name = name;
    this.topics = topics;
    this.#start = start;
    this.#grpc = grpc;
    this.#port = port;
    this.#journal = journal;
    this.#connections = new Connections(() => this.#connect(), { random });
  }

  #connect() {
    const where = { by: this.name, n: ++this.#n };
    const after = this.lastId || undefined;
    const from = after ? undefined : Object.keys(this.#start)[0];
    this.#journal.write('open', { ...where, to: 'engine', rpc: 'Watch', topics: this.topics, isWhole: true, after, from });
    const client = this.#grpc.connect(this.#port());
    const call = client.Watch({ topics: this.topics, ...(after ? { cursor: after } : this.#start) });
    const connection = ending(kSilence, (why) => {
      this.#journal.write('closed', { ...where, why });
      call.cancel();
      client.close();
    });
    const { end, listen, isOpen } = connection;
    call.on('data', (message) => {
      if (!isOpen()) return;
      listen();
      for (const block of blocksOf(message)) this.#receive(where, block);
    });
    call.on('error', ({ code, details }) => {
      const isRefused = kRefusals.some((name) => this.#grpc.status[name] === code) && /^[A-Z_]+: /.test(details);
      if (isRefused && isOpen()) this.#journal.write('refused', { ...where, why: details });
      end(details);
    });
    call.on('end', () => end('end'));
    return connection;
  }

  #receive(where, block) {
    this.received += 1;
    this.#journal.write('got', { ...where, ...block });
    if (block.id) this.lastId = block.id;
  }

  /** Comes back at once, if it is away. */
  hurry() {
    this.#connections.hurry();
  }

  stop() {
    return this.#connections.stop();
  }
}

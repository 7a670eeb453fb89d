/** The tasks that a stream tells of, kept true. Knows nothing of connections. */
export class TaskRows {
  #rows = new Map();
  #since = new Map();  // which reset each row came after
  #resets = 0;
  #isInState = false;

  constructor() {
    /** Whether the state has been whole once, since when the rows are what there is. */
    this.isSynced = false;
  }

  /** Each task by its id. The same Map for ever. */
  get tasks() {
    return this.#rows;
  }

  /** A stream begins, or goes on after a cut. A state that was cut is sent again, from its reset on. */
  opened() {
    this.#isInState = false;
  }

  /** Takes an event in; whether that changed something. */
  take(type, data) {
    if (type === 'taskUpdate') return this.#update(JSON.parse(data));
    if (type === 'taskDeleted') return this.#remove(JSON.parse(data).taskId);
    if (type === 'reset') {
      this.#resets++;  // the rows stay until the state that follows is whole
      this.#isInState = true;
      this.isSynced = false;
      return true;
    }
    if (type !== 'synced') return false;
    for (const [id, since] of this.#since) {
      if (since !== this.#resets) this.#remove(id);
    }
    this.#isInState = false;
    this.isSynced = true;
    return true;
  }

  #update(task) {
    const known = this.#rows.get(task.taskId);
    const isComparable = known && !this.#isInState && this.#since.get(task.taskId) === this.#resets;
    if (isComparable && !isNewer(task.eventId, known.eventId)) return false;
    this.#rows.set(task.taskId, task);
    this.#since.set(task.taskId, this.#resets);
    return true;
  }

  #remove(id) {
    this.#since.delete(id);
    return this.#rows.delete(id);
  }
}

/** Ids of another log cannot be compared, so that one counts as newer. */
function isNewer(id, than) {
  const [epoch, sequence] = id.split('-');
  const [thanEpoch, thanSequence] = than.split('-');
  return epoch !== thanEpoch || BigInt(sequence) > BigInt(thanSequence);
}

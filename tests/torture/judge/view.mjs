// What a client shows of tasks, held against the lists of them at the end.
export class View {
  #known;
  #tasks = new Map();  // task: sequence

  constructor(known) {
    this.#known = known;
  }

  clear() {
    this.#tasks.clear();
  }

  take({ task, isDeletion }, seq) {
    if (isDeletion) this.#tasks.delete(task);
    else this.#tasks.set(task, seq);
  }

  /** What is wrong with it where it is at `place`: lines of text. `since`: what has not changed since then it need not know. */
  mistakes(topics, place, since) {
    return this.#known.lists
      .filter(({ user, asOf }) => topics.includes(`tasks/${user}`) && this.#known.placeOf(asOf) <= place)
      .flatMap(({ user, tasks, asOf }) => this.#against(`tasks/${user}`, tasks, { asOf: this.#known.placeOf(asOf), place, since }));
  }

  #against(topic, tasks, { asOf, place, since }) {
    const wentOn = (task) => this.#known.ofTask(task).some(({ seq }) => seq > asOf && seq <= place);  // since the list was read
    const there = new Set(tasks.map(({ taskId }) => taskId));
    const last = (task) => this.#known.ofTask(task).findLast(({ seq, loss }) => seq <= asOf && !loss);
    const stale = [...there]
      .map((task) => ({ task, owed: last(task)?.seq ?? 0, shown: this.#tasks.get(task) }))
      .filter(({ task, owed, shown }) => owed > since && shown !== owed && !wentOn(task))
      .map(({ task, owed, shown }) => `it shows task ${task} at ${shown}, and it is at ${owed}`);
    const gone = [...this.#tasks]
      .filter(([task, seq]) => this.#known.get(seq)?.topic === topic && !there.has(task) && last(task)?.isDeletion !== false && !wentOn(task))
      .map(([task]) => `it still shows task ${task}, which is gone`);
    return [...stale, ...gone];
  }
}

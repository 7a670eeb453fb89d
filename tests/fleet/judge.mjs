// Judges what became of a fleet's tasks, from the log's events, the workers' journals and the tasks as they are at the end.

const kEnded = new Set(['succeeded', 'failed', 'cancelled']);

const byTask = (entries) => {
  const groups = new Map();
  for (const entry of entries) groups.set(entry.task, [...(groups.get(entry.task) ?? []), entry]);
  return groups;
};

/** A task's events, in order: ends once, goes from attempt to attempt, and none is told of by another. */
function* faultsOfEvents(task, events) {
  let attempt = 0;
  let hasEnded = false;
  for (const event of events) {
    if (hasEnded) yield `${task} goes on after its end, with ${event.status} of attempt ${event.attempt}`;
    if (event.attempt < attempt) yield `${task} goes back from attempt ${attempt} to ${event.attempt}`;
    attempt = event.attempt;
    const [, told] = /^attempt (\d+) by /.exec(event.message) ?? [];
    if (told !== undefined && Number(told) !== attempt && event.status !== 'queued') yield `attempt ${attempt} of ${task} shows a late report of attempt ${told}`;
    hasEnded = kEnded.has(event.status);
  }
  const last = events.at(-1);
  if (last?.status !== 'succeeded') yield `${task} ended as ${last?.status}, ${JSON.stringify(last?.error)}`;
}

/** Attempts of a task by what their workers know: while a lease was good, no other one was. */
function* faultsOfWork(task, entries) {
  const attempts = new Map();
  for (const { what, attempt, at, sent, worker } of entries) {
    const known = attempts.get(attempt) ?? { attempt, worker, from: Infinity, to: -Infinity, finished: false };
    if (what === 'begun' && known.from !== Infinity) yield `attempt ${attempt} of ${task} was begun twice`;
    if (what === 'begun') Object.assign(known, { from: at, to: Math.max(known.to, at) });
    if (what === 'reported' || what === 'finished') known.to = Math.max(known.to, sent);
    if (what === 'finished') known.finished = true;
    attempts.set(attempt, known);
  }
  const inOrder = [...attempts.values()].sort((a, b) => a.from - b.from);
  for (const [i, next] of inOrder.entries()) {
    for (const before of inOrder.slice(0, i)) {
      if (before.to > next.from) yield `attempts ${before.attempt} (${before.worker}) and ${next.attempt} (${next.worker}) of ${task} ran at the same time`;
    }
  }
  if (inOrder.filter(({ finished }) => finished).length > 1) yield `${task} was finished twice`;
}

/**
 * Every fault, as text. `tasks`: the tasks as they are at the end, with results; `events`: {task, attempt, status, message, error} in the
 * log's order; `journal`: what the workers wrote down.
 */
export function judge({ tasks, events, journal }) {
  const faults = [];
  const seen = byTask(events);
  const worked = byTask(journal);
  for (const { taskId, attempt, result } of tasks) {
    faults.push(...faultsOfEvents(taskId, seen.get(taskId) ?? []));
    const entries = worked.get(taskId) ?? [];
    faults.push(...faultsOfWork(taskId, entries));
    if (result?.attempt !== attempt) faults.push(`${taskId} has the result of attempt ${result?.attempt}, and is in attempt ${attempt}`);
    const finisher = entries.find(({ what }) => what === 'finished');
    if (finisher && (finisher.attempt !== result?.attempt || finisher.worker !== result?.worker)) faults.push(`${taskId} was finished by ${finisher.worker}, and has the result of ${result?.worker}`);
  }
  return faults;
}

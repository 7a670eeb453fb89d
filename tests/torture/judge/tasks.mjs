// Whether what the log tells of each task is a life that a task can have. Some of it may be known to nobody, so only what no gap allows is found.
const kLater = {  // in the same attempt
  queued: ['running', 'cancelling', 'succeeded', 'failed', 'cancelled'],
  running: ['running', 'cancelling', 'succeeded', 'failed', 'cancelled'],
  cancelling: ['cancelling', 'succeeded', 'failed', 'cancelled'],
  succeeded: [],
  failed: [],
  cancelled: [],
};

const kEnd = 'end';

const lifeOf = ({ data }) => {
  const [, , name, , attempt, , , , , done, , percent] = JSON.parse(data);
  return { name, attempt: attempt ?? 1, done, percent };
};

/** Each task's events in each course that the log took: what is there to the end, and what each copy lost with what had led there. */
function coursesOf(known, task) {
  const events = known.ofTask(task);
  const kept = [kEnd, events.filter(({ loss }) => loss === undefined)];
  const lost = known.epochs.losses.map((one) => [one, events.filter(({ loss, seq }) => loss === one || (loss === undefined && seq <= one.after))]);
  return [kept, ...lost].filter(([, course]) => course.length > 0);
}

export function judgeTasks(known, findings) {
  const named = new Map();  // course: name: the tasks that have it there
  for (const task of known.tasks()) {
    const found = new Set();  // the same may be part of several courses
    for (const [course, events] of coursesOf(known, task)) {
      judgeLife(events, (name, text) => found.add(`${name} ${text}`));
      const first = events.find(({ isDeletion }) => !isDeletion);
      if (first) add(named, course, lifeOf(first).name, task);
    }
    for (const one of found) findings.add(one.slice(0, one.indexOf(' ')), `task ${task}: ${one.slice(one.indexOf(' ') + 1)}`);
  }
  for (const { name, key, taskId } of known.starts.values()) {
    if (taskId !== undefined && known.epochs.losses.length === 0) add(named, kEnd, name, taskId);
    const tasks = [...named.values()].map((names) => names.get(name)).find((ids) => ids?.size > 1);
    if (tasks) findings.add('Unique', `${key} was carried out ${tasks.size} times, as ${[...tasks].join(', ')}`);
  }
}

function add(named, course, name, task) {
  const names = named.get(course) ?? new Map();
  named.set(course, names.set(name, (names.get(name) ?? new Set()).add(task)));
}

function judgeLife(events, find) {
  let before;
  for (const event of events) {
    const { seq, isDeletion, status, startedAt } = event;
    if (before?.isDeletion) find('Ordered', `${seq} tells of it after its deletion, ${before.seq}`);
    const now = isDeletion ? { seq, isDeletion } : { seq, status, ...lifeOf(event), startedAt };
    if (!isDeletion && before && !before.isDeletion) judgeStep(before, now, find);
    if (!isDeletion && before?.attempt === now.attempt) now.startedAt ??= before.startedAt;  // not every way of reading tells it
    before = now;
  }
}

function judgeStep(before, now, find) {
  const text = `${before.seq} is ${before.status} in attempt ${before.attempt}, and ${now.seq} is ${now.status} in attempt ${now.attempt}`;
  if (now.name !== before.name) find('Unique', `${before.seq} calls it ${before.name}, and ${now.seq} calls it ${now.name}`);
  if (now.attempt < before.attempt || (now.attempt > before.attempt && before.status === 'succeeded')) return find('Ordered', text);
  if (now.attempt > before.attempt) return undefined;
  if (kLater[before.status] && !kLater[before.status].includes(now.status)) return find('Ordered', text);
  if (now.percent < before.percent || now.done < before.done) find('Ordered', `${text}, which is not as far`);
  const isBegunAgain = before.startedAt !== undefined && now.startedAt !== undefined && before.startedAt !== now.startedAt;
  if (isBegunAgain) find('Unique', `attempt ${now.attempt} began at ${before.startedAt}, and in ${now.seq} at ${now.startedAt}`);
  return undefined;
}

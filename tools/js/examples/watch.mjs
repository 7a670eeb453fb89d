// Prints each change of a user's tasks, for as long as there are any under way.
//
//   node watch.mjs alice
import { watchTasks } from 'taskwire';

const shown = new Map();
const watch = watchTasks(process.argv[2], (tasks, { state, isSynced, error }) => {
  if (state === 'cut') console.error(`cut off${error ? `: ${error.message}` : ''}; what follows comes later`);
  for (const { taskId, taskName, status, progressPercentage } of tasks.values()) {
    const line = `${taskName}: ${status}, ${progressPercentage} %`;
    if (shown.get(taskId) !== line) console.log(line);
    shown.set(taskId, line);
  }
  if (isSynced && [...tasks.values()].every(({ status }) => !['queued', 'running', 'cancelling'].includes(status))) watch.close();
});

// The tasks whose end has not been told yet, and how long a program waits for that.
import { isNode } from './settings.js';

const mostOpen = 1000;
const open = new Set();
let isWatched = false;

export const warn = (text) => console.warn(`taskwire: ${text}`);

/** Whether one more can be told of. */
export function register(reporter) {
  if (open.size >= mostOpen) return false;
  open.add(reporter);
  if (isNode && !isWatched) {
    isWatched = true;
    process.on('exit', () => {
      for (const { name, settings, trouble } of open) warn(`the end of '${name}' could not be told: ${settings.url} ${trouble}`);
    });
  }
  return true;
}

export const forget = (reporter) => open.delete(reporter);

/** Waits until all that has ended is told, at most so long; whether it is. */
export async function flush(timeoutMs = 5000) {
  const ended = [...open].filter(({ hasEnded }) => hasEnded).map(({ told }) => told);
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, timeoutMs, false)));
  const all = await Promise.race([Promise.all(ended).then(() => true), late]);
  clearTimeout(timer);
  return all;
}

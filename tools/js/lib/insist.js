import { Backoff } from './backoff.js';
import { Unreachable } from './http.js';

export const mostBackoffMs = 5000;

/** Asks until there is an answer that will not change. `pause(ms)` waits, and says whether one is wanted still; else undefined. */
export async function insist(ask, pause, mostMs = mostBackoffMs) {
  const backoff = new Backoff({ first: 200, most: mostMs });
  for (;;) {
    let leastMs = 0;
    try {
      const answer = await ask();
      if (!answer.isPassing) return answer;
      leastMs = Math.min(answer.retryAfterMs, mostBackoffMs);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    }
    if (!(await pause(backoff.next(leastMs)))) return undefined;
  }
}

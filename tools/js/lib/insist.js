import { Backoff } from './backoff.js';
import { Unreachable } from './http.js';

export const mostBackoffMs = 5000;

/**
 * Asks until there is an answer that will not change. `pause(ms, why)` waits, and says whether one is wanted still; else undefined. `why`: what
 * went wrong, to be said after the URL.
 */
export async function insist(ask, pause, mostMs = mostBackoffMs) {
  const backoff = new Backoff({ first: 200, most: mostMs });
  for (;;) {
    let leastMs = 0;
    let why;
    try {
      const answer = await ask();
      if (!answer.isPassing) return answer;
      leastMs = Math.min(answer.retryAfterMs, mostBackoffMs);
      why = `answers ${answer.detail}`;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      why = `is away: ${error.message}`;
    }
    if (!(await pause(backoff.next(leastMs), why))) return undefined;
  }
}

// Waiting for what has to come, never for time to pass.
import assert from 'node:assert/strict';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks `condition` until its answer is truthy, and hands that back; fails after `timeoutMs`. */
export async function until(what, condition, timeoutMs = 20_000) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await condition();
    if (answer) return answer;
    if (Date.now() > deadline) assert.fail(`within ${timeoutMs} ms: ${what}`);
    await pause(20);
  }
}

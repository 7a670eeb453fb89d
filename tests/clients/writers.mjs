// Programs that go on writing whatever happens to the services, each event exactly once: by the keys that make repeating safe.
import assert from 'node:assert/strict';
import { until } from '../support/until.mjs';

/** Sends a request again and again until it is accepted; the answer. */
async function post(url, key, body) {
  const send = () =>
    fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key }, body: JSON.stringify(body) })
      .then(async (response) => {
        if (response.status === 202) return response.json();
        assert.equal(response.status, 503, await response.text());
        return undefined;
      }, () => undefined);
  return until(`${url} takes ${key}`, send);
}

/** Publishes 1, 2, 3 … to a channel until `stop`. */
export function publishNumbers(url, channel) {
  const ids = [];
  let goesOn = true;
  const done = (async () => {
    while (goesOn) {
      const number = ids.length + 1;
      ids.push((await post(`${url}/publish/${channel}`, `number-${number}`, number)).id);
    }
  })();
  done.catch(() => {});
  return {
    /** The ids of the numbers, in order. */
    ids,
    stop: () => ((goesOn = false), done),
  };
}

/** Starts a task whenever the last one has gone halfway, until `stop`; answers then how many there were. */
export function runTasks(url, user) {
  let started = 0;
  let goesOn = true;
  const look = async ({ taskId }) => (await fetch(`${url}/api/tasks/${user}/${taskId}`)).json();
  const done = (async () => {
    while (goesOn) {
      const body = { taskName: `Task ${++started}`, params: { durationMs: 400, steps: 10 } };
      const task = await post(`${url}/api/tasks/${user}/start`, `task-${started}`, body);
      await until('the task is halfway or over', async () => {
        const now = await look(task).catch(() => ({}));
        return now.progressPercentage >= 50 || ['succeeded', 'failed'].includes(now.status);
      });
    }
    return started;
  })();
  done.catch(() => {});
  return { stop: () => ((goesOn = false), done) };
}

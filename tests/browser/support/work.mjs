// A program that does a task of its own, as with curl.
import assert from 'node:assert/strict';

async function post(url, path, body) {
  const answer = await fetch(url + path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  assert.ok(answer.ok, await answer.clone().text());
  return answer.json();
}

/** Starts a task that the caller does. */
export async function startWork(services, user, taskName) {
  const { taskId, lease } = await post(services.url, `/api/tasks/${user}/start`, { taskName, claim: true });
  let seq = 0;
  let offset = 0;
  return {
    taskId,
    report: (body) => post(services.url, '/api/work/report', { lease, seq: ++seq, ...body }),
    /** Prints pieces `[stream, text]`. */
    async print(...pieces) {
      const output = pieces.map(([stream, text]) => {
        const piece = { offset, stream, text };
        offset += Buffer.byteLength(text);
        return piece;
      });
      return post(services.url, '/api/work/report', { lease, seq: ++seq, output });
    },
    finish: (body = { result: {} }) => post(services.url, '/api/work/finish', { lease, ...body }),
  };
}

// Asks a service for `/healthz` again and again, on a thread of its own: the bad clients' is busy. A message begins a
// round, the next one ends it; then it says how long each answer took, in ms, and how much memory the service had at most,
// in MiB. A failure is an error of the thread.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';

const kPause = 50;
const kPatience = 5_000;

/** Resident memory of a process, in MiB. */
const memory = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]) / 1024;

/** How long `/healthz` takes a client that comes anew, in ms. */
function healthz(port) {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const call = request({ host: '127.0.0.1', port, path: '/healthz', agent: false, timeout: kPatience }, (answer) => {
      answer.resume().on('end', () => resolve(performance.now() - begin));
      if (answer.statusCode !== 200) reject(new Error(`/healthz answers ${answer.statusCode}`));
    });
    call.on('timeout', () => call.destroy(new Error(`/healthz has not answered within ${kPatience} ms`)));
    call.on('error', reject).end();
  });
}

const { pid, port } = workerData;
for (;;) {
  await once(parentPort, 'message');
  const before = memory(pid);
  const seen = { times: [], before, most: before };
  let goesOn = true;
  once(parentPort, 'message').then(() => { goesOn = false; });
  while (goesOn) {
    seen.times.push(await healthz(port));
    seen.most = Math.max(seen.most, memory(pid));
    await new Promise((resolve) => setTimeout(resolve, kPause));
  }
  parentPort.postMessage(seen);
}

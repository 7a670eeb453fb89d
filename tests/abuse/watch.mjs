// Watches a service while somebody abuses it: that it lives, how soon it answers others, how much memory it takes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { performance } from 'node:perf_hooks';

const kPause = 50;
const kPatience = 5_000;

/** Resident memory of a process, in MiB. */
export const memory = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]) / 1024;

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

/** Runs `abuse`, and tells what others noticed of it. Fails where the service ends or does not answer. */
export async function whileAbused(service, abuse) {
  const { pid } = service.process;
  const before = memory(pid);
  let most = before;
  let goesOn = true;
  const times = [];
  const watching = (async () => {
    while (goesOn) {
      times.push(await healthz(service.port));
      most = Math.max(most, memory(pid));
      await new Promise((resolve) => setTimeout(resolve, kPause));
    }
  })();
  watching.catch(() => {});
  try {
    await Promise.race([abuse(), watching]);
  } finally {
    goesOn = false;
  }
  await watching;
  assert.ok(!service.hasEnded(), `${service.program} ended:\n${service.log.slice(-2000)}`);
  times.sort((a, b) => a - b);
  const at = (part) => times[Math.min(times.length - 1, Math.floor(part * times.length))].toFixed(1);
  return { p50: at(0.5), p99: at(0.99), max: at(1), before: before.toFixed(0), most: most.toFixed(0), grew: most - before };
}

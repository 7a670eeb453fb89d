// A client at work: what it has printed so far.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Starts the program `command` on the stream at `url`. */
export function startFollower([program, ...args], url) {
  const child = spawn(program, [...args, url], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const events = [];
  let hasEnded = false;
  child.on('error', (error) => assert.fail(`${program}: ${error.message}`));
  child.on('exit', () => (hasEnded = true));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [, id, type, data] = /^(\S*) (\S+) (.*)$/.exec(line) ?? assert.fail(`${program} printed ${line}`);
    if (type !== 'heartbeat' && type !== 'upstream') events.push({ id, type, data });
  });
  return {
    /** All that it has received, heartbeats and upstream aside. */
    events,
    hasEnded: () => hasEnded,
    stop() {
      if (!hasEnded) process.kill(-child.pid, 'SIGKILL');  // with the programs that it runs
    },
  };
}

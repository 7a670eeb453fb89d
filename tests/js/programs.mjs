// Programs that use the library, as children.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { until } from '../support/until.mjs';

const library = new URL('../../tools/js/index.js', import.meta.url).href;

/** Runs a module whose code has the library as `taskwire`, or a file of it. */
export function startProgram(code, environment = {}, args = []) {
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TASKWIRE_') && name !== 'NODE_TEST_CONTEXT'));
  const source = code instanceof URL ? [fileURLToPath(code)] : ['--input-type=module', '-e', `import * as taskwire from '${library}';\n${code}`];
  const child = spawn(process.execPath, [...source, ...args], { env: { ...kept, ...environment }, stdio: ['pipe', 'pipe', 'pipe'] });
  const program = { child, out: '', err: '' };
  child.stdout.on('data', (data) => (program.out += data));
  child.stderr.on('data', (data) => (program.err += data));
  program.ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(signal ?? code)));
  /** Waits until it has printed so. */
  program.prints = (text) => until(`it prints ${text}: ${program.out}${program.err}`, () => program.out.includes(text));
  return program;
}

export const endStates = ['succeeded', 'failed', 'cancelled'];

/** What the tests ask an edge that stays. */
export function asker(url) {
  const ask = async (path, method = 'GET', body) => {
    const answer = await fetch(url + path, { method, headers: { 'Content-Type': 'application/json' }, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.status === 204 ? undefined : answer.json();
  };
  const only = async (user) => {
    const { tasks } = await ask(`/api/tasks/${user}`);
    if (tasks.length > 1) throw new Error(`${user} has ${tasks.length} tasks`);
    return tasks[0] && ask(`/api/tasks/${user}/${tasks[0].taskId}`);
  };
  return {
    ask,
    /** The only task of a user. */
    only,
    /** Waits until it is so. */
    seen: (user, isSo) => until(`the task of ${user} is so`, async () => ((task) => task && isSo(task) && task)(await only(user))),
    ended: (user) => until(`the task of ${user} has ended`, async () => ((task) => endStates.includes(task?.status) && task)(await only(user))),
    /** How often the user's tasks have ended, as the log tells it. */
    async ends(user) {
      const { events } = await ask(`/api/events/history?topic=tasks/${user}&limit=256`);
      return events.map(({ data }) => JSON.parse(data)).filter(({ status }) => endStates.includes(status)).map(({ taskId }) => taskId);
    },
  };
}

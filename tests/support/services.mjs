// A real taskwire-engine and taskwire-edge as child processes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until.mjs';

const bin = process.env.TASKWIRE_BIN;
const web = process.env.TASKWIRE_WEB;

/** One of them. It listens on the same port again after `kill` or `stop`, and `start`. */
class Service {
  constructor(program, args) {
    this.program = program;
    this.args = args;
    this.port = 0;
    this.log = '';
  }

  async start() {
    const begin = this.log.length;
    this.process = spawn(join(bin, this.program), [...this.args, '--listen', `127.0.0.1:${this.port}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, TASKWIRE_DRAIN: '0s' },  // streams that tests leave open are not waited for
    });
    const ended = once(this.process, 'exit').then(([code]) => assert.fail(`${this.program} ended (${code}):\n${this.log}`));
    ended.catch(() => {});
    const listening = new Promise((resolve) => {
      this.process.stderr.on('data', (data) => {
        this.log += data;
        const port = /listening on 127\.0\.0\.1:(\d+)\n/.exec(this.log.slice(begin));
        if (port) resolve(Number(port[1]));
      });
    });
    this.port = await Promise.race([listening, ended]);
  }

  hasEnded() {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /** As an operator would. It has to end in order, and in time. */
  async stop() {
    if (this.hasEnded()) return;
    const exited = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    const impatience = setTimeout(() => this.process.kill('SIGKILL'), 15_000);
    const [code, signal] = await exited;
    clearTimeout(impatience);
    assert.equal(code, 0, `${this.program} was to end and did so with ${code ?? signal}:\n${this.log}`);
  }

  /** As a crash would. */
  async kill() {
    if (this.hasEnded()) return;
    const exited = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exited;
  }
}

/** Whether an edge has found its engine; asked on a connection that has gone afterwards, since some edges have one place. */
function isReady(port) {
  return new Promise((resolve, reject) => {
    const asked = get({ host: '127.0.0.1', port, path: '/readyz', agent: false }, (answer) => {
      answer.resume();
      answer.socket.on('close', () => resolve(answer.statusCode === 200));
    });
    asked.on('error', reject);
  });
}

/**
 * Starts both, wired to each other; they and their data are gone after `stop`. The engine tells nothing by itself unless `engineArgs`
 * say --demo-sources.
 */
export async function startServices({ engineArgs = [], edgeArgs = [] } = {}) {
  const data = mkdtempSync(join(tmpdir(), 'taskwire-'));
  const quiet = engineArgs.some((arg) => arg.startsWith('--demo-sources')) ? [] : ['--demo-sources=false'];
  const engine = new Service('taskwire-engine', ['--data-dir', data, ...quiet, ...engineArgs]);
  await engine.start();
  const webArgs = web ? ['--web-root', web] : [];
  const edges = [];
  const startEdge = async (enginePort = engine.port) => {
    const edge = new Service('taskwire-edge', ['--engine', `127.0.0.1:${enginePort}`, ...webArgs, '--heartbeat', '1s', ...edgeArgs]);
    edges.push(edge);
    await edge.start();
    return edge;
  };
  const edge = await startEdge();
  await until('the edge has found its engine', () => isReady(edge.port));
  return {
    engine,
    edge,
    url: `http://127.0.0.1:${edge.port}`,
    /** Starts another edge of the same engine, which it may reach by another port. */
    startEdge,
    /** Starts a task as a program would; the task. */
    async startTask(user, taskName, params = {}, type = 'simulate', more = {}) {
      const answer = await fetch(`http://127.0.0.1:${edge.port}/api/tasks/${user}/start`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ type, taskName, params, ...more }),
      });
      assert.equal(answer.status, 202, await answer.clone().text());
      return answer.json();
    },
    /** Posts text as a program would; its id. */
    async post(path, text) {
      const headers = { 'Content-Type': 'text/plain' };
      const answer = await fetch(`http://127.0.0.1:${edge.port}${path}`, { method: 'POST', headers, body: text });
      assert.equal(answer.status, 202, await answer.clone().text());
      return (await answer.json()).id;
    },
    async stop() {
      try {
        for (const service of [...edges, engine]) await service.stop();
      } finally {
        for (const service of [...edges, engine]) await service.kill();
        rmSync(data, { recursive: true, force: true });
      }
    },
  };
}

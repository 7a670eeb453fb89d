// An engine or an edge as a process that is killed, halted and started again, always on the port of its first start.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { pause } from './pause.mjs';

const kPatience = 60_000;
const kBeforeAnotherStart = 200;

export class Service {
  #program;
  #args;
  #env;
  #journal;
  #log;
  #process;
  #isMeantToEnd = false;
  #isOver = false;
  #text = '';
  port = 0;
  kills = 0;
  /** How often it ended though nobody had killed it, once it listened. */
  crashes = 0;

  /** `folder`: where its log goes. */
  constructor(name, { bin, program, args, env = {}, folder, journal }) {
    this.name = name;
    this.#program = join(bin, program);
    this.#args = args;
    this.#env = { ...process.env, ...env };
    this.#log = join(folder, `${name}.log`);
    this.#journal = journal;
  }

  /** Starts it until it listens, as a supervisor would; an engine whose disk is full may need several starts. `extra`: arguments of this start alone. */
  async start(extra = []) {
    const deadline = Date.now() + kPatience;
    while (!this.#isOver && !(await this.#tryStart(extra))) {
      this.#journal.write('start-failed', { who: this.name, log: this.#text.slice(-500) });
      if (Date.now() > deadline) throw new Error(`${this.name} does not start; its log is ${this.#log}:\n${this.#text.slice(-2000)}`);
      await pause(kBeforeAnotherStart);
    }
    this.#journal.write('started', { who: this.name });
  }

  /** Starts it, and kills it `ms` later, however far it has come. */
  async killWhileItStarts(ms) {
    if (this.#isOver) return;
    const started = this.#tryStart([]);
    await pause(ms);
    await this.kill();
    await started;
  }

  async #tryStart(extra) {
    this.#text = '';
    this.#isMeantToEnd = false;
    const child = spawn(this.#program, [...this.#args, ...extra, '--listen', `127.0.0.1:${this.port}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: this.#env,
    });
    this.#process = child;
    const ended = once(child, 'exit').then(() => 0, () => 0);
    const listening = new Promise((resolve) => {
      child.stderr.on('data', (data) => {
        appendFileSync(this.#log, data);
        this.#text = (this.#text + data).slice(-10_000);
        const port = /listening on 127\.0\.0\.1:(\d+)\n/.exec(this.#text);
        if (port) resolve(Number(port[1]));
      });
    });
    const port = await Promise.race([listening, ended]);
    if (port === 0) return false;
    this.port = port;
    child.once('exit', (code, signal) => {
      if (this.#isMeantToEnd) return;
      this.crashes += 1;
      this.#journal.write('crash', { who: this.name, code, signal, log: this.#text.slice(-2000) });
    });
    return true;
  }

  isRunning() {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  signal(name) {
    if (this.isRunning()) this.#process.kill(name);
  }

  /** For good. */
  end() {
    this.#isOver = true;
    return this.kill();
  }

  /** As a crash would. */
  async kill() {
    this.#isMeantToEnd = true;
    if (!this.isRunning()) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
    this.kills += 1;
  }
}

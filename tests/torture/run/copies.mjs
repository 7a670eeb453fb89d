// Copies of the engine's log, made while it runs, and put in its place.
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export class Copies {
  #program;
  #data;
  #copy;

  /** `data`: the engine's folder. `folder`: where a copy goes. */
  constructor(bin, { data, folder }) {
    this.#program = join(bin, 'taskwire-engine');
    this.#data = data;
    this.#copy = join(folder, 'copy.db');
  }

  /** Makes one of the log as it is now. */
  async make() {
    rmSync(this.#copy, { force: true });
    await run(this.#program, ['--data-dir', this.#data, 'backup', this.#copy]);
  }

  /** While no engine runs: the copy becomes the log. */
  putBack() {
    rmSync(this.#data, { recursive: true });
    mkdirSync(this.#data, { mode: 0o700 });
    copyFileSync(this.#copy, join(this.#data, 'taskwire.db'));
  }

  /** The log's name and head, once it is seen to be as it was written. */
  async look() {
    const { stdout } = await run(this.#program, ['--data-dir', this.#data, 'check']);
    const [, epoch, head] = /: log (\w+) up to (\d+),/.exec(stdout);
    return { epoch, head: Number(head) };
  }
}

// The history of a run: a JSON line for each thing that was asked, answered, sent or received, in the order of its happening.
import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

const kBuffered = 1 << 18;
const kLongest = 1000;

/** Data as a history carries it: long text as its beginning, its length and its digest. */
export function told(data) {
  if (data.length <= kLongest) return data;
  return `${data.slice(0, 200)}…${data.length}:${createHash('sha256').update(data).digest('hex').slice(0, 24)}`;
}

/** The same of what comes in an envelope: its first line as it is. */
export function toldEnveloped(data) {
  const end = data.indexOf('\n') + 1;
  return data.slice(0, end) + told(data.slice(end));
}

export class Journal {
  #file;
  #lines = '';
  #begin = performance.now();
  lines = 0;

  constructor(path) {
    this.#file = openSync(path, 'w');
  }

  /** Milliseconds since the beginning, by a clock that does not jump. */
  now() {
    return Math.round((performance.now() - this.#begin) * 10) / 10;
  }

  write(what, fields) {
    if (this.#file === undefined) return;
    this.#lines += `${JSON.stringify({ at: this.now(), what, ...fields })}\n`;
    this.lines += 1;
    if (this.#lines.length > kBuffered) this.flush();
  }

  flush() {
    writeSync(this.#file, this.#lines);
    this.#lines = '';
  }

  /** What happens from now on is not told. */
  close() {
    if (this.#file === undefined) return;
    this.flush();
    closeSync(this.#file);
    this.#file = undefined;
  }
}

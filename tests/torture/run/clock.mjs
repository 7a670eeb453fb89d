// A wall clock of the engine's own that jumps, while its monotonic clock goes on: libfaketime, where it is installed.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const kLibraries = ['/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1', '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1'];

export class Clock {
  #file;
  #offset = 0;

  /** `program`: the engine's file; one with a sanitizer cannot be put behind another clock. */
  constructor(folder, program) {
    this.#file = join(folder, 'clock');
    const library = kLibraries.find((path) => existsSync(path));
    /** Why it cannot jump; nothing if it can. */
    this.lack = undefined;
    if (!library) this.lack = 'the Debian package libfaketime is not installed';
    else if (readFileSync(program).includes('__asan_init')) this.lack = 'the engine is built with a sanitizer';
    this.env = this.lack ? {} : {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_NO_CACHE: '1',
      NO_FAKE_STAT: '1',
    };
    this.#write();
  }

  #write() {
    writeFileSync(`${this.#file}.new`, `${this.#offset < 0 ? '' : '+'}${this.#offset}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }

  jump(seconds) {
    this.#offset += seconds;
    this.#write();
  }
}

// A small disk of the engine's own that can be filled. It takes root to mount one.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const kSize = 128;  // MiB

export class Disk {
  #isMounted = false;

  constructor(folder) {
    this.folder = folder;
    mkdirSync(folder);
    const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kSize}m`, 'tmpfs', folder], { encoding: 'utf8' });
    this.#isMounted = status === 0;
    /** Why it cannot be filled; nothing if it can. */
    this.lack = this.#isMounted ? undefined : `no tmpfs can be mounted (${(stderr ?? error?.message ?? '').trim()})`;
  }

  #filler() {
    return join(this.folder, 'filler');
  }

  fill() {
    const file = openSync(this.#filler(), 'w');
    const bytes = Buffer.alloc(1 << 16);
    try {
      for (;;) writeSync(file, bytes);
    } catch (error) {
      if (error.code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }

  free() {
    rmSync(this.#filler(), { force: true });
  }

  close() {
    if (this.#isMounted) spawnSync('umount', ['-l', this.folder]);
  }
}

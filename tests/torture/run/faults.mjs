// Does what a schedule says, each lane one thing after the other, so that what takes longer than planned delays only what follows in its lane.
import { performance } from 'node:perf_hooks';
import { pause } from './pause.mjs';

export class Faults {
  #world;
  #random;
  #journal;
  #isOver = false;
  #diskIsFree = Promise.resolve();
  counts = {};

  /** `world`: {engine, edges, fronts, links, disk, clock, copies}; one of `links` more than there are edges leads to the engine itself. */
  constructor(world, { random, journal }) {
    this.#world = world;
    this.#random = random;
    this.#journal = journal;
  }

  /** Runs all of it. */
  async run(faults) {
    const lanes = new Map();
    for (const fault of faults) lanes.set(fault.lane, [...(lanes.get(fault.lane) ?? []), fault]);
    const begin = performance.now();
    await Promise.all([...lanes.values()].map(async (lane) => {
      for (const fault of lane) {
        await pause(Math.max(0, begin + fault.at - performance.now()));
        if (this.#isOver) return;
        await this.#act(fault);
      }
    }));
  }

  /** What is under way ends, and nothing follows. */
  end() {
    this.#isOver = true;
  }

  async #act(fault) {
    const { lane, kind, hold, again, seconds } = fault;
    this.counts[`${lane}: ${kind}`] = (this.counts[`${lane}: ${kind}`] ?? 0) + 1;
    this.#journal.write('fault', { lane, kind, hold, again, seconds });
    if (lane === 'network') await this.#onNetwork(fault);
    else if (lane === 'disk') await this.#withDisk(() => this.#fillDisk(hold));
    else await this.#onService(lane === 'engine' ? this.#world.engine : this.#world.edges[Number(lane.at(-1)) - 1], fault);
    this.#journal.write('over', { lane, kind });
  }

  async #onService(service, { kind, hold, again, seconds }) {
    const { clock } = this.#world;
    if (kind === 'kill' || kind === 'epoch') {
      await service.kill();
      await pause(hold);
      if (again !== undefined) await service.killWhileItStarts(again);
      await service.start(kind === 'epoch' ? ['--new-epoch'] : []);
    } else if (kind === 'restore') {
      await this.#withDisk(() => this.#restore(hold));
    } else if (kind === 'halt') {
      service.signal('SIGSTOP');
      await pause(hold);
      service.signal('SIGCONT');
    } else if (kind === 'jump') {
      // What is under way loses its answer, so that some of it is asked for again at another time.
      for (const front of this.#world.fronts) front.cut();
      clock.jump(seconds);
      await pause(hold);
    } else {
      await pause(hold);
    }
  }

  /** One after the other: a log is not restored while its disk is full. */
  async #withDisk(act) {
    const done = this.#diskIsFree.then(act);
    this.#diskIsFree = done.catch(() => {});
    await done;
  }

  async #fillDisk(hold) {
    const { disk } = this.#world;
    try {
      disk.fill();
      await pause(hold);
    } finally {
      disk.free();
    }
  }

  /** A copy is made, the log goes on, and then the copy takes its place. */
  async #restore(hold) {
    const { engine, copies } = this.#world;
    const { epoch } = await copies.look();
    this.#journal.write('named', { epoch });
    this.#journal.write('backup', {});
    await copies.make();
    await pause(hold);
    this.#journal.write('restoring', {});
    await engine.kill();
    copies.putBack();
    this.#journal.write('restored', await copies.look());
    await engine.start();
  }

  async #onNetwork({ kind, hold, share, edge, link }) {
    const { links, fronts } = this.#world;
    const proxy = kind.endsWith('-link') ? links[link] : fronts[edge];
    const chosen = () => this.#random.below(100) < share * 100;
    if (kind.startsWith('cut')) proxy.cut(chosen);
    if (kind.startsWith('half-open')) {
      proxy.halfOpen();
      await pause(hold);
      proxy.heal();
    }
    if (kind === 'stall') {
      const resume = proxy.stall(chosen);
      await pause(hold);
      resume();
    }
  }
}

// What fails when, from a seed alone.
import { randomOf } from '../../abuse/random.mjs';

const kEdge = {
  peace: [500, 1200],
  kinds: [
    { kind: 'kill', weight: 80, hold: [0, 900] },
    { kind: 'halt', weight: 12, hold: [100, 2500] },
    { kind: 'peace', weight: 8, hold: [2000, 6000] },
  ],
};
/** Each lane goes on by itself: what it does, how long that holds, and the peace after it, in ms. `weight`: how often. */
const kLanes = {
  engine: {
    peace: [300, 900],
    kinds: [
      { kind: 'kill', weight: 75, hold: [0, 400] },
      { kind: 'halt', weight: 9, hold: [100, 2500] },
      { kind: 'jump', weight: 7, hold: [4000, 6000] },  // the engine is let alone for so long after it
      { kind: 'epoch', weight: 3, hold: [0, 400] },  // killed, and started with another name for the log
      { kind: 'restore', weight: 2, hold: [500, 2500] },  // a copy of before so long takes the log's place
      { kind: 'peace', weight: 3, hold: [3000, 8000] },
    ],
  },
  'edge-1': kEdge,
  'edge-2': kEdge,
  network: {
    peace: [300, 1200],
    kinds: [
      { kind: 'cut', weight: 40, hold: [0, 0] },
      { kind: 'half-open', weight: 12, hold: [500, 4000] },
      { kind: 'stall', weight: 24, hold: [500, 6000] },
      { kind: 'cut-link', weight: 12, hold: [0, 0] },
      { kind: 'half-open-link', weight: 12, hold: [500, 6000] },
    ],
  },
  // Beside the engine's, so that it is killed, halted and started on a full disk too.
  disk: {
    peace: [4000, 12000],
    kinds: [{ kind: 'full', weight: 1, hold: [1000, 3000] }],
  },
};
const kStart = 150;              // ms: about what a start takes, so that some are killed in it
const kMostJump = 40 * 3600;     // s
const kMostUnnoted = 20 * 3600;  // s: to an engine that starts anew this is time that went by, and keys are kept for 24 h

const between = (random, [least, most]) => least + random.below(most - least + 1);

function pick(random, kinds) {
  let place = random.below(kinds.reduce((sum, { weight }) => sum + weight, 0));
  return kinds.find(({ weight }) => (place -= weight) < 0);
}

/** The faults of a run of `ms`, in order: {at, lane, kind, hold, again, share, edge, link, seconds}. `without`: kinds that cannot be had. */
export function schedule(seed, ms, without = []) {
  const faults = [];
  for (const [index, [lane, { peace, kinds }]] of Object.entries(kLanes).entries()) {
    const random = randomOf(seed * 16 + index);
    const possible = kinds.filter(({ kind }) => !without.includes(kind));
    if (possible.length === 0) continue;
    for (let at = between(random, peace); at < ms;) {
      // Once in the middle the log gets another name, however short the run is.
      const isMiddle = lane === 'engine' && at >= ms / 2 && !faults.some((fault) => fault.lane === lane && fault.at >= ms / 2);
      const { kind, hold: range } = isMiddle ? kinds.find((one) => one.kind === 'epoch') : pick(random, possible);
      const hold = between(random, range);
      const fault = { at, lane, kind, hold, share: random.of([0.1, 0.5, 1]), edge: random.below(2), link: random.below(3) };
      if (kind === 'kill' && random.below(4) === 0) fault.again = random.below(kStart);
      if (kind === 'jump') {
        const isKilled = random.below(2) === 0;  // at once
        const most = isKilled ? kMostUnnoted : kMostJump;
        fault.seconds = random.below(2 * most) - most;
        if (isKilled) fault.hold = random.below(300);
      }
      faults.push(fault);
      at += fault.hold + between(random, peace);
    }
  }
  return faults.sort((a, b) => a.at - b.at);
}

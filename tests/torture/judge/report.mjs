// A judgement as lines of text.
import { kGuarantees } from './findings.mjs';

const kBreaches = {
  Reliable: 'lost', Unique: 'doubled', Ordered: 'disordered', Atomic: 'split', Resumable: 'not resumed', Bookmark: 'wrong ids', Isolated: 'leaked',
  Told: 'resets and skips not permitted',
};

const list = (counts) => Object.entries(counts).map(([name, count]) => `${count} ${name}`).join(', ') || 'none';

/** The lines; the last one is the verdict. `isTrue`: whether it holds. */
export function report({ findings, trouble, figures }) {
  const { acknowledged, batches, tasks, events, taskEvents, epochs, trimmed, readers, connections, deliveries, resets, skipped, kills, seed } = figures;
  const lines = [
    `${acknowledged} events acknowledged (${batches} batches), ${tasks} tasks; the log: ${events} events, ${taskEvents} of tasks, under ${epochs} names; trimmed, of what pages told: ${list(trimmed)}`,
    `${readers} readers on ${connections} connections got ${deliveries} events; resets told: ${list(resets)}; skips told: ${skipped}`,
  ];
  for (const name of kGuarantees) {
    const { count, examples } = findings.of(name);
    lines.push(count === 0 ? `${name}: holds` : `${name}: BROKEN, ${count} times`, ...examples.map((text) => `    ${text}`));
  }
  lines.push(...trouble.map((text) => `trouble: ${text}`));
  const broken = Object.entries(kBreaches).map(([name, text]) => `${text} ${findings.of(name).count}`);
  lines.push(`in all, seed ${seed}: kills ${list(kills)}; acknowledged ${acknowledged}, delivered ${deliveries}; ${broken.join(', ')}`);
  const isTrue = findings.broken.length === 0 && trouble.length === 0;
  lines.push(isTrue ? 'verdict: every guarantee holds' : `verdict: ${[...findings.broken, ...(trouble.length > 0 ? ['trouble'] : [])].join(', ')}`);
  return { lines, isTrue };
}

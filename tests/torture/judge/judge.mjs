// Judges a history: twice through it, first for what there was, then for what each reader was given of it.
import { Findings } from './findings.mjs';
import { Known } from './known.mjs';
import { Policy } from './policy.mjs';
import { ReaderJudge } from './reader.mjs';
import { isKeyed } from './cursor.mjs';
import { topicOf } from './event.mjs';
import { PageJudge } from './page.mjs';
import { judgeTasks } from './tasks.mjs';

/** `lines()`: goes through the history's lines, as objects, from the beginning. Findings, figures, and what stands in the way of a judgement. */
export async function judge(lines) {
  const findings = new Findings();
  const known = new Known(findings);
  for await (const line of lines()) known.take(line);
  known.finish();
  const policy = new Policy(known);
  judgeBatches(known, findings);
  judgeAnswers(known, policy, findings);
  judgeTasks(known, findings);

  const readers = new Map();
  const pages = new PageJudge({ known, policy, findings });
  let connections = 0;
  for await (const line of lines()) {
    if (line.what === 'open') {
      if (!readers.has(line.by)) readers.set(line.by, new ReaderJudge(line.by, line, { known, policy, findings }));
      readers.get(line.by).open(line);
      connections += 1;
    } else if (line.what === 'opened') {
      readers.get(line.by).opened(line);
    } else if (line.what === 'got') {
      readers.get(line.by).got(line);
    } else if (line.what === 'page') {
      pages.judge(line);
    }
  }
  const trouble = [...known.trouble];
  for (const reader of readers.values()) reader.end();
  if (!known.hasEnded) trouble.push('the history has no end: the run was broken off');
  const unanswered = [...known.asks.values(), ...known.starts.values()].filter(({ isAnswered }) => !isAnswered);
  if (unanswered.length > 0) trouble.push(`${unanswered.length} requests were never answered, ${unanswered[0].key} is one`);
  return { findings, trouble, figures: figuresOf(known, [...readers.values()], connections, pages.trimmed) };
}

/** A batch is in the log as a whole, one event behind the other, or not at all. */
function judgeBatches(known, findings) {
  for (const { key, datas, sequences, isAnswered } of known.asks.values()) {
    if (datas.length === 1) continue;
    const there = sequences.filter((seq) => seq !== undefined);
    if (there.length === 0 && !isAnswered) continue;
    if (there.length < datas.length) findings.add('Atomic', `of ${key}, ${there.length} events of ${datas.length} are in the log`);
    else if (sequences.some((seq, i) => seq !== sequences[0] + i)) findings.add('Atomic', `${key} is in the log in pieces: ${sequences.join(', ')}`);
  }
}

/** What was acknowledged is kept, in the order of its acknowledgements. */
function judgeAnswers(known, policy, findings) {
  const last = new Map();  // writer: its last sequence
  for (const ask of known.asks.values()) {
    const { by, key, sequences, answeredAt } = ask;
    if (answeredAt === undefined) continue;
    if (sequences[0] <= (last.get(by) ?? 0)) {
      findings.add('Ordered', `${key} is at ${sequences[0]}, and what ${by} had been acknowledged before at ${last.get(by)}`);
    }
    last.set(by, sequences.at(-1));
    for (const [index, seq] of sequences.entries()) {
      const topic = topicOf(ask, index);
      const final = known.finals.get(topic);
      if (!final || final.there.has(seq) || policy.mayBeTrimmed(known.get(seq), final.at)) continue;
      findings.add('Reliable', `${seq} of ${topic} was acknowledged to ${key}, and is gone`);
    }
  }
  for (const { taskId, key, answeredAt } of known.starts.values()) {
    if (taskId === undefined || known.ofTask(taskId).length > 0) continue;
    if (known.epochs.losses.some(({ backupAt, to }) => answeredAt > backupAt && answeredAt < to)) continue;
    findings.add('Reliable', `task ${taskId} was acknowledged to ${key}, and nothing tells of it`);
  }
}

function figuresOf(known, readers, connections, trimmed) {
  const resets = {};
  for (const reader of readers) {
    for (const [reason, count] of reader.resets) resets[reason] = (resets[reason] ?? 0) + count;
  }
  const sum = (of) => readers.reduce((total, reader) => total + of(reader), 0);
  return {
    acknowledged: [...known.asks.values()].reduce((total, { answeredAt, datas }) => total + (answeredAt === undefined ? 0 : datas.length), 0),
    batches: [...known.asks.values()].filter(({ datas }) => datas.length > 1).length,
    tasks: [...known.starts.values()].filter(({ taskId }) => taskId !== undefined).length,
    events: known.all.length,
    taskEvents: known.all.filter(({ topic }) => isKeyed(topic)).length,
    readers: readers.length,
    connections,
    deliveries: sum(({ events }) => events),
    resets,
    trimmed,
    kills: known.kills,
    seed: known.seed,
    epochs: known.epochs.count,
    skipped: sum(({ skipped }) => skipped),
  };
}

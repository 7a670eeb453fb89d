// The whole run: everybody at work while everything fails, then peace, in which all have to catch up.
import { randomOf } from '../../abuse/random.mjs';
import { until } from '../../support/until.mjs';
import { Auditor } from './auditor.mjs';
import { Caller } from './caller.mjs';
import { EngineCalls } from './engine_calls.mjs';
import { Faults } from './faults.mjs';
import { Journal } from './journal.mjs';
import { populate } from './population.mjs';
import { knowsEnvelopes } from './openapi.mjs';
import { schedule } from './schedule.mjs';
import { kTopics, kUsers } from './topics.mjs';
import { createWorld, limitsOf } from './world.mjs';

const kPeace = 90_000;  // at most, in ms

const sequenceOf = (id) => Number(id?.split('-')[1] ?? -1);

/** Runs and writes the history; figures, and what could not be had. `say`: takes a line of progress. */
export async function torture({ seconds, seed, clients, load, bin, history, say, mutation }) {
  const journal = new Journal(history);
  const limits = limitsOf(seconds);
  const world = await createWorld({ bin, journal, limits, mutation });
  const breakOff = () => {
    world.close().finally(() => process.exit(130));
    journal.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, breakOff);
  const hasEnvelopes = await knowsEnvelopes(world.edges[0].port);
  const leftOut = [
    ['full', 'a full disk', world.disk.lack],
    ['jump', 'jumps of the clock', world.clock.lack],
    ['grpc', 'writers and watchers over gRPC', world.grpc.lack],
    ['envelope', 'readers with envelopes', hasEnvelopes ? undefined : 'the edge does not know them'],
  ].filter(([, , lack]) => lack);
  journal.write('run', { seed, seconds, clients, limits, leftOut: leftOut.map(([kind]) => kind) });
  for (const [, what, lack] of leftOut) say(`left out: ${what}, for ${lack}`);

  const engine = world.grpc.lack ? undefined : new EngineCalls(world.grpc, () => world.direct.port);
  const caller = new Caller({ edges: world.fronts, engine, random: randomOf(seed + 1), journal });
  const people = populate({ seed, clients, load, caller, world, hasEnvelopes, journal });
  const { writers, bosses, auditors, readers } = people;
  const faults = new Faults(world, { random: randomOf(seed + 2), journal });
  const published = () => writers.reduce((sum, { events }) => sum + events, 0);
  const deliveries = () => readers.reduce((sum, { received }) => sum + received, 0);
  const kills = () => [world.engine, ...world.edges].map(({ kills }) => kills);
  const progress = setInterval(() => {
    say(`${Math.round(journal.now() / 1000)} s: kills ${kills().join('/')}, ${published()} events acknowledged, ${deliveries()} blocks received`);
  }, 5000);
  const problems = [];
  let killed;
  /** Goes on where it does not come about: the validator says what that means. */
  const hope = (what, condition) => until(what, condition, kPeace).catch((error) => problems.push(error.message));
  let isWhole = true;
  try {
    const over = setTimeout(() => faults.end(), seconds * 1000);
    await faults.run(schedule(seed, seconds * 1000, leftOut.map(([kind]) => kind)));
    clearTimeout(over);

    say('peace');
    killed = kills();
    journal.write('peace', {});
    const stopped = Promise.all([...writers, ...bosses, ...auditors].map((one) => one.stop()));
    let haveStopped = false;
    stopped.then(() => { haveStopped = true; });
    await hope('every request is answered', () => haveStopped);
    await hope('every task ends', async () => (await Promise.all(bosses.map((boss) => boss.hasSettled()))).every((hasSettled) => hasSettled));
    const calm = new Caller({ edges: world.edges, random: randomOf(seed + 3), journal });
    journal.write('ask', { by: 'mark', key: 'mark', topic: 'channels/mark', type: 'message', datas: ['"mark"'] });
    const mark = await calm.insist(
      { method: 'POST', path: '/publish/mark', headers: { 'Content-Type': 'application/json' }, body: '"mark"' }, { by: 'mark', key: 'mark' });
    for (const reader of readers) reader.hurry();
    await hope('every reader has caught up', () => readers.every(({ lastId, isOver }) => isOver || sequenceOf(lastId) >= sequenceOf(mark.body.id)));
    caller.giveUp();
    const last = new Auditor('auditor-last', { caller: calm, random: randomOf(seed + 4), journal });
    for (const topic of kTopics) await last.readAll(topic);
    for (const user of kUsers) await last.list(user);
    journal.write('end', { mark: mark.body.id });
  } catch (error) {
    isWhole = false;
    problems.push(error.stack);
  } finally {
    clearInterval(progress);
    caller.giveUp();
    await Promise.all(readers.map((reader) => reader.stop()));
    engine?.close();
    journal.close();
    await world.close({ isKept: problems.length > 0 });
  }
  if (problems.length > 0) problems.push(`the logs of the services are in ${world.folder}`);
  const services = [world.engine, ...world.edges];
  return {
    isWhole,
    leftOut: leftOut.map(([, what]) => what),
    problems,
    crashes: services.filter(({ crashes }) => crashes > 0).map(({ name, crashes }) => `${name} ended ${crashes} times by itself`),
    kills: Object.fromEntries(services.map(({ name }, i) => [name, killed?.[i] ?? 0])),
    faults: faults.counts,
    published: published(),
    started: bosses.reduce((sum, { started }) => sum + started, 0),
    deleted: bosses.reduce((sum, { deleted }) => sum + deleted, 0),
    deliveries: deliveries(),
    lines: journal.lines,
  };
}

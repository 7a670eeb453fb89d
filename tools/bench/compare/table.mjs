// The results as Markdown.
import { peers } from './peers.mjs';
import { measurements } from './plan.mjs';
import { kBusyClient, median, ratio, summary, verdict } from './statistics.mjs';

function digits(value) {
  if (value >= 10_000) return `${Number((value / 1000).toPrecision(3))}k`;
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(value < 1 ? 2 : 3)));
}

/** The values of a figure by round. */
function valuesOf(results, measurement, server, figure) {
  const found = results.filter((one) => one.measurement === measurement && one.server === server && one.figures?.[figure] !== undefined);
  return new Map(found.map((one) => [one.round, one.figures[figure]]));
}

const isBusy = (results, measurement, server) => {
  const shares = [...valuesOf(results, measurement, server, 'clientShare').values()];
  return shares.length > 0 && median(shares) > kBusyClient;
};

function cell(results, measurement, server, figure) {
  const values = [...valuesOf(results, measurement, server, figure.key).values()];
  if (values.length === 0) return '–';
  const { median: middle, least, most } = summary(values);
  const atLeast = figure.isLimit && isBusy(results, measurement, server) ? 'at least ' : '';
  return `${atLeast}${digits(middle)} (${digits(least)} to ${digits(most)})`;
}

function ratioCell(results, measurement, server, figure) {
  const found = ratio(valuesOf(results, measurement, 'taskwire', figure.key), valuesOf(results, measurement, server, figure.key));
  if (!found) return '–';
  const isOpen = figure.isLimit && (isBusy(results, measurement, server) || isBusy(results, measurement, 'taskwire'));
  const says = isOpen ? 'undecided' : verdict(found, figure.better);
  return `${digits(found.median)} (${digits(found.least)} to ${digits(found.most)}) ${says}`;
}

const row = (cells) => `| ${cells.join(' | ')} |`;
const head = (cells) => [row(cells), row(cells.map(() => '---'))];

function losses(results, servers) {
  return servers.flatMap((server) => {
    const bad = results.filter((one) => one.server === server && (one.problem || one.exact === false));
    if (bad.length === 0) return [];
    const kinds = new Map();
    for (const one of bad) {
      const lost = one.faults && Object.entries(one.faults).filter(([, count]) => count > 0).map(([kind]) => kind).join(', ');
      const kind = `${one.measurement}: ${one.problem ? one.problem.split('\n')[0].slice(0, 160) : lost}`;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    return [...kinds].map(([kind, count]) => `- ${peers[server].title}, ${kind} (${count} times)`);
  });
}

/** Of the lines of a file of results. */
export function report(lines) {
  const about = lines.find((line) => line.machine)?.machine ?? 'unknown';
  const results = lines.filter((line) => line.measurement);
  const servers = Object.keys(peers).filter((server) => results.some((one) => one.server === server));
  const others = servers.filter((server) => server !== 'taskwire');
  const rounds = new Set(results.map(({ round }) => round)).size;
  const shown = measurements(false).filter(({ key }) => results.some((one) => one.measurement === key));
  const rows = shown.flatMap(({ key, figures }) => figures.map((figure) => ({ key, figure })));
  const title = ({ title: text, unit }) => (unit ? `${text}, ${unit}` : text);
  const shares = shown.map(({ key }) => row([key, ...servers.map((server) => {
    const values = [...valuesOf(results, key, server, 'clientShare').values()];
    return values.length === 0 ? '–' : digits(median(values));
  })]));
  const lost = losses(results, servers);
  return [
    `Medians of ${rounds} rounds in turns, with the least and the most, on ${about}.`,
    '',
    ...head(['', ...servers.map((server) => peers[server].title)]),
    ...rows.map(({ key, figure }) => row([title(figure), ...servers.map((server) => cell(results, key, server, figure))])),
    ...(servers.includes('taskwire') && others.length > 0 ? [
      '', `taskwire to the others: the ratio of the medians, the range of the ratios of each round, and whether that is all on one side of 1.`, '',
      ...head(['', ...others.map((server) => `to ${peers[server].title}`)]),
      ...rows.filter(({ key }) => key !== 'polling').map(({ key, figure }) => row([title(figure), ...others.map((server) => ratioCell(results, key, server, figure))])),
    ] : []),
    '', "The client's share of its core, medians:", '', ...head(['', ...servers.map((server) => peers[server].title)]), ...shares,
    ...(lost.length > 0 ? ['', 'What was not measured, or not delivered once to each:', '', ...lost] : []),
  ].join('\n');
}

// The results as Markdown.
import { peers } from './peers.mjs';
import { measurements } from './plan.mjs';
import { kBusyClient, kFewestRounds, median, ratio, summary, verdict } from './statistics.mjs';

function digits(value) {
  if (value >= 10_000) return `${Number((value / 1000).toPrecision(3))}k`;
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(value < 1 ? 2 : 3)));
}

/** The values of a figure by round, of `results` of one measurement of one server. */
function valuesOf(results, figure) {
  return new Map(results.filter((one) => one.figures?.[figure] !== undefined).map((one) => [one.round, one.figures[figure]]));
}

const isLossy = (one) => one.exact === false;

// A time that a busy client measures is its own too; so is a most that it reaches. What a server uses is not.
const isOfClient = (figure) => figure.isLimit || figure.unit === 'ms';

function isBusy(results, figure) {
  const shares = [...valuesOf(results, figure.share ?? 'clientShare').values()];
  return shares.length > 0 && median(shares) > kBusyClient;
}

function cell(results, figure) {
  const values = [...valuesOf(results, figure.key).values()];
  if (values.length === 0) return '–';
  const { median: middle, least, most } = summary(values);
  const bound = isOfClient(figure) && isBusy(results, figure) ? (figure.better === 'lower' ? 'at most ' : 'at least ') : '';
  const lossy = results.filter(isLossy).length;
  return `${bound}${digits(middle)} (${digits(least)} to ${digits(most)})${lossy > 0 ? `, ${lossy} lossy` : ''}`;
}

function ratioCell(ours, theirs, figure) {
  if (!ratio(valuesOf(ours, figure.key), valuesOf(theirs, figure.key))) return '–';
  const found = ratio(...[ours, theirs].map((results) => valuesOf(results.filter((one) => !isLossy(one)), figure.key)));
  if (!found) return 'lossy';
  const says = isOfClient(figure) && (isBusy(ours, figure) || isBusy(theirs, figure)) ? "the client's limit" : verdict(found, figure.better);
  return `${digits(found.median)} (${digits(found.least)} to ${digits(found.most)}) ${says}`;
}

const row = (cells) => `| ${cells.join(' | ')} |`;
const head = (cells) => [row(cells), row(cells.map(() => '---'))];

/** How often each text of `texts`. */
function counted(texts) {
  const counts = new Map();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => `${text} (${count} ${count === 1 ? 'time' : 'times'})`);
}

/** What went wrong in `results`, of one measurement of one server. */
function losses(results) {
  const sums = {};
  for (const { faults } of results.filter(isLossy)) for (const [kind, count] of Object.entries(faults ?? {})) sums[kind] = (sums[kind] ?? 0) + count;
  const lost = Object.entries(sums).filter(([, count]) => count > 0).map(([kind, count]) => `${count} ${kind}`).join(', ');
  return [
    ...(lost ? [`${lost} in ${results.filter(isLossy).length} of ${results.length} rounds`] : []),
    ...counted(results.filter(({ problem }) => problem).map(({ problem }) => problem.split('\n')[0].slice(0, 160))),
  ];
}

const isOften = (texts, title) => (texts.length > 0 ? ['', title, '', ...texts.map((text) => `- ${text}`)] : []);

/** Of the lines of a file of results. */
export function report(lines) {
  const about = lines.find((line) => line.machine) ?? { machine: 'unknown' };
  const results = lines.filter((line) => line.measurement);
  const servers = Object.keys(peers).filter((server) => results.some((one) => one.server === server));
  const others = servers.filter((server) => server !== 'taskwire');
  const rounds = new Set(results.map(({ round }) => round)).size;
  const shown = measurements(about.short ?? false).filter(({ key }) => results.some((one) => one.measurement === key));
  const rows = shown.flatMap(({ key, figures }) => figures.map((figure) => ({ key, figure })));
  const of = (key, server) => results.filter((one) => one.measurement === key && one.server === server);
  const title = ({ title: text, unit }) => (unit ? `${text}, ${unit}` : text);
  const each = (tell) => servers.flatMap((server) => shown.flatMap(({ key }) => tell(of(key, server)).map((text) => `${peers[server].title}, ${key}: ${text}`)));
  const shares = shown.flatMap(({ key, figures }) => [...new Set(figures.map(({ share }) => share ?? 'clientShare'))].map((share) =>
    row([share === 'clientShare' ? key : `${key}, ${share}`, ...servers.map((server) => {
      const values = [...valuesOf(of(key, server), share).values()];
      return values.length === 0 ? '–' : digits(median(values));
    })])));
  return [
    ...(about.short ? ['**Short runs with a fifth of the readers, to see that all works: they compare nothing.**', ''] : []),
    `Medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'} in turns, with the least and the most, on ${about.machine}.`,
    '',
    ...head(['', ...servers.map((server) => peers[server].title)]),
    ...rows.map(({ key, figure }) => row([title(figure), ...servers.map((server) => cell(of(key, server), figure))])),
    '', ...servers.map((server) => `- ${peers[server].title}: ${peers[server].told}`),
    ...(servers.includes('taskwire') && others.length > 0 ? [
      '', `taskwire to the others: the ratio of the medians and the range of the ratios of each round, both over the rounds that both have and that lost nothing; and \
whether that range lies on one side of 1 (undecided: it does not), of at least ${kFewestRounds} rounds, with a client that used no more than ${kBusyClient} of its core.`, '',
      ...head(['', ...others.map((server) => `to ${peers[server].title}`)]),
      ...rows.filter(({ key, figure }) => key !== 'polling' && !figure.isCount).map(({ key, figure }) => row([title(figure), ...others.map((server) => ratioCell(of(key, 'taskwire'), of(key, server), figure))])),
    ] : []),
    '', "The client's share of its core, medians:", '', ...head(['', ...servers.map((server) => peers[server].title)]), ...shares,
    ...isOften(each(losses), 'What was not measured, or not delivered once to each:'),
    ...isOften(each((some) => counted(some.flatMap(({ notes }) => notes ?? []))), 'What taskwire-bench noted:'),
  ].join('\n');
}

// Medians, ranges and what they allow to say.

/** Where the load generator uses more of its core, the limit may be its own. */
export const kBusyClient = 0.85;
/** So many rounds make a range. */
export const kFewestRounds = 6;

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Of at least one value. */
export function summary(values) {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values), count: values.length };
}

/** Of `ours` to `theirs`, each by round: the ratio of the medians and the range of the ratios, both over the rounds that both have. */
export function ratio(ours, theirs) {
  const both = [...ours.keys()].filter((round) => theirs.has(round) && theirs.get(round) !== 0);
  if (both.length === 0) return undefined;
  const each = both.map((round) => ours.get(round) / theirs.get(round));
  const medians = median(both.map((round) => ours.get(round))) / median(both.map((round) => theirs.get(round)));
  return { median: medians, least: Math.min(...each), most: Math.max(...each), count: both.length };
}

/** `better` or `worse`; `undecided` where the range lies on both sides of `mark`; `too few rounds (n)`. */
export function verdict({ least, most, count }, better, mark = 1) {
  if (count < kFewestRounds) return `too few rounds (${count})`;
  if (least <= mark && most >= mark) return 'undecided';
  return (most < mark) === (better === 'lower') ? 'better' : 'worse';
}

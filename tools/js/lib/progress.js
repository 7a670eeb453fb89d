const conditions = ['paused', 'warning', 'error'];
const states = ['pending', 'running', 'done', 'failed'];
const encoder = new TextEncoder();

/** At most so many bytes of UTF-8, without halves of pairs. */
export function clean(text, most) {
  let cut = String(text).slice(0, most).replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
  const bytes = encoder.encode(cut);
  if (bytes.length > most) cut = new TextDecoder().decode(bytes.slice(0, most)).replace(/\uFFFD$/, '');
  return cut;
}

/** The same, in one line. */
export function cleanLine(text, most) {
  return clean(String(text).replace(/[\u0000-\u001f\u007f-\u009f]/g, ' '), most);
}

function countOf(value, what) {
  if (typeof value === 'bigint') value = Number(value);
  if (typeof value !== 'number') throw new TypeError(`${what} is to be a number, not ${JSON.stringify(value)}`);
  return Number.isNaN(value) ? undefined : Math.floor(Math.min(Math.max(value, 0), 2 ** 53));
}

function oneOf(value, known, what) {
  if (!known.includes(value)) throw new TypeError(`${what} is one of ${known.join(', ')}, not ${JSON.stringify(value)}`);
  return value;
}

function stepOf(step) {
  const { name, state, done, total } = typeof step === 'string' ? { name: step } : step;
  const made = { name: cleanLine(name, 128) || '-' };
  if (state !== undefined) made.state = oneOf(state, states, 'the state of a step');
  if (done !== undefined) made.done = countOf(done, 'done of a step');
  if (total !== undefined) made.total = countOf(total, 'total of a step');
  return made;
}

function stepsOf(steps) {
  if (steps.length > 50) throw new RangeError(`a task has at most 50 steps, not ${steps.length}`);
  return steps.map(stepOf);
}

const keys = {
  done: (value) => countOf(value, 'done'),
  total: (value) => countOf(value, 'total'),
  unit: (value) => clean(value, 128),
  percent: (value) => (Number.isNaN(Number(value)) ? undefined : Math.min(Math.max(Number(value), 0), 100)),
  indeterminate: Boolean,
  condition: (value) => oneOf(value, conditions, 'condition'),
  stage: (value) => clean(value, 4096),
  message: (value) => clean(value, 4096),
  steps: stepsOf,
};

/** Progress as a report has it, brought into range. Throws a TypeError or RangeError for what makes no sense. */
export function progressOf(changes) {
  const progress = {};
  for (const [key, value] of Object.entries(changes)) {
    if (!(key in keys)) throw new TypeError(`progress has no ${key}; it has ${Object.keys(keys).join(', ')}`);
    if (value === undefined) continue;
    const made = value === null ? null : keys[key](value);
    if (made !== undefined) progress[key] = made;
  }
  return progress;
}

// Whether an answer is what the description says.
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { call } from './call.mjs';
import { namedReasons } from './description.mjs';

const served = new Map();  // by reason, every problem that was answered

const mediaType = (answer) => answer.headers['content-type']?.split(';')[0];

function checkHeaders(description, response, answer, what) {
  for (const [name, reference] of Object.entries(response.headers ?? {})) {
    const header = description.resolve(reference);
    const value = answer.headers[name.toLowerCase()];
    if (value === undefined) {
      assert.ok(!header.required, `${what}: header ${name} is missing`);
    } else {
      const schema = description.resolve(header.schema);
      description.expect(header.schema, schema.type === 'integer' ? Number(value) : value, `${what}: header ${name}`);
    }
  }
}

function checkProblem(description, operation, response, problem, what) {
  const [status] = description.reasons[problem.reason].split(':');
  assert.equal(problem.status, Number(status), `${what}: ${problem.reason} comes with ${status}`);
  assert.ok(namedReasons(response.description).includes(problem.reason), `${what}: ${problem.reason} is not among ${response.description}`);
  served.set(problem.reason, [...(served.get(problem.reason) ?? []), problem]);
}

/**
 * Fails unless `answer` is described: its status, content type, headers, body and, of a problem, its reason. Where nothing takes
 * the request, `operation` is absent. Answers the body, parsed where it is JSON.
 */
export function checkAnswer(description, operation, answer) {
  const responses = operation ? operation.responses : description.unmatched;
  const what = `${operation?.id ?? 'no operation'} answers ${answer.status}`;
  const response = responses[answer.status];
  assert.ok(response, `${what}, which is not described: ${answer.body.slice(0, 500)}`);
  checkHeaders(description, response, answer, what);
  if (!response.content) {
    assert.equal(answer.body, '', what);
    return undefined;
  }
  const type = mediaType(answer);
  const media = response.content[type];
  assert.ok(media, `${what} with the type ${type}`);
  const body = /[/+]json$/.test(type) ? JSON.parse(answer.body) : answer.body;
  description.expect(media.schema, body, what);
  if (type === 'application/problem+json') checkProblem(description, operation, response, body, what);
  return body;
}

/** Fails unless an event that a stream has brought is in `x-events`, with such data. Answers the key that it has there. */
export function checkEvent(description, operation, { type, data }) {
  const events = operation.stream['x-events'];
  const key = type in events ? type : '*';
  const schema = events[key];
  assert.ok(schema, `${operation.id} sends ${type}, which is not described`);
  const isText = description.resolve(schema).type === 'string';
  description.expect(schema, isText ? data : JSON.parse(data), `${operation.id}, ${type}`);
  return key;
}

/**
 * Fails unless the example of each of `reasons` is a problem that was answered to this process; where nothing in it `varies`, the
 * only one.
 */
export function checkProblemExamples(description, reasons, varies = []) {
  const examples = description.problemExamples();
  for (const reason of [...reasons, ...varies]) {
    const answered = served.get(reason) ?? [];
    assert.ok(answered.length > 0, `nothing was refused for ${reason}`);
    assert.ok(examples[reason], `${reason} has no example`);
    if (varies.includes(reason)) assert.ok(answered.some((problem) => isDeepStrictEqual(problem, examples[reason])), `${JSON.stringify(examples[reason])} is not among ${JSON.stringify(answered)}`);
    else for (const problem of answered) assert.deepEqual(problem, examples[reason]);
  }
}

/** Sends `request` and fails unless it is refused for `reason`, as described. Answers the problem. */
export async function expectRefusal({ description, port }, operation, request, reason) {
  const problem = checkAnswer(description, operation, await call(port, request));
  assert.equal(problem?.reason, reason, `${operation?.id ?? 'no operation'}: ${request.method} ${request.path}`);
  return problem;
}

/** Tries `attempt(operation)` on every operation of which `fits(operation)`; these have to be `least` at least. */
export async function each({ description }, least, fits, attempt) {
  const operations = description.operations.filter(fits);
  assert.ok(operations.length >= least, `${operations.length} operations fit`);
  await Promise.all(operations.map(attempt));
}

// The description itself: valid, whole, and true to its own schemas.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { parseEvents } from '../support/stream.mjs';
import { call } from './support/call.mjs';
import { checkEvent } from './support/check.mjs';
import { startDescribed } from './support/described.mjs';
import { namedReasons, walk } from './support/description.mjs';

const require = createRequire(new URL('../../tools/package.json', import.meta.url));
const { Validator } = await import(pathToFileURL(require.resolve('@seriousme/openapi-schema-validator')));

let service;
let served;
let description;
before(async () => {
  service = await startDescribed();
  ({ description } = service);
  served = JSON.parse((await call(service.port, { path: '/openapi.json' })).body);
});
after(() => service?.stop());

test('the document fits the meta-schema of OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(served));
  assert.ok(valid, JSON.stringify(errors, null, 1));
  const { info, ...spoilt } = served;
  assert.equal((await new Validator().validate(spoilt)).valid, false, `the validator misses ${info.title}`);
});

test('every reference leads somewhere, and every component is referred to', () => {
  const used = new Set();
  walk(served, ({ $ref }) => typeof $ref === 'string' && used.add($ref));
  assert.ok(used.size > 50, `few references: ${used.size}`);
  for (const $ref of used) description.resolve({ $ref });
  const defined = Object.entries(served.components).flatMap(([kind, all]) => Object.keys(all).map((name) => `#/components/${kind}/${name}`));
  assert.deepEqual(defined.filter((name) => !used.has(name)), []);
});

/** Every schema of the document that is not a part of another, with the keys that lead to it. */
function schemas() {
  const all = Object.entries(description.document.components.schemas).map(([name, schema]) => [name, schema]);
  walk(description.document, (node, path) => {
    if (!path.includes('schemas') && path.at(-1) === 'schema') all.push([path.join('/'), node]);
    if (path.at(-1) === 'x-events') all.push(...Object.entries(node).map(([type, schema]) => [[...path, type].join('/'), schema]));
  });
  return all;
}

test('every schema compiles strictly, and its examples fit it', () => {
  let examples = 0;
  for (const [name, schema] of schemas()) {
    description.validator(schema);
    for (const example of description.resolve(schema).examples ?? []) {
      description.expect(schema, example, `the example of ${name}`);
      ++examples;
    }
  }
  assert.ok(examples > 50, `few examples: ${examples}`);
});

test('every example of a parameter, a header, a body and an answer fits its schema', () => {
  const without = [];
  walk(description.document, (node, path) => {
    const named = Object.values(node.examples ?? {}).map(({ value }) => value);
    const hasSchema = typeof node.schema === 'object' && !path.includes('schemas');
    if (!hasSchema) return;
    const ofSchema = Array.isArray(node.examples) ? [] : (description.resolve(node.schema).examples ?? []);
    const examples = 'example' in node ? [node.example] : named;
    if (examples.length + ofSchema.length === 0) without.push(path.join('/'));
    for (const example of examples) description.expect(node.schema, example, `the example at ${path.join('/')}`);
  });
  assert.deepEqual(without, []);
});

test('every event of an example of a stream is described', () => {
  const streams = description.operations.filter(({ stream }) => stream);
  assert.ok(streams.length > 0);
  for (const operation of streams) {
    const blocks = operation.stream.example.split('\n\n');
    assert.equal(blocks.pop(), '', operation.id);
    const events = parseEvents(blocks);
    assert.ok(events.length > 0, operation.id);
    for (const event of events) checkEvent(description, operation, event);
  }
});

test('every operation has a name of its own, one sentence, a declared tag and the parameters of its path', () => {
  const ids = description.operations.map(({ id }) => id);
  assert.deepEqual(ids, [...new Set(ids)]);
  const tags = served.tags.map(({ name }) => name);
  for (const { id, method, path, parameters } of description.operations) {
    const operation = served.paths[path][method.toLowerCase()];
    assert.match(operation.summary, /^[A-Z][^.]*\.$/, id);
    assert.ok(operation.tags.length === 1 && tags.includes(operation.tags[0]), id);
    const named = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`);
    assert.deepEqual(named, path.match(/\{\w+\}/g) ?? [], id);
  }
});

test('every reason is given by an operation, with its status', () => {
  const given = new Set();
  const responses = [description.unmatched, ...description.operations.map((operation) => operation.responses)];
  for (const [status, response] of responses.flatMap((all) => Object.entries(all))) {
    for (const reason of namedReasons(response.description)) {
      assert.ok(description.reasons[reason]?.startsWith(`${status}: `), `${status} names ${reason}`);
      given.add(reason);
    }
  }
  const notGiven = Object.keys(description.reasons).filter((reason) => !given.has(reason));
  assert.deepEqual(notGiven, ['TOPIC_FORBIDDEN'], 'nobody is kept from reading until there is authentication');
});

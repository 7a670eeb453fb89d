// The description that an edge serves, taken apart: its operations, and its schemas as validators.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../../tools/package.json', import.meta.url));
const { default: Ajv2020 } = require('ajv/dist/2020');
const { default: addFormats } = require('ajv-formats');

const components = '#/components/schemas/';
const schemas = 'schemas#/$defs/';  // where the validator has them

/** Calls `visit(node, path)` for `node` and every object in it, with the keys that lead there. */
export function walk(node, visit, path = []) {
  if (typeof node !== 'object' || node === null) return;
  visit(node, path);
  for (const [key, child] of Object.entries(node)) walk(child, visit, [...path, key]);
}

export class Description {
  /** `document` is the description as it was served; it is not changed. */
  constructor(document) {
    this.document = structuredClone(document);
    this.ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
    this.ajv.addVocabulary(['x-enumDescriptions']);
    addFormats(this.ajv);
    walk(this.document, (node) => {
      if (typeof node.$ref === 'string') node.$ref = node.$ref.replace(components, schemas);
    });
    this.ajv.addSchema({ $id: 'schemas', $defs: this.document.components.schemas });
    this.operations = Object.entries(this.document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => this.#operation(method.toUpperCase(), path, operation)));
    this.reasons = this.document.components.schemas.Reason['x-enumDescriptions'];
    /** The answers to what no operation takes. */
    this.unmatched = this.#resolveAll(this.document['x-unmatched']);
  }

  /** What `node` refers to, with the description that stands beside the reference; `node` itself where it refers to nothing. */
  resolve(node) {
    if (typeof node?.$ref !== 'string') return node;
    const [, ...keys] = node.$ref.replace(schemas, components).split('/');
    const target = keys.reduce((place, key) => place?.[key], this.document);
    assert.ok(target, `${node.$ref} leads nowhere`);
    const { $ref, ...beside } = node;
    return { ...this.resolve(target), ...beside };
  }

  /** Compiles a schema of the document. Answers a function from a value to what is wrong with it, empty where nothing is. */
  validator(schema) {
    const validate = this.ajv.compile(schema);
    return (value) => (validate(value) ? '' : this.ajv.errorsText(validate.errors, { separator: '; ', dataVar: '' }));
  }

  /** Fails where `value` does not fit `schema`. */
  expect(schema, value, what) {
    const wrong = this.validator(schema)(value);
    assert.equal(wrong, '', `${what}: ${wrong}\n${JSON.stringify(value)}`);
  }

  /** The problems that stand as examples beside the responses, by reason. */
  problemExamples() {
    const media = Object.values(this.document.components.responses).map(({ content }) => content['application/problem+json']);
    return Object.fromEntries(media.map(({ example }) => [example.reason, example]));
  }

  #resolveAll(nodes) {
    return Object.fromEntries(Object.entries(nodes ?? {}).map(([key, node]) => [key, this.resolve(node)]));
  }

  #operation(method, path, operation) {
    const body = this.resolve(operation.requestBody);
    return {
      id: operation.operationId,
      method,
      path,
      parameters: (operation.parameters ?? []).map((parameter) => this.resolve(parameter)),
      body,
      responses: this.#resolveAll(operation.responses),
      get stream() {
        return this.responses[200]?.content?.['text/event-stream'];
      },
      /** Whether `reason` is among those that its responses name. */
      gives(reason) {
        return Object.values(this.responses).some(({ description }) => namedReasons(description).includes(reason));
      },
    };
  }
}

/** The reasons that the description of a response names. */
export function namedReasons(description) {
  return description.match(/\b[A-Z][A-Z]*(?:_[A-Z]+)+\b|\bINTERNAL\b/g) ?? [];
}

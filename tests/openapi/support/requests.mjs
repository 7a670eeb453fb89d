// The requests that the examples of an operation make.

const exampleOf = (parameter) => parameter.example;

function queryOf(parameter, value) {
  const values = Array.isArray(value) ? (parameter.explode ? value : [value.join(',')]) : [value];
  return values.map((one) => `${parameter.name}=${encodeURIComponent(one)}`);
}

/** The examples of a body: name, media type and text. */
export function bodiesOf(operation) {
  return Object.entries(operation.body?.content ?? {}).flatMap(([type, media]) => {
    const examples = Object.entries(media.examples ?? { example: { value: media.example } });
    return examples.map(([name, { value }]) => ({ name, type, text: type === 'application/json' ? JSON.stringify(value) : value }));
  });
}

/** Whether `operation` publishes what its body carries, as one event or several. */
export const isPublication = (operation) => 'application/x-ndjson' in (operation.body?.content ?? {});

/**
 * A request for `operation`, each required part by its example. `values`: parameters by name, instead of their examples or, of
 * those that may be left out, beside. `body`: one of `bodiesOf`.
 */
export function requestFor(operation, { values = {}, body = operation.body?.required ? bodiesOf(operation)[0] : undefined } = {}) {
  const request = { method: operation.method, path: operation.path, headers: {} };
  const query = [];
  for (const parameter of operation.parameters) {
    const value = values[parameter.name] ?? (parameter.required ? exampleOf(parameter) : undefined);
    if (value === undefined) continue;
    if (parameter.in === 'path') request.path = request.path.replace(`{${parameter.name}}`, encodeURIComponent(value));
    if (parameter.in === 'query') query.push(...queryOf(parameter, value));
    if (parameter.in === 'header') request.headers[parameter.name] = value;
  }
  if (query.length > 0) request.path += `?${query.join('&')}`;
  if (body) Object.assign(request, { body: body.text, headers: { ...request.headers, 'Content-Type': body.type } });
  return request;
}

/** What the examples of `operation` add to its plain request: every other body, and every parameter that may be left out. */
export function variationsOf(operation) {
  const parameters = operation.parameters.filter(({ required }) => !required);
  return [
    ...bodiesOf(operation).map((body) => ({ what: `${body.type}: ${body.name}`, body })),
    ...parameters.map((parameter) => ({ what: parameter.name, values: { [parameter.name]: exampleOf(parameter) } })),
  ];
}

export const withHeaders = (request, headers) => ({ ...request, headers: { ...request.headers, ...headers } });
export const withBody = (request, type, body) => withHeaders({ ...request, body }, { 'Content-Type': type });

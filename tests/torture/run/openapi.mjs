/** Whether the edge on this port says that its streams of several topics can come in envelopes. */
export async function knowsEnvelopes(port) {
  const answer = await fetch(`http://127.0.0.1:${port}/openapi.json`);
  const { paths, components } = await answer.json();
  const parameters = paths['/api/events'].get.parameters.map(({ $ref, ...own }) => ($ref ? components.parameters[$ref.split('/').at(-1)] : own));
  return parameters.some(({ name }) => name === 'envelope');
}

// An engine and an edge, with the description that the edge serves.
import { startServices } from '../../support/services.mjs';
import { call } from './call.mjs';
import { Description } from './description.mjs';

export async function startDescribed(options) {
  const services = await startServices(options);
  const { port } = services.edge;
  try {
    const { body } = await call(port, { path: '/openapi.json' });
    return { services, port, url: services.url, description: new Description(JSON.parse(body)), stop: () => services.stop() };
  } catch (error) {
    await services.stop();
    throw error;
  }
}

// An engine and an edge, with the description that the edge serves.
import { startServices } from '../../support/services.mjs';
import { until } from '../../support/until.mjs';
import { call } from './call.mjs';
import { Description } from './description.mjs';

export async function startDescribed(options) {
  const services = await startServices(options);
  const { port } = services.edge;
  try {
    // Where an edge has one place, who asked before may still hold it.
    const { body } = await until('the edge describes itself', async () => {
      const answer = await call(port, { path: '/openapi.json' });
      return answer.status === 200 && answer;
    });
    return { services, port, url: services.url, description: new Description(JSON.parse(body)), stop: () => services.stop() };
  } catch (error) {
    await services.stop();
    throw error;
  }
}

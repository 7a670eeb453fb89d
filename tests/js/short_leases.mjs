// Services for what is about the end of leases. Elsewhere leases are long: where a machine stands still for as long as one, it is lost.
import { startServices } from '../support/services.mjs';
import { asker } from './programs.mjs';

export async function withShortLeases(t) {
  const services = await startServices({ engineArgs: ['--lease', '4s'] });
  t.after(() => services.stop());
  return { services, inlet: asker(`http://127.0.0.1:${(await services.startEdge()).port}`) };
}

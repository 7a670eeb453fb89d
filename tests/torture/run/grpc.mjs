// The engine's EventService, as any client in another language would call it; where the npm packages for it are installed.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const kProto = here('../../../proto');
const kOptions = {
  'grpc.use_local_subchannel_pool': 1,
  'grpc.initial_reconnect_backoff_ms': 50,
  'grpc.min_reconnect_backoff_ms': 50,
  'grpc.max_reconnect_backoff_ms': 500,
};

/** `lack`: why there is none; else `connect(port)`, a client with a connection of its own, and the names of its `status`. */
export function loadGrpc() {
  try {
    const require = createRequire(here('../../../tools/package.json'));
    const { credentials, loadPackageDefinition, status } = require('@grpc/grpc-js');
    const options = { includeDirs: [kProto], keepCase: true, longs: Number, enums: String, oneofs: true };
    const { taskwire } = loadPackageDefinition(require('@grpc/proto-loader').loadSync('taskwire/v1/event_service.proto', options));
    return { connect: (port) => new taskwire.v1.EventService(`127.0.0.1:${port}`, credentials.createInsecure(), kOptions), status };
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    return { lack: 'its npm packages are not installed (tools/setup test)' };
  }
}

// Calls of the engine itself, answered in the words of the HTTP side, so that one history tells of both.
const kPatience = 4000;

const reasonOf = ({ details = '' }) => /^([A-Z][A-Z_]+): /.exec(details)?.[1];

export class EngineCalls {
  #grpc;
  #port;
  #client;
  name = 'engine';

  /** `port()`: where the engine is. */
  constructor(grpc, port) {
    this.#grpc = grpc;
    this.#port = port;
  }

  /** One attempt: {status, body}. Throws where nothing says what came of it. */
  call(rpc, request) {
    this.#client ??= this.#grpc.connect(this.#port());
    const client = this.#client;
    return new Promise((resolve, reject) => {
      client[rpc](request, { deadline: Date.now() + kPatience }, (error, answer) => {
        if (!error) return resolve({ status: 202, body: answer.cursors ? { ids: answer.cursors } : { id: answer.cursor } });
        const reason = reasonOf(error);
        if (reason === undefined) {
          // The connection failed, or nobody answers: the next attempt gets a new one.
          if (this.#client === client) this.close();
          return reject(new Error(error.message));
        }
        const { UNAVAILABLE, RESOURCE_EXHAUSTED } = this.#grpc.status;
        return resolve({ status: { [UNAVAILABLE]: 503, [RESOURCE_EXHAUSTED]: 429 }[error.code] ?? 400, body: { reason } });
      });
    });
  }

  close() {
    this.#client?.close();
    this.#client = undefined;
  }
}

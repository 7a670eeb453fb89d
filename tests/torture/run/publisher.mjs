// Programs that publish, one event or one batch after the other, each under a key of its own until it is answered.
import { told } from './journal.mjs';
import { grpcCall, httpCall } from './publication.mjs';
import { Rounds } from './rounds.mjs';

const kTypes = ['message', 'note'];
const kMostBatch = 8;

export class Publisher {
  #caller;
  #random;
  #journal;
  #rounds;
  #way;
  #bulk;
  #count = 0;
  events = 0;

  /**
   * `topics()`: where it may publish now. `every`, `first`: its pauses, as of Rounds. `way`: http, grpc, or both, so that a request
   * that got no answer is repeated the other way. `bulk`: {events, bytes} of each of its publications; by chance, and small, without.
   */
  constructor(name, { topics, every, first, way = 'http', bulk, caller, random, journal }) {
    this.name = name;
    this.#caller = caller;
    this.#random = random;
    this.#journal = journal;
    this.#way = way;
    this.#bulk = bulk;
    this.#rounds = new Rounds(() => this.#publish(topics()), { every, first, random });
  }

  #sizes() {
    if (this.#bulk) return Array(this.#bulk.events).fill(this.#bulk.bytes);
    const count = this.#random.below(4) === 0 ? 2 + this.#random.below(kMostBatch - 1) : 1;
    const first = this.#random.below(8) === 0 ? 1 + this.#random.below(6000) : 0;
    return Array.from({ length: count }, (_, i) => (i === 0 ? first : 0));
  }

  async #publish(possible) {
    const key = `${this.name}-${++this.#count}`;
    const type = this.#random.of(kTypes);
    const sizes = this.#sizes();
    // Only the engine itself takes a batch for several topics.
    const isSpread = this.#way === 'grpc' && sizes.length > 1 && possible.length > 1 && this.#random.below(2) === 0;
    const topics = sizes.map(() => this.#random.of(possible));
    const topic = topics[0];
    const datas = sizes.map((size, i) =>
      JSON.stringify({ of: key, i, topic: isSpread ? topics[i] : topic, padding: size ? 'x'.repeat(size) : undefined }));
    const publication = { key, topic, topics: isSpread ? topics : undefined, type };
    this.#journal.write('ask', { by: this.name, ...publication, datas: datas.map(told), isBulk: this.#bulk ? true : undefined });
    const answer = await this.#caller.insist(this.#calls({ ...publication, datas }), { by: this.name, key });
    if (answer?.status === 202) this.events += datas.length;
  }

  #calls(publication) {
    const ways = { http: [httpCall], grpc: [grpcCall], both: [httpCall, grpcCall] }[this.#way];
    return () => this.#random.of(ways)(publication);
  }

  stop() {
    return this.#rounds.stop();
  }
}

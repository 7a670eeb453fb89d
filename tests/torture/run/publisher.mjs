// Programs that publish, one event or one batch after the other, each under a key of its own until it is answered.
import { told } from './journal.mjs';
import { Rounds } from './rounds.mjs';

const kTypes = ['message', 'note'];
const kMostBatch = 8;

const pathOf = (topic) => topic.replace(/^channels\//, '/publish/').replace(/^messages\//, '/api/messages/');

export class Publisher {
  #caller;
  #random;
  #journal;
  #rounds;
  #count = 0;
  events = 0;

  /** `topics()`: where it may publish now. `every`: its pause, in ms, half of it at random. */
  constructor(name, { topics, every, caller, random, journal }) {
    this.name = name;
    this.#caller = caller;
    this.#random = random;
    this.#journal = journal;
    this.#rounds = new Rounds(() => this.#publish(random.of(topics())), { every, random });
  }

  async #publish(topic) {
    const key = `${this.name}-${++this.#count}`;
    const size = this.#random.below(4) === 0 ? 2 + this.#random.below(kMostBatch - 1) : 1;
    const type = this.#random.of(kTypes);
    const padding = this.#random.below(8) === 0 ? 'x'.repeat(1 + this.#random.below(6000)) : undefined;
    const datas = Array.from({ length: size }, (_, i) => JSON.stringify({ of: key, i, topic, padding: i === 0 ? padding : undefined }));
    this.#journal.write('ask', { by: this.name, key, topic, type, datas: datas.map(told) });
    const call = {
      method: 'POST',
      path: `${pathOf(topic)}${type === 'message' ? '' : `?event=${type}`}`,
      headers: { 'Content-Type': size > 1 ? 'application/x-ndjson' : 'application/json', 'Idempotency-Key': key },
      body: datas.join('\n'),
    };
    const answer = await this.#caller.insist(call, { by: this.name, key });
    if (answer?.status === 202) this.events += size;
  }

  stop() {
    return this.#rounds.stop();
  }
}

// Reads the log itself, page by page, and the lists of tasks.
import { told } from './journal.mjs';
import { Rounds } from './rounds.mjs';

const kPage = 256;

export class Auditor {
  #caller;
  #random;
  #journal;
  #places = new Map();
  #rounds;
  #reads = 0;

  /** `topics()`: what it may read now. `every`: its pause, in ms, half of it at random. Without it reads only when asked to. */
  constructor(name, { topics, every, caller, random, journal }) {
    this.name = name;
    this.#caller = caller;
    this.#random = random;
    this.#journal = journal;
    if (every !== undefined) this.#rounds = new Rounds(() => this.#readOn(random.of(topics())), { every, random });
  }

  async #readOn(topic) {
    // From where it was, or from the oldest that is kept.
    const after = this.#random.below(3) === 0 ? undefined : this.#places.get(topic);
    const page = await this.#page(topic, after);
    this.#places.set(topic, page?.through);
  }

  async #page(topic, after, isFinal) {
    const fields = { by: this.name, read: ++this.#reads, topic, after, limit: kPage, isFinal };
    const call = { method: 'GET', path: `/api/events/history?topic=${topic}&limit=${kPage}${after ? `&after=${after}` : ''}` };
    const answer = isFinal ? await this.#caller.insist(call, fields) : await this.#caller.once(call, fields);
    if (!answer) return undefined;
    const { status, body } = answer;
    const events = body.events?.map(({ id, type, data }) => ({ id, type, data: told(data) }));
    this.#journal.write('page', { ...fields, status, reason: body.reason, events, through: body.through, head: body.head });
    return status === 200 ? { count: events.length, through: body.through } : undefined;
  }

  /** All that is kept of a topic. */
  async readAll(topic) {
    let after;
    for (;;) {
      const page = await this.#page(topic, after, true);
      if (!page) return;  // given up
      if (page.count === 0) return;
      after = page.through;
    }
  }

  /** All tasks of a user. */
  async list(user) {
    const tasks = [];
    let asOf;
    for (let token = ''; token !== undefined;) {
      const path = `/api/tasks/${user}?pageSize=100${token ? `&pageToken=${encodeURIComponent(token)}` : ''}`;
      const answer = await this.#caller.insist({ method: 'GET', path }, { by: this.name, read: ++this.#reads });
      if (answer?.status !== 200) return;
      tasks.push(...answer.body.tasks.map(({ taskId, status }) => ({ taskId, status })));
      asOf ??= answer.body.asOf;
      token = answer.body.nextPageToken || undefined;
    }
    this.#journal.write('list', { by: this.name, user, asOf, tasks });
  }

  async stop() {
    await this.#rounds?.stop();
  }
}

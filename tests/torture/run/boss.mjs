// A program that starts tasks of one user, some for a later time, some that fail; cancels some, tries some again, and deletes some that have ended.
import { Rounds } from './rounds.mjs';

const kOpen = ['queued', 'running', 'cancelling'];

export class Boss {
  #caller;
  #random;
  #journal;
  #user;
  #rounds;
  #watch;
  #known = [];
  #count = 0;
  started = 0;
  deleted = 0;

  /** `watch(taskId)`: told of some of the tasks that it starts. */
  constructor(user, { every, watch, caller, random, journal }) {
    this.name = `boss-${user}`;
    this.#user = user;
    this.#watch = watch;
    this.#caller = caller;
    this.#random = random;
    this.#journal = journal;
    this.#rounds = new Rounds(() => this.#round(), { every, random });
  }

  async #round() {
    const known = this.#known;
    const taskId = await this.#start();
    if (taskId) known.push(taskId);
    if (this.#random.below(4) === 0 && known.length > 2) await this.#change('POST', known.at(-1), '/cancel');
    if (this.#random.below(3) === 0 && known.length > 3) await this.#change('POST', this.#random.of(known.slice(-4)), '/retry');
    if (this.#random.below(3) === 0 && known.length > 5) await this.#change('DELETE', known.splice(known.length - 5 + this.#random.below(2), 1)[0], '');
  }

  async #start() {
    const key = `${this.name}-${++this.#count}`;
    // Types that write nothing but their owner's tasks; one of them begins anew after a crash.
    const type = this.#random.of(['simulate', 'simulate', 'simulate', 'checksum']);
    const params = type === 'checksum' ? { path: '.' } : { durationMs: 300 + this.#random.below(1500), steps: 8, ...this.#failure() };
    this.#journal.write('start', { by: this.name, key, user: this.#user, name: key });
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key };
    const body = JSON.stringify({ type, taskName: key, params, ...this.#terms() });
    const answer = await this.#caller.insist({ method: 'POST', path: `/api/tasks/${this.#user}/start`, headers, body }, { by: this.name, key });
    if (answer?.status !== 202) return undefined;
    this.started += 1;
    if (this.#random.below(3) === 0) this.#watch(answer.body.taskId);
    return answer.body.taskId;
  }

  /** Some fail on their way. */
  #failure() {
    return this.#random.below(3) === 0 ? { failAt: this.#random.below(100) } : {};
  }

  /** Some wait for their time, have a limit, or may be tried several times. */
  #terms() {
    return {
      ...(this.#random.below(5) === 0 && { notBefore: new Date(Date.now() + this.#random.below(4000)).toISOString() }),
      ...(this.#random.below(5) === 0 && { timeLimitMs: 100 + this.#random.below(1500) }),
      ...(this.#random.below(2) === 0 && { maxAttempts: 1 + this.#random.below(3) }),
    };
  }

  /** Cancels, tries again or deletes; that its state forbids it, or that it is gone, is an answer too. */
  async #change(method, taskId, what) {
    const key = `${this.name}-${++this.#count}`;
    this.#journal.write('change', { by: this.name, key, user: this.#user, taskId, method });
    const headers = method === 'POST' ? { 'Idempotency-Key': key } : {};
    const answer = await this.#caller.insist({ method, path: `/api/tasks/${this.#user}/${taskId}${what}`, headers }, { by: this.name, key });
    if (method === 'DELETE' && answer?.status === 204) this.deleted += 1;
  }

  /** Whether no task of the user is open any more. Those that wait for a time, which is far where the clock has jumped, it cancels. */
  async hasSettled() {
    const call = { method: 'GET', path: `/api/tasks/${this.#user}?status=${kOpen.join(',')}&pageSize=100` };
    const answer = await this.#caller.once(call, { by: this.name, key: 'open' });
    if (answer?.status !== 200) return false;
    for (const { taskId, notBefore } of answer.body.tasks) if (notBefore) await this.#change('POST', taskId, '/cancel');
    return answer.body.tasks.length === 0;
  }

  stop() {
    return this.#rounds.stop();
  }
}

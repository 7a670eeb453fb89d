// What was found against each guarantee.
export const kGuarantees = ['Ordered', 'Unique', 'Atomic', 'Reliable', 'Resumable', 'Bookmark', 'Isolated', 'Told'];
const kExamples = 10;

export class Findings {
  #byName = new Map(kGuarantees.map((name) => [name, { count: 0, examples: [] }]));

  add(name, text) {
    const found = this.#byName.get(name);
    found.count += 1;
    if (found.examples.length < kExamples) found.examples.push(text);
  }

  /** The guarantees that did not hold. */
  get broken() {
    return kGuarantees.filter((name) => this.#byName.get(name).count > 0);
  }

  of(name) {
    return this.#byName.get(name);
  }
}

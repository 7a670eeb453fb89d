import { mock } from 'node:test';

/** What was warned of meanwhile. */
export async function warnings(work) {
  const told = mock.method(console, 'warn', () => {});
  try {
    await work();
    return told.mock.calls.map(({ arguments: [text] }) => text);
  } finally {
    told.mock.restore();
  }
}

// What programs in TypeScript do with the library, and what it is to refuse them. Compiled only.
import { Cancelled, Failed, flush, task, track, watchTasks, Worker, type TaskRow, type WatchStatus } from 'taskwire';

export async function reports(rows: AsyncIterable<string>): Promise<number> {
  const made: number = await task('Import', { user: 'alice', throwOnCancel: false }, async (t) => {
    t.progress(1, 10, 'files');
    t.progress({ done: 2n, condition: 'paused', steps: ['Get', { name: 'Put', state: 'running' }], message: null });
    await fetch('/', { signal: t.signal });
    if (t.cancelled || t.lost) throw new Cancelled();
    t.result = { rows: 2 };
    // @ts-expect-error: a result is an object
    t.result = 2;
    // @ts-expect-error: there is no such condition
    t.progress({ condition: 'bad' });
    return t.id ? 1 : 0;
  });
  for await (const row of track(rows, { name: 'Rows', total: 3 })) row.trim();
  for await (const row of track([Promise.resolve(1)])) row.toFixed();
  const all: boolean = await flush(100);
  return all ? made : 0;
}

export async function works(): Promise<void> {
  const worker = new Worker({ url: 'http://localhost:8080', parallel: 2 })
    .task('resize', { register: { retry: { attempts: 2 } } }, (t) => ({ path: t.params['path'], attempt: t.attempt.toFixed() }))
    .task('fails', () => { throw new Failed('full', { reason: 'DISK_FULL', retryable: true }); });
  // @ts-expect-error: a worker has no user
  new Worker({ user: 'alice' });
  await worker.run();
}

export function watches(): TaskRow | undefined {
  const seen: WatchStatus['state'][] = [];
  const watch = watchTasks('alice', (tasks, { state, error }) => {
    seen.push(state);
    for (const { taskId, status, steps } of tasks.values()) console.log(taskId, status === 'running', steps?.[0]?.name, error?.reason);
  }, { EventSource, headers: async () => ({ Authorization: 'Bearer x' }) });
  // @ts-expect-error: the map is not the reader's to change
  watch.tasks.clear();
  return watch.tasks.get('abc');
}

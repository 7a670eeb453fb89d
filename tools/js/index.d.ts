/** Where taskwire is, and whose the tasks are; without it the environment (TASKWIRE_URL, TASKWIRE_USER, TASKWIRE_TOKEN) or the page. */
export interface Where {
  /** http://localhost:8080; in a browser the page's own origin. */
  url?: string;
  /** Whose tasks; else the login name. */
  user?: string;
  /** Sent as a bearer. */
  token?: string;
  /** So long a program, or a task that has ended, waits until that is told; TASKWIRE_EXIT_WAIT (seconds), else 5000. */
  exitWaitMs?: number;
}

export type Condition = 'paused' | 'warning' | 'error';
export type StepState = 'pending' | 'running' | 'done' | 'failed';

/** What is absent stays as it is; null clears it. */
export interface Progress {
  done?: number | bigint | null;
  total?: number | bigint | null;
  unit?: string | null;
  /** 0 to 100, where it cannot be counted. */
  percent?: number | null;
  indeterminate?: boolean | null;
  condition?: Condition | null;
  stage?: string | null;
  message?: string | null;
  /** All of them, at most 50. */
  steps?: (string | { name: string; state?: StepState; done?: number; total?: number })[] | null;
}

/** Work under way. */
export interface RunningTask {
  /** Tells how far it is; never waits. Throws Cancelled where somebody asked for that, and TypeError for what makes no sense. */
  progress(changes: Progress): void;
  progress(done: number | bigint, total?: number | bigint, unit?: string): void;
  throwIfCancelled(): void;
  /** Whether it is to stop: somebody asked for that, or a worker has lost it. */
  readonly cancelled: boolean;
  /** Aborted then, to hand on to `fetch` and others. */
  readonly signal: AbortSignal;
  /** Whether taskwire takes it for lost, since it could not be told anything for too long. The work may go on. */
  readonly lost: boolean;
  /** Undefined until taskwire has given it one. */
  readonly id: string | undefined;
  /** What it made, as JSON can say it when the work ends; else the task fails. */
  result: Record<string, unknown>;
}

export interface TaskOptions extends Where {
  /** False leaves it to the work to look at `cancelled` or `signal`. */
  throwOnCancel?: boolean;
}

/**
 * Does work as a task, and hands on what it answers or throws. What it throws ends the task as failed with its message, Cancelled as cancelled.
 * Settles when the end was told; at once where the service is away.
 */
export function task<T>(name: string, work: (task: RunningTask) => T | Promise<T>): Promise<T>;
export function task<T>(name: string, options: TaskOptions, work: (task: RunningTask) => T | Promise<T>): Promise<T>;

/**
 * Shows a loop as a task: `for await (const row of track(rows, {name: 'Import'}))`. A generator does not learn why its loop was left early,
 * so that such a task ends as cancelled; `task` knows.
 */
export function track<T>(
  rows: Iterable<T | Promise<T>> | AsyncIterable<T>,
  options?: TaskOptions & { name?: string; total?: number; unit?: string },
): AsyncGenerator<T, void, undefined>;

/** Waits until the tasks that have ended are told, at most so long (5000 ms); whether they are. For those who call process.exit. */
export function flush(timeoutMs?: number): Promise<boolean>;

/** Somebody asked in taskwire that the task stop. */
export class Cancelled extends Error {
  constructor(message?: string);
}

/** Ends a task as failed with a reason of one's own, in capitals. */
export class Failed extends Error {
  constructor(message: string, how?: { reason?: string; retryable?: boolean });
  readonly reason: string;
  readonly retryable: boolean;
}

/** A task that was taken from the queue. */
export interface WorkerTask extends RunningTask {
  readonly type: string;
  readonly params: Record<string, any>;
  readonly user: string;
  readonly name: string;
  readonly attempt: number;
}

export interface WorkerOptions extends Omit<Where, 'user'> {
  /** Who does the work, for people. */
  name?: string;
  /** Tasks at a time; 1. */
  parallel?: number;
  /** How long one claim waits; 30,000, at most 60,000. */
  waitMs?: number;
}

/** Takes tasks from the queue. Node only. */
export class Worker {
  constructor(options?: WorkerOptions);
  /**
   * Says what does tasks of a type; its answer, an object or nothing, is the result. `register` makes the type known, as
   * `PUT /api/task-types/{type}` takes it; without it the type has to be known.
   */
  task(type: string, work: (task: WorkerTask) => unknown): this;
  task(type: string, options: { register?: Record<string, unknown>; throwOnCancel?: boolean }, work: (task: WorkerTask) => unknown): this;
  /** Works until `stop`, SIGTERM or SIGINT; then claims no more and finishes what it has. Rejects where a type or a claim is refused. */
  run(): Promise<void>;
  stop(): void;
}

export type TaskStatus = 'queued' | 'running' | 'cancelling' | 'succeeded' | 'failed' | 'cancelled';

/** A task as `taskUpdate` events have it; more keys may follow. */
export interface TaskRow {
  eventId: string;
  taskId: string;
  userId: string;
  taskName: string;
  progressPercentage: number;
  status: TaskStatus;
  timestamp: string;
  message: string;
  type: string;
  attempt: number;
  done: number;
  total: number;
  unit: string;
  stage: string;
  createdAt: string;
  startedAt?: string;
  finishedAt?: string;
  error?: { reason: string; message: string };
  indeterminate?: true;
  condition?: Condition;
  steps?: { name: string; state: StepState; done: number; total: number }[];
  etaSeconds?: number;
  stalled?: true;
  notBefore?: string;
  [more: string]: unknown;
}

export interface WatchStatus {
  /** `cut`: it is opened anew at `retryAt`; `ended`: it never is. */
  state: 'connecting' | 'open' | 'cut' | 'ended';
  /** Whether the tasks are all that there are. Between a reset and the state after it the rows of before stay, and this is false. */
  isSynced: boolean;
  /** How it stands between the service and its engine; the stream stays open. */
  upstream: { state: 'up' | 'down' | 'failing'; since?: string; reason?: string };
  /** How often superseded events were left out, as this reader was too slow. */
  skipped: number;
  /** With `cut`: when, in milliseconds since 1970. */
  retryAt?: number;
  /** What went wrong last; with `status` and `reason` where the service answered. */
  error?: Error & { status?: number; reason?: string };
  /** With `ended`: there is nothing more (the one task has ended), the service refused, or `close` was called. */
  why?: 'over' | 'refused' | 'closed';
  /** With `refused`. */
  httpStatus?: number;
}

export interface WatchOptions {
  /** http://localhost:8080, or TASKWIRE_URL; in a browser the page's own origin. */
  url?: string;
  /** Watch this task alone, until it has ended. */
  taskId?: string;
  /** Sent with each request; a function is asked anew each time, and counts as a cut where it throws. Not with an EventSource. */
  headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>);
  /** Sent as a bearer where no headers are given; TASKWIRE_TOKEN. */
  token?: string;
  /** In the place of the global one. */
  fetch?: typeof fetch;
  /** Read by this instead of by fetch. */
  EventSource?: new (url: string) => EventSource;
  /** Ends it. */
  signal?: AbortSignal;
}

export interface Watch {
  /** Each task by its id; always the same Map. */
  readonly tasks: ReadonlyMap<string, TaskRow>;
  readonly status: WatchStatus;
  /** Settles when it has ended. */
  readonly ended: Promise<void>;
  close(): void;
}

/**
 * Keeps a Map of a user's tasks true, across cuts, resets and restarts. Calls back whenever the tasks or the status have changed, once for
 * all that changed at a time; not after `close`. Throws where no header can have the token.
 */
export function watchTasks(
  user: string,
  callback: (tasks: ReadonlyMap<string, TaskRow>, status: WatchStatus) => void,
  options?: WatchOptions,
): Watch;

/** Takes an event stream apart (WHATWG HTML, 9.2.6), however its bytes are cut. */
export class SseParser {
  constructor(onEvent: (event: { type: string; data: string; lastEventId: string }) => void, lastEventId?: string);
  /** Throws a RangeError at a line of more than 2^20 characters. */
  feed(bytes: Uint8Array): void;
  readonly lastEventId: string;
  /** The reconnection time that the stream asked for, in milliseconds. */
  readonly retry: number | undefined;
}

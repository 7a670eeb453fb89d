// What taskwire is for Node and browsers; index.d.ts describes it.
export { Cancelled, Failed } from './lib/errors.js';
export { flush } from './lib/open.js';
export { SseParser } from './lib/sse_parser.js';
export { task, track } from './lib/task.js';
export { watchTasks } from './lib/watch.js';
export { Worker } from './lib/worker.js';

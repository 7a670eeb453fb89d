// Counts words for whoever starts a task of the type `count-words`; SIGTERM ends it in order.
//
//   node worker.mjs &
//   curl localhost:8080/api/tasks/alice/start --json '{"type":"count-words","params":{"text":"to be or not to be"}}'
import { Worker } from 'taskwire';

const worker = new Worker({ parallel: 4 });
const params = { type: 'object', required: ['text'], properties: { text: { type: 'string' } } };

worker.task('count-words', { register: { params } }, (task) => {
  const words = task.params.text.split(' ');
  const counts = {};
  for (const [at, word] of words.entries()) {
    counts[word] = (counts[word] ?? 0) + 1;
    task.progress(at + 1, words.length, 'words');
  }
  return { counts };
});

await worker.run();

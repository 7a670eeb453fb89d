// Prints `id type data` for each event of a stream, followed by an EventSource of a package.
//
//   node event_source.mjs eventsource|undici URL
//
// Node's own EventSource is undici's; where Node has none, the npm package's is taken. Undici's gives up when a connection is cut in
// the middle of an answer. It is then made anew with its last id in the URL, as a page does that a proxy has answered with an error.
import { createRequire } from 'node:module';

const types = ['message', 'taskUpdate', 'taskDeleted', 'reset', 'synced', 'skipped'];
const retryMs = 200;

const [name, url] = process.argv.slice(2);
const require = createRequire(new URL('../../tools/package.json', import.meta.url));
const isOwn = name === 'undici' && typeof globalThis.EventSource === 'function';
if (name === 'undici') console.error(isOwn ? "Node's own EventSource" : "the npm package's EventSource, as this Node has none");
const EventSource = isOwn ? globalThis.EventSource : require(name).EventSource;

let id = '';
let source;

function follow() {
  source = new EventSource(id ? `${url}&lastEventId=${id}` : url);
  const print = (event) => {
    id = event.lastEventId || id;
    console.log(event.lastEventId, event.type, event.data);
  };
  for (const type of types) source.addEventListener(type, print);
}

follow();
if (name === 'undici') setInterval(() => source.readyState === EventSource.CLOSED && follow(), retryMs);

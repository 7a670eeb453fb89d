// Clients of other people. Each is a program that follows the stream at the URL that it is given, resumes by itself, and prints
// `id type data` for each event.
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const node = (packageName, ...flags) => [process.execPath, ...flags, here('event_source.mjs'), packageName];
const ownEventSource = process.allowedNodeEnvironmentFlags.has('--experimental-eventsource') ? ['--experimental-eventsource'] : [];

/** The command of each, to which the URL is added. */
export const clients = {
  eventsource: node('eventsource'),
  undici: node('undici', ...ownEventSource),
  python: [here('../../build/python/bin/python'), here('python.py')],
  curl: [here('curl.sh')],
};

// Two ways to read an event stream once, until it is cut or ends: by fetch and by EventSource. Each is handed
// {url, lastEventId, onOpen, onEvent({type, data, lastEventId}), onPlace(id), onRetry(ms), signal} and answers what became of it:
// {end: 'cut'} (the way broke), {end: 'closed'} (in order; there may be more), {end: 'over'} (204: there is nothing more) or
// {end: 'refused', status, error}; `waitMs`: so long the service asks to wait. A rejection says that the way broke as well.
import { problemOf } from './http.js';
import { SseParser } from './sse_parser.js';

const types = ['taskUpdate', 'taskDeleted', 'reset', 'synced', 'skipped', 'heartbeat', 'upstream', 'unauthorized'];

/** Adds a parameter to a URL. */
export function withParameter(url, name, value) {
  return `${url}${url.includes('?') ? '&' : '?'}${name}=${encodeURIComponent(value)}`;
}

/** What an answer that is no stream means; null of one that is. */
async function verdictOf(answer) {
  const waitMs = 1000 * (Number(answer.headers.get('Retry-After')) || 0);
  if (answer.status === 204) return { end: 'over' };
  if (answer.status === 200 && /^text\/event-stream\b/i.test(answer.headers.get('Content-Type') ?? '')) return null;
  const error = await problemOf(answer);
  const isPassing = answer.status === 200 || answer.status === 408 || answer.status === 429 || answer.status >= 500;
  return isPassing ? { end: 'cut', error, waitMs } : { end: 'refused', status: answer.status, error };
}

export async function readByFetch({ url, lastEventId, onOpen, onEvent, onPlace, onRetry, signal }, { fetch, headers }) {
  const sent = new Headers(typeof headers === 'function' ? await headers() : headers);
  sent.set('Accept', 'text/event-stream');
  if (lastEventId) sent.set('Last-Event-ID', lastEventId);
  const abort = new AbortController();
  const stop = () => abort.abort();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    const answer = await fetch(url, { headers: sent, signal: abort.signal, cache: 'no-store' });
    const verdict = await verdictOf(answer);
    if (verdict) return verdict;
    onOpen();
    const parser = new SseParser(onEvent, lastEventId);
    const reader = answer.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { end: 'closed' };
      parser.feed(value);
      onPlace(parser.lastEventId);
      if (parser.retry !== undefined) onRetry(parser.retry);
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

export function readByEventSource({ url, lastEventId, onOpen, onEvent, onPlace, signal }, { EventSource, fetch }) {
  let place = lastEventId;
  // It sends the header only when it reconnects by itself.
  const at = () => (place ? withParameter(url, 'lastEventId', place) : url);
  return new Promise((resolve) => {
    const source = new EventSource(at());
    const end = (verdict) => {
      source.close();
      signal.removeEventListener('abort', stop);
      resolve(verdict);
    };
    const stop = () => end({ end: 'cut' });
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) return stop();
    source.addEventListener('open', onOpen);
    for (const type of types) {
      source.addEventListener(type, (event) => {
        try {
          onEvent(event);
        } catch (error) {
          return end({ end: 'cut', error });
        }
        place = event.lastEventId || place;
        onPlace(place);
      });
    }
    // Its own reconnecting has no growing pauses, and gives up at the first answer but 200: it is made anew instead.
    source.addEventListener('error', async () => {
      source.close();
      end(await probe(at(), fetch, signal));
    });
  });
}

/** An EventSource does not tell why it broke; asking once more does. */
async function probe(url, fetch, signal) {
  if (!fetch || signal.aborted) return { end: 'cut' };
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), 5000);
  const stop = () => abort.abort();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const answer = await fetch(url, { method: 'HEAD', headers: { Accept: 'text/event-stream' }, signal: abort.signal, cache: 'no-store' });
    return (await verdictOf(answer)) ?? { end: 'cut' };
  } catch {
    return { end: 'cut' };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    stop();
  }
}

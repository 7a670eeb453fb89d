// A second reader of the events, with nothing of the dashboard in it.

/** The events of whole blocks of a stream, each with id (as last given; `id` at first), type and data. */
export function parseEvents(blocks, id = '') {
  const events = [];
  for (const block of blocks) {
    const event = { type: 'message', data: [] };
    for (const line of block.split('\n')) {
      const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line);
      if (name === 'id') id = value;
      if (name === 'event') event.type = value;
      if (name === 'data') event.data.push(value);
    }
    if (event.data.length > 0) events.push({ id, type: event.type, data: event.data.join('\n') });
  }
  return events;
}

/** Reads `path` as an event stream until `isEnough(events)`; the events, as `parseEvents` has them. */
export async function readStream(url, path, isEnough, timeoutMs = 20_000) {
  const abort = AbortSignal.timeout(timeoutMs);
  const response = await fetch(url + path, { headers: { Accept: 'text/event-stream' }, signal: abort });
  const blocks = [];
  let rest = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split('\n\n');
    rest = parts.pop();
    blocks.push(...parts);
    if (isEnough(parseEvents(blocks))) break;
  }
  return parseEvents(blocks);
}

/** The ids of the task events after `cursor`, up to the last one that `through` names. */
export async function taskEventIds(url, user, cursor, through) {
  const path = `/api/events?topic=tasks/${user}&lastEventId=${cursor}`;
  const events = await readStream(url, path, (seen) => seen.some(({ id }) => id === through));
  return events.filter(({ type }) => type === 'taskUpdate').map(({ id }) => id);
}

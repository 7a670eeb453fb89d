// Cuts the text of an event stream into its blocks. A block that is not whole when the stream ends is nothing, as in a browser.
export class SseBlocks {
  #rest = '';

  /** The blocks that `text` completes, each with what it has of id, event, retry and data. */
  take(text) {
    const parts = (this.#rest + text).split('\n\n');
    this.#rest = parts.pop();
    return parts.map(block).filter((fields) => Object.keys(fields).length > 0);
  }
}

function block(text) {
  const fields = {};
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith(':')) continue;
    const [, name, value] = /^([^:]*):? ?([^]*)$/.exec(line);
    if (name === 'data') fields.data = fields.data === undefined ? value : `${fields.data}\n${value}`;
    if (name === 'id' || name === 'event') fields[name] = value;
    if (name === 'retry') fields.retry = Number(value);
  }
  return fields;
}

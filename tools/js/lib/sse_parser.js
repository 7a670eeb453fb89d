const mostLine = 1 << 20;  // of code units; a service's line has at most 65,536 bytes

/** Takes an event stream apart (WHATWG HTML, 9.2.6), however its bytes are cut. */
export class SseParser {
  #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #onEvent;
  #line = '';
  #isFirstLine = true;
  #skipsLineFeed = false;  // the last line ended in CR
  #type = '';
  #data = [];
  #id;

  /** `onEvent({type, data, lastEventId})` is called for each event; `lastEventId` is of an earlier stream, which this one goes on with. */
  constructor(onEvent, lastEventId = '') {
    this.#onEvent = onEvent;
    this.#id = lastEventId;
    /** What the next request sends as `Last-Event-ID`. */
    this.lastEventId = lastEventId;
    /** The reconnection time that the stream asked for, in milliseconds. */
    this.retry = undefined;
  }

  /** Takes the next bytes, a Uint8Array. Throws a RangeError at a line that is too long. */
  feed(bytes) {
    let text = this.#decoder.decode(bytes, { stream: true });
    while (text !== '') {
      if (this.#skipsLineFeed) {
        this.#skipsLineFeed = false;
        if (text[0] === '\n') {
          text = text.slice(1);
          continue;
        }
      }
      const end = text.search(/[\r\n]/);
      this.#line += end < 0 ? text : text.slice(0, end);
      if (this.#line.length > mostLine) throw new RangeError('a line of the stream is too long');
      if (end < 0) return;
      this.#skipsLineFeed = text[end] === '\r';
      text = text.slice(end + 1);
      const line = this.#line;
      this.#line = '';
      this.#takeLine(line);
    }
  }

  #takeLine(line) {
    if (this.#isFirstLine && line.startsWith('\uFEFF')) line = line.slice(1);
    this.#isFirstLine = false;
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    if (colon < 0) return this.#takeField(line, '');
    this.#takeField(line.slice(0, colon), line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1));
  }

  #takeField(name, value) {
    if (name === 'event') this.#type = value;
    else if (name === 'data') this.#data.push(value);
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    else if (name === 'retry' && /^[0-9]+$/.test(value)) this.retry = Number(value);
  }

  #dispatch() {
    this.lastEventId = this.#id;
    const event = { type: this.#type || 'message', data: this.#data.join('\n'), lastEventId: this.#id };
    const hasData = this.#data.length > 0;
    this.#type = '';
    this.#data = [];
    if (hasData) this.#onEvent(event);
  }
}

import { isNode } from './settings.js';

/** No whole answer came. Whether the request was carried out is not known. */
export class Unreachable extends Error {}

/** Asking again is of no use; the message says why. */
export class Refused extends Error {}

export class Answer {
  constructor(status, body, retryAfterMs = 0) {
    this.status = status;
    this.body = body;
    this.retryAfterMs = retryAfterMs;
  }
  get reason() {
    return this.body.reason ?? `HTTP_${this.status}`;
  }
  get detail() {
    return `${this.body.detail ?? 'no more is known'} (${this.reason})`;
  }
  /** Whether repeating the request may help. */
  get isPassing() {
    return [408, 425, 429].includes(this.status) || this.status >= 500;
  }
}

/** The header of a token. Throws Refused where no header can have it. */
export function bearerOf(token) {
  if (!token) return {};
  if (!/^[!-~]+$/.test(token)) throw new Refused('TASKWIRE_TOKEN is to have no spaces, no line breaks, and letters of ASCII alone');
  return { Authorization: `Bearer ${token}` };
}

/** What went wrong; where all addresses of a host failed, with the last. */
export const messageOf = (error) => error?.message || error?.errors?.at(-1)?.message || error?.code || String(error);

/** Whether it can ever be asked: fetch takes nobody's name or password in it. */
function isUrl(text) {
  try {
    const { protocol, username, password } = new URL(text, globalThis.location?.href);
    return /^https?:$/.test(protocol) && !username && !password;
  } catch {
    return false;
  }
}

/** What fetch and Node's own requests take. Throws Refused where settings can never do. */
export function requestOf(settings, body, key) {
  if (!isUrl(settings.url)) throw new Refused(`TASKWIRE_URL is to be like http://localhost:8080, not '${settings.url.replace(/\/\/.*@/, '//…@')}'`);
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json', ...bearerOf(settings.token) };
  if (key) headers['Idempotency-Key'] = key;
  return { headers, body: JSON.stringify(body) };
}

/** A JSON text; {} of what is none, as something between here and the edge may answer. */
export function objectOf(text) {
  try {
    const value = JSON.parse(text);
    return value && typeof value === 'object' && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

/** Rejects with Unreachable, Refused, or the TypeError of what JSON cannot say. */
export async function request(settings, method, path, body, { timeoutMs = 10_000, key } = {}) {
  const sent = requestOf(settings, body, key);
  const signal = AbortSignal.timeout(Math.ceil(timeoutMs));  // Node throws where it is no whole number
  try {
    const answer = await fetch(settings.url + path, { ...sent, method, signal });
    return new Answer(answer.status, objectOf(await answer.text()), 1000 * (Number(answer.headers.get('Retry-After')) || 0));
  } catch (error) {
    throw new Unreachable(messageOf(error?.cause ?? error));
  }
}

export const post = (settings, path, body, options) => request(settings, 'POST', path, body, options);

/** What an answer says went wrong. */
export async function problemOf(answer) {
  const { detail, reason } = objectOf(await answer.text().catch(() => ''));
  return Object.assign(new Error(detail ?? `HTTP ${answer.status}`), { status: answer.status, reason });
}

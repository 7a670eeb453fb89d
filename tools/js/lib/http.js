/** No whole answer came. Whether the request was carried out is not known. */
export class Unreachable extends Error {}

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

export function headersOf(settings, key) {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  if (settings.token) headers.Authorization = `Bearer ${settings.token}`;
  if (key) headers['Idempotency-Key'] = key;
  return headers;
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

/** Rejects with Unreachable. */
export async function request(settings, method, path, body, { timeoutMs = 10_000, key } = {}) {
  try {
    const answer = await fetch(settings.url + path, {
      method,
      headers: headersOf(settings, key),
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return new Answer(answer.status, objectOf(await answer.text()), 1000 * (Number(answer.headers.get('Retry-After')) || 0));
  } catch (error) {
    throw new Unreachable(String(error?.cause?.message ?? error?.message ?? error));
  }
}

export const post = (settings, path, body, options) => request(settings, 'POST', path, body, options);

/** What an answer says went wrong. */
export async function problemOf(answer) {
  const { detail, reason } = objectOf(await answer.text().catch(() => ''));
  return Object.assign(new Error(detail ?? `HTTP ${answer.status}`), { status: answer.status, reason });
}

// Where taskwire is, and whose the tasks are: what was given, else the environment of Node, else the page's own origin.

export const isNode = typeof process === 'object' && Boolean(process.versions?.node);

/** A variable; undefined in browsers. */
export function environment(name) {
  return (isNode && process.env[name]) || undefined;
}

/** Without a slash at its end. */
export function baseUrl(url) {
  const base = url ?? environment('TASKWIRE_URL') ?? (isNode ? 'http://localhost:8080' : globalThis.location?.origin ?? '');
  return String(base).trim().replace(/\/+$/, '');
}

/** Of a file it has a line break at its end. */
export const findToken = (token) => (token ?? environment('TASKWIRE_TOKEN'))?.trim();

export function findSettings({ url, user, token, exitWaitMs } = {}) {
  const seconds = Number(environment('TASKWIRE_EXIT_WAIT') ?? 5);
  return {
    url: baseUrl(url),
    user: user ?? environment('TASKWIRE_USER') ?? loginName(),
    token: findToken(token),
    exitWaitMs: exitWaitMs ?? (seconds >= 0 ? seconds * 1000 : 5000),
    worker: isNode ? `node-${process.pid}` : 'browser',
  };
}

/** The lease of the task that `taskwire run` or `taskwire work` made of this program, where it is of this service. */
export function wrappersLease(url) {
  const lease = environment('TASKWIRE_LEASE') ?? '';
  return url === baseUrl() && /^[0-9a-f]{32}$/.test(lease) ? lease : undefined;
}

/** The name of who runs Node, as far as a user's name may have it. */
function loginName() {
  const name = environment('USER') ?? environment('LOGNAME') ?? environment('USERNAME') ?? '';
  return name.replace(/[^A-Za-z0-9._~@-]/g, '-').slice(0, 128).replace(/^\.+|\.+$/g, '') || 'user';
}

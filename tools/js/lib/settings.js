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

const mostExitWaitMs = 86_400_000;

export function findSettings({ url, user, token, exitWaitMs } = {}) {
  const waitMs = Number(exitWaitMs ?? 1000 * (environment('TASKWIRE_EXIT_WAIT') ?? 5));
  return {
    url: baseUrl(url),
    user: user ?? environment('TASKWIRE_USER'),  // else whoever runs Node, see `loginName`
    token: findToken(token),
    exitWaitMs: waitMs >= 0 ? Math.min(waitMs, mostExitWaitMs) : 5000,
    worker: isNode ? `node-${process.pid}` : 'browser',
  };
}

/** The lease of the task that `taskwire run` or `taskwire work` made of this program, where it is of this service. */
export function wrappersLease(url) {
  const lease = environment('TASKWIRE_LEASE') ?? '';
  return url === baseUrl() && /^[0-9a-f]{32}$/.test(lease) ? lease : undefined;
}

/** The name of who runs Node, as far as a user's name may have it. */
export async function loginName() {
  const name = environment('LOGNAME') ?? environment('USER') ?? environment('USERNAME') ?? (await systemsName());
  return name.replace(/[^A-Za-z0-9._~@-]/g, '-').slice(0, 128).replace(/^\.+|\.+$/g, '') || 'user';
}

async function systemsName() {
  try {
    return isNode ? (await import('node:os')).userInfo().username : '';
  } catch {  // a user id without a name
    return '';
  }
}

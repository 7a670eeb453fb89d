/** Somebody asked in taskwire that the task stop. */
export class Cancelled extends Error {
  constructor(message = 'the task was asked to stop') {
    super(message);
    this.name = 'Cancelled';
  }
}

/** Ends a task as failed with a reason of one's own. */
export class Failed extends Error {
  constructor(message, { reason = 'WORK_FAILED', retryable = false } = {}) {
    super(message);
    this.name = 'Failed';
    this.reason = reason;
    this.retryable = retryable;
  }
}

/** `NO_SUCH_FILE` of `NoSuchFile`. */
export function reasonOf(name) {
  const words = String(name).replace(/([a-z0-9])(?=[A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$2_');
  const reason = words.toUpperCase().replace(/[^A-Z0-9]+/g, '_').replace(/^[^A-Z]+/, '');
  return reason.slice(0, 64).replace(/_+$/, '') || 'WORK_FAILED';
}

/** The `error` of a finish: the reason is a Failed's, a system error's code, or made of the class. */
export function errorOf(error) {
  const name = error instanceof Failed ? error.reason : typeof error?.code === 'string' ? error.code : error?.name;
  const message = String((error instanceof Error ? error.message : error) || error?.name || 'it failed');
  return { reason: reasonOf(name ?? 'WORK_FAILED'), message: message.slice(0, 4096) };
}

/** The keys of a finish after work that threw. */
export function outcomeOf(error) {
  return error instanceof Cancelled ? { cancelled: true } : { error: errorOf(error) };
}

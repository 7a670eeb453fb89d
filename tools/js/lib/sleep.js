/** Waits so long, or until the signal is aborted. */
export function sleep(ms, signal) {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}

/** Lets the event loop take in what has arrived. */
export function breathe() {
  return new Promise((resolve) => (globalThis.setImmediate ?? setTimeout)(resolve));
}

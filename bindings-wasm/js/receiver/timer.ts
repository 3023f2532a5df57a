/** What takes too long. */

/** Hosts take longer times for none at all. */
const LONGEST = 2 ** 31 - 1;

/** A clock in milliseconds that never steps. */
export function monotonic(): number {
  return performance.now();
}

/** A time for `setTimeout`, at most 24 days. */
export function milliseconds(seconds: number): number {
  return Math.min(seconds * 1e3, LONGEST);
}

/** So many seconds after an instant in Unix milliseconds, as databases can hold it. */
export function after(nowMs: number, seconds: number): number {
  // Larger numbers could be written, but not read again.
  return Math.min(Math.ceil(nowMs + seconds * 1e3), Number.MAX_SAFE_INTEGER);
}

/** What the promise gives, unless so many seconds pass: then what `expire` gives or throws. */
export async function within<T, E>(seconds: number, promise: Promise<T>, expire: () => E): Promise<T | E> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expired = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds(seconds));
  });
  try {
    return await Promise.race([promise, expired.then(expire)]);
  } finally {
    clearTimeout(timer);
  }
}

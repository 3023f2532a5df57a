/** What takes too long. */

/** Hosts take longer times for none at all. */
const LONGEST = 2 ** 31 - 1;

/** A time for `setTimeout`, at most 24 days. */
export function milliseconds(seconds: number): number {
  return Math.min(seconds * 1e3, LONGEST);
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

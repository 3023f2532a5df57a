/** Turns of the event loop. */

type Scheduler = { setImmediate?: (action: () => void) => unknown };

/** The next turn, after the I/O of this one: what waits for the promise holds up nothing else. */
export function nextTurn(): Promise<void> {
  const { setImmediate } = globalThis as Scheduler;
  return new Promise((resolve) => {
    if (setImmediate === undefined) {
      setTimeout(resolve);
    } else {
      setImmediate(resolve);
    }
  });
}

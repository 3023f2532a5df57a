/** Questions to the stores that a monitor shows. */

import { describeThrown } from "../receiver/outcome.js";
import { within } from "../receiver/timer.js";
import type { MonitorLogger } from "./log.js";

/** How long a store may take to answer, in seconds: less than those who look at the page wait. */
const PATIENCE = 5;

/** What is answered; `null` if it fails, which is logged, and shown as a store that does not answer. */
export async function asked<T>(store: "inbox" | "outbox", log: MonitorLogger, action: () => Promise<T>): Promise<T | null> {
  try {
    return await within(PATIENCE, action(), () => {
      throw new Error(`the ${store} took too long`);
    });
  } catch (thrown) {
    log({ level: "error", message: `the ${store} failed`, ...describeThrown(thrown) });
    return null;
  }
}

/** No more than are shown, however many there are. */
export function first<T>(items: Iterable<T>, most: number): T[] {
  const some: T[] = [];
  for (const item of items) {
    if (some.push(item) === most) {
      break;
    }
  }
  return some;
}

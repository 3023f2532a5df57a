/** How fast dead letters are replayed; programs in Rust and Python that share a table go the same. */

/** The most that are replayed in one transaction. */
const MOST = 500;
/** The longest wait for the next page, in milliseconds: that of one a second. */
const LONGEST = 1_000;

/** How many are replayed at once: ten times a second, so that they do not come in bursts of a second. */
export function pageOf(perSecond: number): number {
  return Math.min(Math.max(Math.floor(perSecond / 10), 1), MOST);
}

/** When the next page is due after one with so many. */
export function nextPage(now: number, count: number, perSecond: number): number {
  return now + Math.floor((count * 1e3) / perSecond);
}

/** Whether a page is due. One that is further ahead was noted by a clock that has been set back. */
export function isPageDue(nextMs: number, now: number): boolean {
  return nextMs <= now || nextMs > now + LONGEST;
}

/** In how many seconds the first of these pages is due; `null` if there is none. */
export function untilPage(nextMs: readonly number[], now: number): number | null {
  return nextMs.length === 0 ? null : Math.max(Math.min(...nextMs) - now, 0) / 1e3;
}

/** An inbox as a monitor sees it. */

/** What a monitor asks of an inbox, such as one of `countersign/inbox`, at once or by promises. */
export interface MonitoredInbox {
  /** How many events are in which state. */
  counts(): Readonly<Record<string, number>> | PromiseLike<Readonly<Record<string, number>>>;
  /** The events that are not tried again, at most so many. */
  deadLetters(which: { readonly limit: number }): Iterable<DeadLetter> | PromiseLike<Iterable<DeadLetter>>;
  /** Has an event handled once more; how many they are, which is 0 if there is none. */
  replay(number: number): number | PromiseLike<number>;
}

/** An event that is not tried again. */
export interface DeadLetter {
  /** Its number in the inbox. */
  readonly number: number;
  readonly event: { readonly id: string | null; readonly type: string | null };
  /** When it came, in Unix seconds. */
  readonly received: number;
  /** How often its handler was run. */
  readonly attempts: number;
  /** Why the last attempt failed: the class of what was thrown, or a code. */
  readonly error: string | null;
}

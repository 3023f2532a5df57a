/** What a sender consists of. */

import type { HealthPolicy } from "./health.js";
import type { SenderLog } from "./log.js";
import type { AttemptObserver } from "./observers.js";
import type { Retention, SenderStore } from "./store.js";
import type { Defaults } from "./target.js";
import type { Host } from "./transport.js";

/** What a sender works with. Durations are in seconds. */
export interface Parts extends Host {
  readonly store: SenderStore;
  readonly defaults: Defaults;
  readonly healthPolicy: HealthPolicy;
  /** The clock in Unix milliseconds. */
  readonly clock: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly log: SenderLog;
  readonly lease: number;
  readonly concurrency: number;
  readonly poll: number;
  readonly retention: Retention;
  /** Are told how attempts end. */
  readonly observers: AttemptObserver[];
}

/** What the status page shows, as its JSON has it. */

import type { Outcome } from "../receiver/outcome.js";

/** All that the status page shows. Times are in Unix seconds, durations in seconds. */
export interface Snapshot {
  readonly time: number;
  /** Since when it is counted. */
  readonly since: number;
  /** Which process counted; 0 if it has no number. */
  readonly process: number;
  readonly receivers: readonly ReceiverSnapshot[];
  /** The newest first. */
  readonly recent: readonly OutcomeSnapshot[];
  /** `null` if there is no inbox. */
  readonly inbox: InboxSnapshot | null;
}

/** The counts of one receiver. */
export interface ReceiverSnapshot {
  readonly name: string;
  /** The name of its scheme. */
  readonly scheme: string;
  readonly requests: number;
  /** Requests by what became of them. */
  readonly results: Readonly<Record<string, number>>;
  /** Authentic events by type; those without one are under the empty text. */
  readonly types: Readonly<Record<string, number>>;
  /** How long half, 95 and 99 of 100 requests took at most; `null` if there was none. */
  readonly latency: Readonly<Record<"p50" | "p95" | "p99", number | null>>;
}

/** What became of one request. */
export interface OutcomeSnapshot {
  /** The name of the receiver. */
  readonly receiver: string;
  readonly time: number;
  readonly status: number;
  readonly result: Outcome["result"];
  readonly scheme: string;
  readonly event_id: string | null;
  readonly event_type: string | null;
  readonly duration: number;
  readonly key_index: number | null;
}

/** An inbox. What it did not answer is `null`. */
export interface InboxSnapshot {
  /** How many events are in which state. */
  readonly counts: Readonly<Record<string, number>> | null;
  /** The first 100. */
  readonly dead_letters: readonly DeadLetterSnapshot[] | null;
}

/** An event that is not tried again. */
export interface DeadLetterSnapshot {
  readonly number: number;
  readonly event_id: string | null;
  readonly event_type: string | null;
  readonly received: number;
  readonly attempts: number;
  readonly error: string | null;
}

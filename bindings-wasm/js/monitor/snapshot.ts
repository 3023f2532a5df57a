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
  /** `null` if there is no sender. */
  readonly outbox: OutboxSnapshot | null;
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

/** The outbox of a sender, for all processes that share it. What it did not answer is `null`. */
export interface OutboxSnapshot {
  /** The first 100: those that ail, then those for which most waits. */
  readonly endpoints: readonly EndpointSnapshot[] | null;
  /** The latest 20. */
  readonly replays: readonly ReplaySnapshot[] | null;
  /** The latest 50. */
  readonly attempts: readonly AttemptSnapshot[] | null;
  /** The latest 100. */
  readonly dead_letters: readonly DeadDeliverySnapshot[] | null;
}

/** Where messages go, and how it stands. */
export interface EndpointSnapshot {
  readonly id: string;
  readonly state: "ready" | "throttled" | "circuit_open" | "probe" | "disabled";
  /** When a pause ends; else `null`. */
  readonly until: number | null;
  /** Why it is disabled; else `null`. */
  readonly reason: "gone" | "failing" | "manual" | null;
  /** Attempts that failed since the last one that succeeded. */
  readonly failures: number;
  readonly waiting: number;
  readonly running: number;
  readonly dead: number;
  /** How many attempts this process made. */
  readonly attempts: number;
  /** How long half, 95 and 99 of 100 of these took at most; `null` if there was none. */
  readonly latency: Readonly<Record<"p50" | "p95" | "p99", number | null>>;
}

/** A replay of many dead letters. */
export interface ReplaySnapshot {
  readonly number: number;
  readonly created: number;
  readonly state: "running" | "done" | "cancelled";
  /** How many were meant when it began. */
  readonly total: number;
  readonly replayed: number;
  readonly per_second: number;
}

/** An attempt to deliver. */
export interface AttemptSnapshot {
  /** The number of its delivery. */
  readonly delivery: number;
  readonly time: number;
  readonly attempt: number;
  readonly duration: number;
  /** `null` if it was deleted. */
  readonly endpoint: string | null;
  readonly message_id: string;
  readonly event_type: string;
  readonly status: number | null;
  readonly error: string | null;
}

/** A delivery that is given up. */
export interface DeadDeliverySnapshot {
  readonly number: number;
  readonly created: number;
  readonly attempts: number;
  /** `null` if it was deleted. */
  readonly endpoint: string | null;
  readonly message_id: string;
  readonly event_type: string;
  readonly reason: string | null;
}

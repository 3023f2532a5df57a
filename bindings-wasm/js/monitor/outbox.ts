/** A sender and its outbox as a monitor sees them. */

/** What a monitor asks of a sender, such as one of `countersign/sender`, at once or by promises. */
export interface MonitoredSender {
  /** Has the observer told how each attempt of this process ends. */
  observe(observer: (attempt: ObservedAttempt) => void): unknown;
  /** How it stands with endpoints, at most so many: those that ail first, then those for which most waits. */
  standings(which: Most): Iterable<MonitoredEndpoint> | PromiseLike<Iterable<MonitoredEndpoint>>;
  /** Replays of many, at most so many, the latest first. */
  replays(which: Most): Iterable<MonitoredReplay> | PromiseLike<Iterable<MonitoredReplay>>;
  /** The attempts of all processes, at most so many, the latest first. */
  latestAttempts(which: Most): Iterable<MonitoredAttempt> | PromiseLike<Iterable<MonitoredAttempt>>;
  /** The deliveries that are given up, at most so many, the latest first. */
  deadLetters(which: Most): Iterable<MonitoredDelivery> | PromiseLike<Iterable<MonitoredDelivery>>;
  /** Has a delivery made once more; how many they are, which is 0 if there is none. */
  replay(number: number): number | PromiseLike<number>;
}

/** How many are wanted. */
interface Most {
  readonly limit: number;
}

/** How an attempt ended. */
export interface ObservedAttempt {
  /** The id of the endpoint. */
  readonly endpoint: string;
  /** `delivered`, `retry`, or why it is a dead letter. */
  readonly verdict: string;
  /** The status of the answer; `null` if there was none. */
  readonly status: number | null;
  /** What kept the answer away: the class of an error. */
  readonly error: string | null;
  /** How long it took, in seconds. */
  readonly duration: number;
}

/** How it stands with an endpoint, and how many deliveries to it are not done. */
export interface MonitoredEndpoint {
  readonly id: string;
  /** Whether it may be sent to: the end of a pause is in Unix seconds. */
  readonly availability: {
    readonly state: "ready" | "throttled" | "circuit_open" | "probe" | "disabled";
    readonly until: number | null;
    readonly reason: "gone" | "failing" | "manual" | null;
  };
  /** What is known of it: the attempts that failed since the last one that succeeded. */
  readonly health: { readonly failures: number };
  readonly waiting: number;
  /** How many are under way. */
  readonly running: number;
  /** How many are given up. */
  readonly dead: number;
}

/** A replay of many dead letters, and how far it is. */
export interface MonitoredReplay {
  readonly number: number;
  /** When it began, in Unix seconds. */
  readonly created: number;
  readonly state: "running" | "done" | "cancelled";
  /** How many were meant when it began. */
  readonly total: number;
  /** How many were delivered again, or wait for it. */
  readonly replayed: number;
  /** How many a second. */
  readonly perSecond: number;
}

/** An attempt that was made. */
export interface MonitoredAttempt {
  /** The number of its delivery. */
  readonly delivery: number;
  /** Which one of its delivery, counted from 1. */
  readonly attempt: number;
  /** When it began, in Unix seconds. */
  readonly at: number;
  /** In seconds. */
  readonly duration: number;
  /** The id of the endpoint; `null` if it was deleted. */
  readonly endpoint: string | null;
  readonly messageId: string;
  readonly type: string;
  readonly status: number | null;
  readonly error: string | null;
}

/** A delivery that is given up. */
export interface MonitoredDelivery {
  readonly number: number;
  /** When its message was sent, in Unix seconds. */
  readonly created: number;
  readonly attempts: number;
  /** The id of the endpoint; `null` if it was deleted. */
  readonly endpoint: string | null;
  readonly messageId: string;
  readonly type: string;
  /** Why it is given up. */
  readonly reason: string | null;
}

/** What a sender must have. */
export const SENDER_METHODS = [
  "observe",
  "standings",
  "replays",
  "latestAttempts",
  "deadLetters",
  "replay",
] as const satisfies readonly (keyof MonitoredSender)[];

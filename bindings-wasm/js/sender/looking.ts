/** What was sent, for those who look. */

import type { Availability, EndpointHealth } from "./health.js";

/**
 * What became of a delivery: it waits for its time; a sender has it, under a lease; it arrived;
 * nobody tries again unless told to.
 */
export type DeliveryState = "waiting" | "running" | "delivered" | "dead";

/** One message and one endpoint that it goes to. Times are in Unix seconds. */
export interface StoredDelivery {
  /** What it is named by; never used twice. */
  readonly number: number;
  readonly messageId: string;
  readonly type: string;
  /** When the message was sent. */
  readonly created: number;
  /** The endpoint's id; `null` if it was deleted. */
  readonly endpoint: string | null;
  readonly state: DeliveryState;
  /** How many attempts were made, since it was last replayed. */
  readonly attempts: number;
  readonly isReplay: boolean;
  /** When it is due; until when it is leased; since when it is delivered or dead. */
  readonly due: number;
  /**
   * Why it is dead: `exhausted`, `redirected`, `rejected`, `forbidden`; `disabled` or `deleted` after
   * the endpoint; or the code of an error that kept it from being signed.
   */
  readonly reason: string | null;
}

/** One attempt that was made. */
export interface Attempted {
  /** Which one, counted from 1 and again after a replay. */
  readonly attempt: number;
  /** When it began, in Unix seconds. */
  readonly at: number;
  /** In seconds. */
  readonly duration: number;
  readonly status: number | null;
  /**
   * What kept the answer away: `dns`, `connect`, `tls`, `timeout`, `http`, `body` or `forbidden`;
   * `interrupted` if the process died or froze, so that it is not known whether it arrived; or the
   * code of an error that kept it from being signed.
   */
  readonly error: string | null;
  /** The first 4 KiB of the answer's body. */
  readonly answer: Uint8Array | null;
}

/** Which deliveries are listed; all if nothing is said. */
export interface DeliveryFilter {
  readonly state?: DeliveryState | null | undefined;
  /** The endpoint's id. */
  readonly endpoint?: string | null | undefined;
  readonly type?: string | null | undefined;
  /** Why it is dead. */
  readonly reason?: string | null | undefined;
  /** In its state since then or later, in Unix seconds. */
  readonly since?: number | null | undefined;
  /** In its state since then or earlier, in Unix seconds. */
  readonly until?: number | null | undefined;
  /** The number of the last that was listed, for those that come next. */
  readonly before?: number | null | undefined;
  /** At most so many; 100 if not given. */
  readonly limit?: number | null | undefined;
}

/** Which dead letters are replayed. */
export type ReplayFilter = Pick<DeliveryFilter, "endpoint" | "type" | "reason" | "since" | "until">;

/** How fast they are replayed. */
export interface ReplayPace {
  /** How many a second, at least one. */
  readonly perSecond: number;
}

/** How it stands with an endpoint, and how many deliveries to it are not done. */
export interface EndpointStanding {
  readonly id: string;
  /** What the attempts to send to it tell of it. */
  readonly health: EndpointHealth;
  readonly waiting: number;
  /** How many are under way, in all processes. */
  readonly running: number;
  /** How many are dead letters. */
  readonly dead: number;
}

/** How it stands with an endpoint, and whether it may be sent to. */
export interface AvailableEndpoint extends EndpointStanding {
  readonly availability: Availability;
}

/** An attempt, and what it was to deliver. */
export interface LatestAttempt extends Omit<Attempted, "answer"> {
  /** The number of its delivery. */
  readonly delivery: number;
  /** The endpoint's id; `null` if it was deleted. */
  readonly endpoint: string | null;
  readonly messageId: string;
  readonly type: string;
}

/** How many are wanted. */
export interface Limit {
  /** At most so many; 100 if not given. */
  readonly limit?: number | null | undefined;
}

/** A replay of many dead letters, and how far it is. */
export interface Replay {
  /** What it is named by. */
  readonly number: number;
  /** How many were meant when it began. */
  readonly total: number;
  /**
   * How many wait to be delivered again, or were. Those that somebody replayed, deleted or disabled
   * meanwhile are not among them.
   */
  readonly replayed: number;
  /** How many a second. */
  readonly perSecond: number;
  /** Whether it goes on, all were replayed, or somebody ended it. */
  readonly state: "running" | "done" | "cancelled";
  /** When it began, in Unix seconds. */
  readonly created: number;
}

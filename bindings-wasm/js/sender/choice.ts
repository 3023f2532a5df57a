/** What is taken of what waits for an endpoint. */

import { glue } from "./core.js";
import type { Availability, HealthPolicy } from "./health.js";
import type { Choice, Standing } from "./store.js";
import type { Target } from "./target.js";

/** How it stands with an endpoint, and what waits for it. Times are in Unix milliseconds. */
export interface Turn {
  /** What its health says. */
  readonly availability: Availability;
  /** How many deliveries to it are under way, anywhere. */
  readonly running: number;
  /** When the delivery whose turn it is is tried again, if they go in order; 0 if now. */
  readonly blockedUntilMs: number;
  /** Up to when its pace is used up, in Unix microseconds; 0 if it never was. */
  readonly pacedUntilUs: number;
  /** The first that wait, in their order. */
  readonly waiting: readonly { readonly dueMs: number; readonly isReplay: boolean }[];
  /** Whether they go one at a time, in order. */
  readonly isFifo: boolean;
  /** How many go a second; `null` for as many as there are. */
  readonly perSecond: number | null;
  /** How many may go now. */
  readonly room: number;
  readonly nowMs: number;
}

/** What goes next, and what is to be noted of the endpoint. */
export interface Next {
  /** The places of those that go. */
  readonly taken: readonly number[];
  /** Whether all that wait are given up, since the endpoint is disabled. */
  readonly buries: boolean;
  /** When to look again; `null` if something else tells. */
  readonly nextMs: number | null;
  /** Up to when the pace is used up; `null` if it stays. */
  readonly pacedUntilUs: number | null;
  /** Whether `blockedUntilMs` is to be noted as 0. */
  readonly unblocks: boolean;
}

/**
 * What goes next of what waits for an endpoint, by its health, order, pace and room: the decision of
 * the core, for senders of your own.
 *
 * @example
 * ```ts
 * import { chooseNext, HEALTHY, HealthPolicy } from "countersign/sender";
 *
 * const availability = new HealthPolicy().availability(HEALTHY);
 * const waiting = [{ dueMs: 1000, isReplay: false }, { dueMs: 9000, isReplay: false }];
 * const endpoint = { running: 0, blockedUntilMs: 0, pacedUntilUs: 0, isFifo: false, perSecond: null };
 * chooseNext({ ...endpoint, availability, waiting, room: 5, nowMs: 2000 }); // taken [0], nextMs 9000
 * ```
 */
export function chooseNext(turn: Turn): Next {
  const { availability, waiting } = turn;
  const until = availability.until === null ? 0 : Math.round(availability.until * 1e3);
  const numbers = [
    until,
    turn.running,
    turn.blockedUntilMs,
    turn.pacedUntilUs,
    turn.perSecond ?? NaN,
    turn.room,
    turn.nowMs,
  ];
  // Those that are replays are negative.
  const dues = waiting.map(({ dueMs, isReplay }) => (isReplay ? -dueMs - 1 : dueMs));
  const state = availability.reason ?? availability.state;
  const chosen = glue.choose(state, turn.isFifo, Float64Array.from(numbers), Float64Array.from(dues));
  const [buries, next, paced, unblocks, ...taken] = chosen as unknown as [number, number, number, number, ...number[]];
  const given = (number: number) => (Number.isNaN(number) ? null : number);
  return { taken, buries: buries === 1, nextMs: given(next), pacedUntilUs: given(paced), unblocks: unblocks === 1 };
}

/** At most `room` of them; a pure decision. */
export function choose(standing: Standing, target: Target, policy: HealthPolicy, room: number): Choice {
  const { now, endpoint, waiting, running, blockedUntilMs, pacedUntilUs } = standing;
  const availability = policy.availability(endpoint.health, (now + 0.5) / 1e3);
  const { isFifo, perSecond } = target;
  const turn = { availability, running, blockedUntilMs, pacedUntilUs, waiting, isFifo, perSecond, room, nowMs: now };
  const { taken, buries, unblocks, ...rest } = chooseNext(turn);
  return { ...rest, take: taken.map((place) => waiting[place]!), bury: buries ? "disabled" : null, unblock: unblocks };
}

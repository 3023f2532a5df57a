/** Whether an endpoint may be sent to, after what came of the attempts to it. */

import { count, type Keys, number, options, time, wrong } from "../check.js";
import { type Attempt, checkedAttempt, checkedStatuses } from "../retry.js";
import { glue } from "./core.js";

/** Why an endpoint is sent nothing any more: it answered 410; no attempt succeeded for days; somebody said so. */
export type DisableReason = "gone" | "failing" | "manual";

/** What is known of an endpoint from the attempts to send to it. Times are in Unix seconds. */
export interface EndpointHealth {
  /** Attempts that failed since the last one that succeeded. */
  readonly failures: number;
  /** When the first of these ended. */
  readonly failingSince: number | null;
  /** Until when nothing is sent, because the endpoint asked for it. */
  readonly throttledUntil: number | null;
  /**
   * Until when nothing is sent, because the endpoint is down; once that is past, single attempts
   * find out whether it still is.
   */
  readonly circuitOpenUntil: number | null;
  /** How often in a row the circuit has opened. */
  readonly openings: number;
  /** Why nothing is sent any more. */
  readonly disabled: DisableReason | null;
}

/** A new endpoint. To enable one again, begin with this. */
export const HEALTHY: EndpointHealth = Object.freeze({
  failures: 0,
  failingSince: null,
  throttledUntil: null,
  circuitOpenUntil: null,
  openings: 0,
  disabled: null,
});

/** Whether an endpoint may be sent to. */
export interface Availability {
  /**
   * `ready`: it may. `throttled` and `circuit_open`: not before {@link Availability.until}. `probe`:
   * one attempt at a time, to find out whether it is still down. `disabled`: not at all.
   */
  readonly state: "ready" | "throttled" | "circuit_open" | "probe" | "disabled";
  /** When the pause ends, in Unix seconds; else `null`. */
  readonly until: number | null;
  /** Why it is disabled; else `null`. */
  readonly reason: DisableReason | null;
}

/** Options of {@link HealthPolicy}. Durations are in seconds; `false` switches a rule off. */
export interface HealthPolicyOptions {
  /** The circuit opens once so many attempts in a row have failed; 10 if not given. */
  readonly circuitFailures?: number | false | null | undefined;
  /**
   * For how long it opens, the first time and at most; 30 and 1800 if not given. Each time is twice
   * as long as the one before, and half of it is spread.
   */
  readonly circuitPauses?: readonly [number, number] | null | undefined;
  /** How long an endpoint is throttled without `Retry-After`, at least and at most; 1 and 60 if not given. */
  readonly throttlePauses?: readonly [number, number] | null | undefined;
  /** The longest `Retry-After` that is honoured; an hour if not given. */
  readonly retryAfterCap?: number | null | undefined;
  /** After how long without a success an endpoint is disabled; 5 days if not given. */
  readonly disableAfter?: number | false | null | undefined;
  /** How many failed attempts that takes; 10 if not given. */
  readonly disableFailures?: number | null | undefined;
  /** Further statuses that are tried again: those of the {@link RetryPolicy}. */
  readonly retryStatuses?: Iterable<number> | null | undefined;
}

const KEYS: Keys<HealthPolicyOptions> = {
  circuitFailures: true,
  circuitPauses: true,
  throttlePauses: true,
  retryAfterCap: true,
  disableAfter: true,
  disableFailures: true,
  retryStatuses: true,
};

/**
 * When an endpoint is throttled, taken for down, and disabled.
 *
 * - **Throttled**: by 429, 502 and 504, and by every other answer that is tried again and has
 *   `Retry-After`; for as long as that says, else for as long as the endpoint has been failing, so
 *   that each pause doubles the time. A success does not end it.
 * - **Circuit**: once enough attempts in a row have failed, one without an answer or with 408, 425 or
 *   5xx opens it. After the pause single attempts are made; only a success closes it.
 * - **Disabled**: by 410 at once, and by days without a success if enough attempts failed.
 *
 * A pause that would end more than a minute after its longest length was written by a clock that has
 * been set back, and counts as past.
 *
 * @example
 * ```ts
 * import { HealthPolicy, HEALTHY } from "countersign/sender";
 *
 * const policy = new HealthPolicy();
 * const health = policy.observe(HEALTHY, { status: 429, retryAfter: "30", now: 1700000000 });
 * policy.availability(health, 1700000000); // { state: "throttled", until: 1700000030, reason: null }
 * policy.availability(health, 1700000030).state; // "ready"
 * ```
 */
export class HealthPolicy {
  readonly #handle: glue.HealthPolicyHandle;

  constructor(policyOptions?: HealthPolicyOptions) {
    const given = options("the options", KEYS, policyOptions);
    const handle = new glue.HealthPolicyHandle(checkedStatuses(given.retryStatuses));
    const { circuitFailures, disableAfter } = given;
    if (isGiven(circuitFailures)) {
      handle.set_circuit(circuitFailures === false ? undefined : count("circuitFailures", circuitFailures));
    }
    if (isGiven(given.circuitPauses)) {
      handle.set_circuit_pauses(...pauses("circuitPauses", given.circuitPauses));
    }
    if (isGiven(given.throttlePauses)) {
      handle.set_throttle_pauses(...pauses("throttlePauses", given.throttlePauses));
    }
    if (isGiven(given.retryAfterCap)) {
      handle.set_retry_after_cap(duration("retryAfterCap", given.retryAfterCap));
    }
    const failures = isGiven(given.disableFailures) ? count("disableFailures", given.disableFailures) : undefined;
    if (disableAfter === false) {
      handle.unset_disabling();
    } else {
      handle.set_disabling(isGiven(disableAfter) ? duration("disableAfter", disableAfter) : undefined, failures);
    }
    this.#handle = handle;
  }

  /**
   * Whether the endpoint may be sent to. Of two pauses, the one that ends last.
   *
   * @param now The clock in Unix seconds; the host's if not given.
   */
  availability(health: EndpointHealth, now?: number | null): Availability {
    const { numbers, disabled } = crossing(health);
    const until = new Float64Array(1);
    const word = this.#handle.availability(numbers, disabled, instant(time(now)), until);
    switch (word) {
      case "ready":
      case "probe":
        return { state: word, until: null, reason: null };
      case "throttled":
      case "circuit_open":
        return { state: word, until: until[0]! / 1e3, reason: null };
      case "gone":
      case "failing":
      case "manual":
        return { state: "disabled", until: null, reason: word };
      default:
        throw new Error("the core made a decision that this package does not know");
    }
  }

  /** What is known of the endpoint after an attempt that ended at this time. */
  observe(health: EndpointHealth, ended: Attempt): EndpointHealth {
    const { numbers, disabled } = crossing(health);
    const { status, retryAfter, forbidden, now, entropy } = checkedAttempt(ended);
    const word = this.#handle.observe(numbers, disabled, status, retryAfter, forbidden, instant(now), entropy);
    return {
      failures: numbers[0]!,
      failingSince: seconds(numbers[1]!),
      throttledUntil: seconds(numbers[2]!),
      circuitOpenUntil: seconds(numbers[3]!),
      openings: numbers[4]!,
      disabled: word === "" ? null : (word as DisableReason),
    };
  }
}

const REASONS: readonly unknown[] = ["gone", "failing", "manual"];

/** As the core takes it: numbers, times in milliseconds, and the word for why it is disabled. */
function crossing(health: EndpointHealth): { numbers: Float64Array; disabled: string } {
  if (typeof health !== "object" || health === null) {
    throw wrong("the health", "an object", health);
  }
  const { failures, failingSince, throttledUntil, circuitOpenUntil, openings, disabled } = health;
  if (disabled !== null && !REASONS.includes(disabled)) {
    throw new TypeError("disabled must be one of gone, failing, manual, or null");
  }
  const times = { failingSince, throttledUntil, circuitOpenUntil };
  const numbers = Float64Array.of(
    count("failures", failures),
    ...Object.entries(times).map(([name, at]) => (at === null ? Number.NaN : duration(name, at))),
    count("openings", openings),
  );
  return { numbers, disabled: disabled ?? "" };
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

/** To the nearest millisecond. */
function duration(what: string, value: unknown): number {
  return Math.round(number(what, value) * 1e3);
}

/** The milliseconds of an instant are floored, as everywhere. */
function instant(now: number): number {
  return Math.floor(now * 1e3);
}

function seconds(milliseconds: number): number | null {
  return Number.isNaN(milliseconds) ? null : milliseconds / 1e3;
}

function pauses(what: string, value: unknown): [number, number] {
  if (!Array.isArray(value) || value.length !== 2) {
    throw wrong(what, "an array of two numbers", value);
  }
  return [duration(what, value[0]), duration(what, value[1])];
}

import { Backoff } from "./backoff.js";
import { count, entropy as entropyOf, flag, type Keys, number, options, time, wholeUpTo, wrong } from "./check.js";
import { glue } from "./core.js";
import type { RetryPolicyHandle } from "./glue.js";
import type { RetryPolicyDescription } from "./retry-description.js";

/** Options of {@link RetryPolicy}. */
export interface RetryPolicyOptions {
  /** The longest `Retry-After` that is honoured, in seconds; a longer one counts as this. */
  readonly retryAfterCap?: number | null | undefined;
  /** Further statuses that are tried again. */
  readonly retryStatuses?: Iterable<number> | null | undefined;
}

/** How an attempt ended. */
export interface Attempt {
  /** The status code of the answer; `null` for a network error, and if none was made. */
  readonly status: number | null;
  /** True if no attempt was made because the destination may not be reached. */
  readonly forbidden?: boolean | null | undefined;
  /** The value of the answer's header `Retry-After`. */
  readonly retryAfter?: string | null | undefined;
  /** The clock in Unix seconds; the host's if not given. */
  readonly now?: number | null | undefined;
  /** A whole number below 2^32 that feeds the jitter; random if not given. */
  readonly entropy?: number | null | undefined;
}

/** What to do with the message. */
export interface Decision {
  /**
   * `delivered`: nothing. `retry_at`: try again at {@link Decision.at}. `dead_letter`: keep it as
   * such. `disable`: that, and send the endpoint nothing more.
   */
  readonly action: "delivered" | "retry_at" | "dead_letter" | "disable";
  /** When to try again, in Unix seconds; else `null`. */
  readonly at: number | null;
  /** Why it is a dead letter; else `null`. */
  readonly reason: "exhausted" | "redirected" | "rejected" | "forbidden" | null;
}

const KEYS: Keys<Attempt> = { status: true, forbidden: true, retryAfter: true, now: true, entropy: true };
const DAY = 86_400;
const MAX_STATUS = 65_535;

/**
 * How a sender answers the outcome of an attempt.
 *
 * 2xx is success. Network errors, 408, 425, 429 and 5xx are tried again on the schedule, later if
 * `Retry-After` asks for it. 410 disables the endpoint. Redirects are never followed; they and all
 * other answers are final. Arguments of another type throw a `TypeError`.
 *
 * @example
 * ```ts
 * import { RetryPolicy } from "countersign";
 *
 * const policy = RetryPolicy.exponential(1, 3);
 * policy.decide(1, { status: 503, retryAfter: "30", now: 1700000000 });
 * // { action: "retry_at", at: 1700000030, reason: null }
 * ```
 */
export class RetryPolicy {
  /** The delays. */
  readonly backoff: Backoff;
  /** @internal What a table holds of it. */
  readonly description: RetryPolicyDescription;
  readonly #handle: RetryPolicyHandle;

  constructor(backoff: Backoff, policyOptions?: RetryPolicyOptions) {
    const known = { retryAfterCap: true, retryStatuses: true } as const;
    const { retryAfterCap, retryStatuses } = options("the options", known, policyOptions);
    const handle = Backoff.handleOf(backoff);
    const cap = number("the cap of Retry-After", retryAfterCap ?? DAY);
    const statuses = checkedStatuses(retryStatuses);
    this.#handle = new glue.RetryPolicyHandle(handle, cap, statuses);
    this.backoff = backoff;
    this.description = {
      schedule: backoff.description,
      jitter: backoff.jitter,
      retry_after_cap_ms: Math.min(Math.floor(cap * 1e3 + 0.5), Number.MAX_SAFE_INTEGER),
      retry_statuses: Array.from(statuses),
    };
  }

  /** The schedule of Standard Webhooks; see {@link Backoff.standard}. */
  static standard(): RetryPolicy {
    return new RetryPolicy(Backoff.standard());
  }

  /** At once, after `base` seconds, twice that, and so on, at most a day apart, without jitter. */
  static exponential(base: number, attempts: number): RetryPolicy {
    return new RetryPolicy(Backoff.exponential(base, { attempts }));
  }

  /**
   * Decides after this many attempts, the last of which ended so.
   *
   * @param attempt Counted from 1; 0 counts as 1.
   */
  decide(attempt: number, ended: Attempt): Decision {
    const at = new Float64Array(1);
    const { status, retryAfter, forbidden, now, entropy } = checkedAttempt(ended);
    const made = count("the attempt", attempt);
    const word = this.#handle.decide(made, status, retryAfter, forbidden, now, entropy, at);
    return decision(word, at[0]!);
  }
}

/** Further statuses that are tried again, as the core takes them. @internal */
export function checkedStatuses(given: Iterable<number> | null | undefined): Uint16Array {
  const statuses = given ?? [];
  if (typeof statuses !== "object" || !(Symbol.iterator in statuses)) {
    throw wrong("the retry statuses", "an array of numbers", statuses);
  }
  return Uint16Array.from(Array.from(statuses, (status) => wholeUpTo(MAX_STATUS, "a retry status", status)));
}

/** An attempt as the core takes it. @internal */
export function checkedAttempt(ended: Attempt) {
  const { status, retryAfter, forbidden, now, entropy } = options("the attempt's outcome", KEYS, ended);
  if (status === undefined) {
    throw new TypeError("the status must be a number, or null for a network error");
  }
  if (forbidden === true && status !== null) {
    throw new TypeError("the status must be null where no attempt was made");
  }
  return {
    status: status === null ? undefined : wholeUpTo(MAX_STATUS, "the status", status),
    retryAfter: retryAfterText(retryAfter),
    forbidden: flag("forbidden", forbidden),
    now: time(now),
    entropy: entropyOf(entropy),
  };
}

function decision(word: string, at: number): Decision {
  switch (word) {
    case "retry_at":
      return { action: word, at, reason: null };
    case "delivered":
    case "disable":
      return { action: word, at: null, reason: null };
    case "exhausted":
    case "redirected":
    case "rejected":
    case "forbidden":
      return { action: "dead_letter", at: null, reason: word };
    default:
      throw new Error("the core made a decision that this package does not know");
  }
}

/**
 * How many seconds `Retry-After` asks to wait: seconds, or an HTTP-date; `null` if it is neither,
 * or absent. A date that is past asks for no wait.
 *
 * Source: RFC 9110, section 10.2.3.
 *
 * @param now The clock in Unix seconds; the host's if not given.
 *
 * @example
 * ```ts
 * import { parseRetryAfter } from "countersign";
 *
 * parseRetryAfter("120"); // 120
 * parseRetryAfter("Sun, 06 Nov 1994 08:49:37 GMT", 784111770); // 7
 * parseRetryAfter("soon"); // null
 * ```
 */
export function parseRetryAfter(value: string | null | undefined, now?: number): number | null {
  const at = time(now);
  const known = retryAfterText(value);
  return known === undefined ? null : (glue.parse_retry_after(known, at) ?? null);
}

/** Half a surrogate pair is in no header that asks for a wait, whatever it becomes. */
function retryAfterText(value: unknown): string | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value !== "string") {
    throw wrong("Retry-After", "a string", value);
  }
  return value;
}

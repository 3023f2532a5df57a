/** Retry policies as tables hold them, in every language: what the vectors of the kind `retry` have. */

import { Backoff, type Jitter } from "./backoff.js";
import { RetryPolicy } from "./retry.js";

/** When to try again, in milliseconds. */
export type ScheduleDescription =
  | { readonly fixed_ms: readonly number[] }
  | {
      readonly exponential: {
        readonly base_ms: number;
        readonly factor: number;
        readonly cap_ms: number;
        readonly attempts: number;
      };
    };

/** A policy. */
export interface RetryPolicyDescription {
  readonly schedule: ScheduleDescription;
  readonly jitter: Jitter;
  readonly retry_after_cap_ms: number;
  /** None if not given. */
  readonly retry_statuses?: readonly number[];
}

/** @throws Whatever is wrong with it: it may come from anybody who writes to the table. */
export function describedPolicy(description: RetryPolicyDescription): RetryPolicy {
  const { schedule, jitter, retry_after_cap_ms, retry_statuses } = description;
  return new RetryPolicy(describedBackoff(schedule, jitter), {
    retryAfterCap: retry_after_cap_ms / 1e3,
    retryStatuses: retry_statuses,
  });
}

function describedBackoff(schedule: ScheduleDescription, jitter: Jitter): Backoff {
  if ("fixed_ms" in schedule) {
    return Backoff.fixed(schedule.fixed_ms.map((delay) => delay / 1e3), { jitter });
  }
  const { base_ms, factor, cap_ms, attempts } = schedule.exponential;
  return Backoff.exponential(base_ms / 1e3, { factor, cap: cap_ms / 1e3, attempts, jitter });
}

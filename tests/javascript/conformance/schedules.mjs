/** The kinds of cases of when deliveries are tried again. */

import { ended, milliseconds, optionalSeconds } from "./values.mjs";

export const SCHEDULES = { backoff, retry, retry_after: retryAfter };

function backoff(session, testCase) {
  const delays = schedule(session, testCase).delays(testCase.entropy);
  return { delays_ms: delays.map(milliseconds) };
}

function retry(session, { policy: described, attempt, outcome, now_ms, entropy }) {
  const policy = new session.countersign.RetryPolicy(schedule(session, described), {
    retryAfterCap: optionalSeconds(described.retry_after_cap_ms),
    retryStatuses: described.retry_statuses,
  });
  const decision = policy.decide(attempt, {
    ...ended(outcome),
    now: now_ms / 1000,
    entropy,
  });
  return {
    decision: decision.action,
    ...(decision.at === null ? {} : { at_ms: milliseconds(decision.at) }),
    ...(decision.reason === null ? {} : { reason: decision.reason }),
  };
}

function retryAfter(session, { value, now }) {
  return { delay_seconds: session.countersign.parseRetryAfter(value, now) };
}

function schedule(session, { schedule, jitter }) {
  const { Backoff } = session.countersign;
  if (schedule === "standard") {
    return Backoff.standard({ jitter });
  }
  if (schedule.fixed_ms) {
    return Backoff.fixed(schedule.fixed_ms.map(optionalSeconds), { jitter });
  }
  const { base_ms, factor, cap_ms, attempts } = schedule.exponential;
  const options = { factor, cap: optionalSeconds(cap_ms), attempts, jitter };
  return Backoff.exponential(optionalSeconds(base_ms), options);
}

/** One attempt to deliver, from the signature to the verdict. */

import { CountersignError } from "../errors.js";
import { monotonic } from "../receiver/timer.js";
import type { Attempt } from "../retry.js";
import type { Parts } from "./parts.js";
import type { Ended, TakenDelivery, Verdict } from "./store.js";
import type { Target } from "./target.js";
import { type Answer, post } from "./transport.js";

/** Never rejects. What is among the `cuts` meanwhile ends it. */
export async function attempt(
  delivery: TakenDelivery,
  target: Target,
  parts: Parts,
  cuts: Set<() => void>,
): Promise<Ended> {
  const [atMs, start] = [parts.clock(), monotonic()];
  const duration = () => (monotonic() - start) / 1e3;
  let headers: Headers;
  try {
    headers = signed(delivery, target, atMs);
  } catch (thrown) {
    const error = thrown instanceof CountersignError ? thrown.code : "malformed_header";
    const verdict = { state: "dead", reason: error } as const;
    return { delivery, atMs, status: null, answer: null, tells: null, verdict, duration: duration(), error };
  }
  const answer = await post(target, headers, delivery.payload, parts, cuts);
  const took = duration();
  return { delivery, atMs, ...judged(delivery, target, answer, parts), duration: took };
}

function judged(
  delivery: TakenDelivery,
  target: Target,
  { status, retryAfter, forbidden, error, body }: Answer,
  { clock, random }: Parts,
): Omit<Ended, "delivery" | "atMs" | "duration"> {
  const now = seconds(clock());
  const ended: Attempt = { status, retryAfter, forbidden, now, entropy: entropyOf(random) };
  const { action, at, reason } = target.retryPolicy.decide(delivery.attempts + 1, ended);
  let verdict: Verdict;
  if (action === "delivered") {
    verdict = { state: "delivered" };
  } else if (action === "retry_at") {
    verdict = { state: "waiting", delay: Math.max(at! - now, 0), isFifo: target.isFifo };
  } else {
    // The endpoint is disabled when that is noted.
    verdict = { state: "dead", reason: reason ?? "disabled" };
  }
  // Who asks for a replay does so at their own risk.
  const tells = action === "delivered" || !delivery.isReplay ? ended : null;
  return { verdict, status, error, answer: status === null ? null : body, tells };
}

/** Each attempt is signed anew, with its own time. */
function signed({ messageId, payload }: TakenDelivery, target: Target, atMs: number): Headers {
  const headers = new Headers({ "content-type": "application/json" });
  for (const [name, value] of target.headers) {
    headers.append(name, value);
  }
  const context = { id: messageId, now: seconds(atMs), url: target.destination.url, method: "POST" };
  for (const [name, value] of Object.entries(target.webhook.sign(payload, context))) {
    headers.set(name, value);
  }
  return headers;
}

/** 32 bits of what is from 0 to 1. */
export function entropyOf(random: () => number): number {
  return Math.min(Math.floor(random() * 2 ** 32), 2 ** 32 - 1);
}

/** Half a millisecond more, so that the core's flooring gives back the clock's milliseconds. */
function seconds(milliseconds: number): number {
  return (milliseconds + 0.5) / 1e3;
}

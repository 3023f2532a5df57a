/** Failures that are found while doing I/O, in the core's words. */

import { number, text } from "../check.js";
import { glue } from "./core.js";
import { type CountersignError, type ErrorCode, failure } from "../errors.js";

/** The error of this code; `amount` is in milliseconds, of a body's limit in bytes. */
export function refusal(code: ErrorCode, amount = 0): CountersignError {
  const described = glue.refusal(code, amount);
  if (described === "") {
    throw new TypeError("there is no such refusal");
  }
  return failure(described);
}

/** What a store may refuse with. */
export type StoreRefusal = "duplicate_event" | "event_in_progress" | "rate_limited" | "store_unavailable";

const STORE_REFUSALS: readonly string[] = [
  "duplicate_event",
  "event_in_progress",
  "rate_limited",
  "store_unavailable",
];

/**
 * The error that a store of your own throws.
 *
 * @param retryAfter After how many seconds the sender should come back, for `event_in_progress`
 * and `rate_limited`.
 *
 * @example
 * ```ts
 * import { storeRefusal } from "countersign/receiver";
 *
 * storeRefusal("event_in_progress", 10).retryAfter; // 10
 * ```
 */
export function storeRefusal(code: StoreRefusal, retryAfter = 0): CountersignError {
  if (!STORE_REFUSALS.includes(text("the code", code))) {
    throw new TypeError(`the code must be one of ${STORE_REFUSALS.join(", ")}`);
  }
  return refusal(code, Math.ceil(number("retryAfter", retryAfter) * 1e3));
}

/** Whether a store refuses by the rules, rather than fails. */
export function isStoreRefusal(code: string): boolean {
  return STORE_REFUSALS.includes(code);
}

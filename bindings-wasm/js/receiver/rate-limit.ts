/** How often each client may call. */

import { count, number, options, text, whole, wrong } from "../check.js";
import { glue } from "./core.js";
import { attempt } from "../errors.js";
import { monotonic } from "./timer.js";

/** The requests that still count: the number of each slot and the requests in it, the oldest first. */
export type RateSlots = readonly (readonly [slot: number, requests: number])[];

/** Options of {@link RateLimit}. */
export interface RateLimitOptions {
  /** The most requests in a window. */
  readonly requests: number;
  /** The length of the window in seconds, to the next millisecond; at most 31 days. */
  readonly window: number;
}

/**
 * At most so many requests in any window of this length. The decision is a pure function of a
 * caller's slots; a {@link RateStore} only keeps them.
 *
 * @example
 * ```ts
 * import { RateLimit } from "countersign/receiver";
 *
 * const limit = new RateLimit({ requests: 2, window: 32 });
 * limit.admit([], 1_700_000_000_000); // [[1700000000, 1]]
 * ```
 */
export class RateLimit {
  readonly requests: number;
  /** The length of the window in milliseconds. */
  readonly windowMs: number;
  readonly #handle: glue.RateLimitHandle;

  /** @throws {@link ConfigurationError} `malformed_limit`. */
  constructor(limitOptions: RateLimitOptions) {
    const { requests, window } = options("the options", { requests: true, window: true }, limitOptions);
    this.requests = count("requests", requests);
    // A tenth of a microsecond less, so that the error of a product does not become a millisecond.
    this.windowMs = Math.max(Math.ceil(number("window", window) * 1e3 - 1e-4), 0);
    this.#handle = attempt(() => new glue.RateLimitHandle(this.requests, this.windowMs));
  }

  /** The length of a slot in milliseconds, which stores that decide by themselves need. */
  get slotMs(): number {
    return this.#handle.slot();
  }

  /**
   * Counts one more request of a caller; the slots to keep.
   *
   * @param nowMs The clock in Unix milliseconds.
   * @throws {@link GuardError} `rate_limited`, with `retryAfter`.
   */
  admit(slots: RateSlots, nowMs: number): [slot: number, requests: number][] {
    const numbers = Float64Array.from(slots.flat());
    const kept = attempt(() => this.#handle.admit(numbers, whole("the clock", nowMs)));
    return Array.from({ length: kept.length / 2 }, (_, index) => [kept[2 * index]!, kept[2 * index + 1]!]);
  }

  /** @internal */
  static handleOf(limit: unknown): glue.RateLimitHandle {
    if (!(limit instanceof RateLimit)) {
      throw wrong("the rate limit", "a RateLimit", limit);
    }
    return limit.#handle;
  }
}

/**
 * Keeps the requests of each caller. Several processes that receive for one endpoint need one that
 * they share.
 */
export interface RateStore {
  /**
   * Counts one more request of the caller.
   *
   * @throws `storeRefusal("rate_limited", seconds)`. Anything else that is thrown counts as
   * `store_unavailable`.
   */
  admit(caller: string, limit: RateLimit): void | Promise<void>;
}

/** Options of the stores in memory. */
export interface MemoryStoreOptions {
  /** How many callers or keys are remembered. */
  readonly capacity?: number | null | undefined;
  /** A clock in milliseconds that never steps; `performance.now` if not given. */
  readonly clock?: (() => number) | null | undefined;
}

const CALLERS = 20_000;

/**
 * The requests of the last 20,000 callers of this process. When there are more, the one that was
 * silent for longest is forgotten and begins anew.
 */
export class MemoryRateStore implements RateStore {
  readonly #capacity: number;
  readonly #clock: () => number;
  /** One for each limit that is asked about. */
  readonly #limiters = new Map<RateLimit, glue.RateLimiterHandle>();

  constructor(storeOptions?: MemoryStoreOptions) {
    const { capacity, clock } = options("the options", { capacity: true, clock: true }, storeOptions);
    this.#capacity = count("the capacity", capacity ?? CALLERS);
    this.#clock = clock ?? monotonic;
  }

  admit(caller: string, limit: RateLimit): void {
    let limiter = this.#limiters.get(limit);
    if (limiter === undefined) {
      limiter = new glue.RateLimiterHandle(RateLimit.handleOf(limit), this.#capacity);
      this.#limiters.set(limit, limiter);
    }
    const known = limiter;
    attempt(() => known.admit(text("the caller", caller), this.#clock()));
  }

  /** How many callers are remembered. */
  get size(): number {
    let size = 0;
    for (const limiter of this.#limiters.values()) {
      size += limiter.size();
    }
    return size;
  }
}

/** Each delivery is handled once: the claims on dedupe keys. */

import { count, number, options, text, word } from "../check.js";
import { glue } from "./core.js";
import { attempt } from "../errors.js";
import type { MemoryStoreOptions } from "./rate-limit.js";
import { monotonic } from "./timer.js";

/**
 * Keeps the claims on dedupe keys. Several processes that receive for one endpoint need one that
 * they share.
 *
 * A claim is first in progress, under a lease: whoever holds its token may handle the event. Times
 * are in seconds.
 */
export interface ReplayStore {
  /**
   * Takes the key for a handler that is about to run; the claim's token.
   *
   * @throws `storeRefusal("duplicate_event")` if the key was handled;
   * `storeRefusal("event_in_progress", seconds)` if another holds it. Anything else that is thrown
   * counts as `store_unavailable`.
   */
  claim(key: string, lease: number): string | Promise<string>;
  /** The event was handled: its key is refused for this long. */
  complete(key: string, token: string, lifetime: number): void | Promise<void>;
  /** The event was not handled: the next attempt may be. Nothing happens if another has the key. */
  release(key: string, token: string): void | Promise<void>;
}

/** What a store holds for a key: in progress or handled, until then in Unix milliseconds. */
export interface Held {
  readonly state: "in progress" | "handled";
  readonly untilMs: number;
}

const STATES = ["in progress", "handled"] as const;

/**
 * Whether a delivery may be handled now, given what a store holds for its key.
 *
 * @throws {@link GuardError} `duplicate_event`; `event_in_progress`, with `retryAfter`.
 *
 * @example
 * ```ts
 * import { decideClaim } from "countersign/receiver";
 *
 * decideClaim(null, 1_000);
 * decideClaim({ state: "in progress", untilMs: 900 }, 1_000);
 * ```
 */
export function decideClaim(held: Held | null, nowMs: number): void {
  if (held !== null) {
    const isHandled = word("the state", STATES, held.state) === "handled";
    attempt(() => glue.decide_claim(isHandled, number("until", held.untilMs), number("now", nowMs)));
  }
}

const KEYS = 100_000;

/**
 * The claims of this process: another process, or this one when it starts again, knows nothing of
 * them. Beyond 100,000 keys the handled key that would be forgotten next is forgotten early.
 */
export class MemoryReplayStore implements ReplayStore {
  readonly #handle: glue.ReplayGuardHandle;
  readonly #clock: () => number;

  constructor(storeOptions?: MemoryStoreOptions) {
    const { capacity, clock } = options("the options", { capacity: true, clock: true }, storeOptions);
    this.#handle = new glue.ReplayGuardHandle(count("the capacity", capacity ?? KEYS));
    this.#clock = clock ?? monotonic;
  }

  claim(key: string, lease: number): string {
    const token = attempt(() => this.#handle.claim(text("the key", key), this.#clock(), number("the lease", lease) * 1e3));
    return String(token);
  }

  complete(key: string, _token: string, lifetime: number): void {
    this.#handle.complete(text("the key", key), this.#clock(), number("the lifetime", lifetime) * 1e3);
  }

  release(key: string, token: string): void {
    this.#handle.release(text("the key", key), Number(text("the token", token)));
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#handle.size();
  }
}

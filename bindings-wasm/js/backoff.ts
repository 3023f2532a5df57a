import { count, entropy as entropyOf, number, options, whole, word, wrong } from "./check.js";
import { glue } from "./core.js";
import type { BackoffHandle } from "./glue.js";
import type { ScheduleDescription } from "./retry-description.js";

/** How a delay is spread: not at all; anything up to it; half of it, and up to the other half. */
export type Jitter = "none" | "full" | "equal";

/** Options of a schedule. */
export interface BackoffOptions {
  /** How delays are spread, so that many retries do not arrive at once. */
  readonly jitter?: Jitter | null | undefined;
}

/** Options of {@link Backoff.exponential}. */
export interface ExponentialOptions extends BackoffOptions {
  /** How many attempts there are, the first included. */
  readonly attempts: number;
  /** By what each delay exceeds the one before, a whole number; 2 if not given. */
  readonly factor?: number | null | undefined;
  /** The longest delay in seconds; a day if not given. */
  readonly cap?: number | null | undefined;
}

const JITTERS = ["none", "full", "equal"] as const;
const DAY = 86_400;

/**
 * When to try again: the delays before each attempt of a delivery, in seconds.
 *
 * Jitter spreads the retries of many messages, so that an endpoint that comes back is not met by
 * all of them at once. Numbers that are negative or not finite throw a `TypeError`.
 *
 * @example
 * ```ts
 * import { Backoff } from "countersign";
 *
 * Backoff.exponential(1, { attempts: 5, cap: 10 }).delays(); // [0, 1, 2, 4, 8]
 * ```
 */
export class Backoff {
  readonly #handle: BackoffHandle;
  /** @internal What a table holds of it. */
  readonly description: ScheduleDescription;
  /** @internal */
  readonly jitter: Jitter;

  private constructor(handle: unknown, description: ScheduleDescription, jitter: Jitter) {
    if (!(handle instanceof glue.BackoffHandle)) {
      throw new TypeError("a Backoff is made by Backoff.fixed, .exponential or .standard");
    }
    handle.set_jitter(jitter);
    this.#handle = handle;
    this.description = description;
    this.jitter = jitter;
  }

  /** These delays in seconds, to the nearest millisecond, one for each attempt. */
  static fixed(delays: Iterable<number>, backoffOptions?: BackoffOptions): Backoff {
    if (typeof delays !== "object" || delays === null || !(Symbol.iterator in delays)) {
      throw wrong("the delays", "an array of numbers", delays);
    }
    const checked = Float64Array.from(Array.from(delays, (delay) => number("a delay", delay)));
    const description = { fixed_ms: Array.from(checked, milliseconds) };
    return new Backoff(glue.BackoffHandle.fixed(checked), description, jitterOf(given(backoffOptions), "none"));
  }

  /**
   * No delay before the first attempt, `base` seconds before the second, each later one `factor`
   * times the one before, at most `cap` seconds.
   */
  static exponential(base: number, exponentialOptions: ExponentialOptions): Backoff {
    const known = { attempts: true, factor: true, cap: true, jitter: true } as const;
    const { attempts, factor, cap, jitter } = options("the options", known, exponentialOptions);
    const parts = {
      base: number("the base", base),
      factor: count("the factor", factor ?? 2),
      cap: number("the cap", cap ?? DAY),
      attempts: count("attempts", attempts),
    };
    const handle = glue.BackoffHandle.exponential(parts.base, parts.factor, parts.cap, parts.attempts);
    const times = { base_ms: milliseconds(parts.base), cap_ms: milliseconds(parts.cap) };
    const description = { exponential: { ...times, factor: parts.factor, attempts: parts.attempts } };
    return new Backoff(handle, description, jitterOf(jitter, "none"));
  }

  /**
   * The schedule of Standard Webhooks: ten attempts over three days, with equal jitter if none is
   * named. Source: the specification's section on retries.
   */
  static standard(backoffOptions?: BackoffOptions): Backoff {
    const handle = glue.BackoffHandle.standard();
    handle.set_jitter("none");
    const delays = Array.from({ length: handle.attempts() }, (_, index) => milliseconds(handle.delay(index + 1, 0)!));
    return new Backoff(handle, { fixed_ms: delays }, jitterOf(given(backoffOptions), "equal"));
  }

  /** How many attempts there are. */
  get attempts(): number {
    return this.#handle.attempts();
  }

  /**
   * Seconds before this attempt, counted from 1; `null` if it is not made. The entropy, a whole
   * number below 2^32, feeds the jitter; random if not given.
   */
  delay(attempt: number, entropy?: number): number | null {
    const known = Math.min(whole("the attempt", attempt), 2 ** 32 - 1);
    return this.#handle.delay(known, entropyOf(entropy)) ?? null;
  }

  /** Seconds before each attempt, with the entropy for each; random if not given. */
  delays(entropy?: Iterable<number>): number[] {
    if (entropy === undefined || entropy === null) {
      return Array.from({ length: this.attempts }, (_, index) => this.#handle.delay(index + 1, entropyOf(undefined))!);
    }
    if (typeof entropy !== "object" || !(Symbol.iterator in entropy)) {
      throw wrong("the entropy", "an array of numbers", entropy);
    }
    const delays: number[] = [];
    for (const part of entropy) {
      const delay = this.delay(delays.length + 1, part);
      if (delay === null) {
        break;
      }
      delays.push(delay);
    }
    return delays;
  }

  /** @internal */
  static handleOf(backoff: unknown): BackoffHandle {
    if (!(backoff instanceof Backoff)) {
      throw wrong("the backoff", "a Backoff", backoff);
    }
    return backoff.#handle;
  }
}

function given(backoffOptions: BackoffOptions | undefined): BackoffOptions["jitter"] {
  return options("the options", { jitter: true }, backoffOptions).jitter;
}

function jitterOf(jitter: BackoffOptions["jitter"], otherwise: Jitter): Jitter {
  return word("jitter", JITTERS, jitter ?? otherwise);
}

/** To the nearest, at most as many as a number tells apart. */
function milliseconds(seconds: number): number {
  return Math.min(Math.floor(seconds * 1e3 + 0.5), Number.MAX_SAFE_INTEGER);
}

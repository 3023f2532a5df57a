import { whole, wrong } from "./check.js";

/** Both sides of a tolerance, in whole seconds; `null` is unchecked. */
export interface ToleranceSides {
  /** Seconds that a timestamp may lie in the past. */
  readonly past: number | null;
  /** Seconds that a timestamp may lie in the future. */
  readonly future: number | null;
}

/**
 * How far the attempt timestamp may be from now, in whole seconds. Zero means zero.
 *
 * `new Tolerance(300)` is 300 seconds both ways; `new Tolerance({ past: 300, future: null })` names
 * both sides, and `null` leaves one unchecked. Everything else throws a `TypeError`.
 *
 * @example
 * ```ts
 * import { Tolerance, Webhook } from "countersign";
 *
 * const webhook = new Webhook("slack", "hush", { tolerance: new Tolerance(60) });
 * webhook.tolerance.past; // 60
 * ```
 */
export class Tolerance implements ToleranceSides {
  /** Seconds that a timestamp may lie in the past; `null` is unchecked. */
  readonly past: number | null;
  /** Seconds that a timestamp may lie in the future; `null` is unchecked. */
  readonly future: number | null;

  constructor(secondsOrSides: number | ToleranceSides) {
    if (typeof secondsOrSides === "object" && secondsOrSides !== null) {
      this.past = side("past", secondsOrSides.past);
      this.future = side("future", secondsOrSides.future);
    } else {
      if (typeof secondsOrSides !== "number") {
        throw wrong("a tolerance", "seconds, or an object with past and future", secondsOrSides);
      }
      this.past = this.future = whole("a tolerance", secondsOrSides);
    }
    Object.freeze(this);
  }

  /** Any timestamp. Every captured request can then be replayed for ever. */
  static unchecked(): Tolerance {
    return new Tolerance({ past: null, future: null });
  }
}

function side(name: string, value: unknown): number | null {
  return value === null ? null : whole(`the tolerance's ${name}`, value);
}

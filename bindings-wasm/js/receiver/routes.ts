import { optionalText, text } from "../check.js";
import { glue } from "./core.js";
import { attempt } from "../errors.js";

/**
 * What belongs to patterns of event types: a whole name (`payment.succeeded`), the names that
 * begin so (`payment.*`, `orders/*`), or all (`*`). The most specific pattern wins; an event
 * without a type goes to `*` alone.
 *
 * @example
 * ```ts
 * import { Routes } from "countersign/receiver";
 *
 * const routes = new Routes<string>();
 * routes.add("*", "any");
 * routes.add("payment.*", "payments");
 * routes.find("payment.failed"); // { pattern: "payment.*", target: "payments" }
 * ```
 */
export class Routes<T> {
  readonly #handle = new glue.RoutesHandle();
  readonly #routes: Route<T>[] = [];

  /**
   * Adds a pattern; its number, counted from 0.
   *
   * @throws {@link ConfigurationError} `malformed_pattern`, `duplicate_handler`.
   */
  add(pattern: string, target: T): number {
    const checked = text("the pattern", pattern);
    const index = attempt(() => this.#handle.add(checked));
    this.#routes[index] = { pattern, target };
    return index;
  }

  /** The pattern that fits best, with what belongs to it. */
  find(eventType: string | null): Route<T> | null {
    const index = this.#handle.find(optionalText("the type", eventType));
    return index === undefined ? null : this.#routes[index]!;
  }
}

/** A pattern and what belongs to it. */
export interface Route<T> {
  readonly pattern: string;
  readonly target: T;
}

import { kind, wrong } from "../check.js";

/**
 * All headers of a request: `Headers`, Node's `IncomingHttpHeaders`, any plain object, a `Map`, or
 * pairs of names and values.
 */
export type EveryHeader =
  | Iterable<readonly [string, string | readonly string[] | null | undefined]>
  | { readonly [name: string]: unknown };

/** Visits each header with each of its values. */
export function everyHeader(headers: unknown, visit: (name: string, value: string) => void): void {
  if (typeof headers !== "object" || headers === null) {
    throw wrong("the headers", "a Headers, an object, a Map or pairs", headers);
  }
  const pairs = Symbol.iterator in headers ? (headers as Iterable<unknown>) : Object.entries(headers);
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== "string") {
      throw new TypeError("the headers must be pairs of a name and a value, or an object");
    }
    const [name, value] = pair as [string, unknown];
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof item === "string") {
        visit(name, item);
      } else if (item !== null && item !== undefined) {
        throw new TypeError(`a header must be a string or an array of strings, not ${kind(item)}`);
      }
    }
  }
}

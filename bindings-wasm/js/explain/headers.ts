import { wrong } from "../check.js";
import { isHeaders, type RequestHeaders } from "../headers.js";

/**
 * All headers of a request: `Headers`, Node's `IncomingHttpHeaders`, any plain object, a `Map`, or
 * pairs of names and values. What is no text, such as `:status` of HTTP/2, is passed over.
 */
export type EveryHeader = RequestHeaders | Iterable<readonly [string, unknown]>;

/**
 * Visits each header with each of its values. An object that has `get` and `has` and lists nothing is
 * asked for the `known` ones.
 */
export function everyHeader(
  headers: unknown,
  known: () => readonly string[],
  visit: (name: string, value: string) => void,
): void {
  if (typeof headers !== "object" || headers === null) {
    throw wrong("the headers", "a Headers, an object, a Map or pairs", headers);
  }
  for (const pair of pairsOf(headers, known)) {
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== "string") {
      throw new TypeError("the headers must be pairs of a name and a value, or an object");
    }
    const [name, value] = pair as [string, unknown];
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof item === "string") {
        visit(name, item);
      }
    }
  }
}

function pairsOf(headers: object, known: () => readonly string[]): Iterable<unknown> {
  if (Symbol.iterator in headers) {
    return headers as Iterable<unknown>;
  }
  return isHeaders(headers) ? known().map((name) => [name, headers.get(name)]) : Object.entries(headers);
}

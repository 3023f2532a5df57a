/** Finds the headers that a scheme reads in whatever form a framework gives headers. */

import { kind, wrong } from "./check.js";
import type { Message } from "./message.js";

/**
 * The headers of a request: `Headers`, Node's `IncomingHttpHeaders`, any plain object, a `Map`, or
 * pairs of names and values. Names are in any case; `null` and `undefined` mean absent; a header
 * that was sent several times is an array, or several pairs.
 */
export type RequestHeaders =
  | { get(name: string): string | null; has(name: string): boolean }
  | ReadonlyMap<string, HeaderValue>
  | Iterable<readonly [string, HeaderValue]>
  | { readonly [name: string]: unknown };

type HeaderValue = string | readonly string[] | null | undefined;

/** Engines know it by heart, unlike `Object.hasOwn`. */
const { hasOwnProperty } = Object.prototype;

/** The core takes no longer names. */
const MAX_NAME = 64;

/** The names that a webhook reads, in lower case; a header's index stands for it in the core. */
export class HeaderIndex {
  readonly names: readonly string[];
  /** Whether there is a name of this length: most headers are passed over by this alone. */
  readonly #lengths: Uint8Array;

  constructor(names: string[]) {
    // Engines compare keys of objects, which they keep once each, by their address.
    this.names = Object.freeze(names.map((name) => Object.keys({ [name]: 0 })[0]!));
    this.#lengths = new Uint8Array(MAX_NAME + 1);
    for (const name of names) {
      this.#lengths[name.length] = 1;
    }
  }

  /** Appends those of the headers that are read. */
  collect(headers: unknown, message: Message): void {
    if (typeof headers !== "object" || headers === null) {
      throw wrong("the headers", "a Headers, an object, a Map or pairs", headers);
    }
    if (isHeaders(headers)) {
      for (let index = 0; index < this.names.length; index++) {
        add(message, index, this.names[index]!, headers.get(this.names[index]!));
      }
    } else if (Symbol.iterator in headers) {
      for (const pair of headers as Iterable<unknown>) {
        this.#addPair(pair, message);
      }
    } else {
      const lengths = this.#lengths;
      // Several times as fast as `Object.keys`, which leaves out what is inherited.
      for (const name in headers) {
        const index = lengths[name.length] === 1 ? this.#find(name) : undefined;
        if (index !== undefined && hasOwnProperty.call(headers, name)) {
          add(message, index, name, (headers as Record<string, unknown>)[name]);
        }
      }
    }
  }

  #addPair(pair: unknown, message: Message): void {
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== "string") {
      throw new TypeError("the headers must be pairs of a name and a value, or an object");
    }
    const index = this.#find(pair[0]);
    if (index !== undefined) {
      add(message, index, pair[0], pair[1]);
    }
  }

  #find(name: string): number | undefined {
    if (this.#lengths[name.length] !== 1) {
      return undefined;
    }
    const index = this.#index(name);
    if (index !== undefined) {
      return index;
    }
    const lower = name.toLowerCase();
    // Some other letters have an ASCII one as their lower case, and are no header's.
    return lower !== name && isAscii(name) ? this.#index(lower) : undefined;
  }

  #index(lower: string): number | undefined {
    const { names } = this;
    for (let index = 0; index < names.length; index++) {
      if (names[index] === lower) {
        return index;
      }
    }
    return undefined;
  }
}

/** `Headers` of any realm or library, which joins what was sent several times. */
export function isHeaders(headers: object): headers is Headers {
  const { get, has } = headers as Partial<Headers>;
  return typeof get === "function" && typeof has === "function" && !isMap(headers);
}

function isMap(headers: object): boolean {
  return Object.prototype.toString.call(headers) === "[object Map]";
}

function isAscii(name: string): boolean {
  return /^[\0-\x7f]*$/.test(name);
}

function add(message: Message, index: number, name: string, value: unknown): void {
  if (typeof value === "string") {
    message.add(index, value);
  } else if (Array.isArray(value)) {
    for (const item of value) {
      if (typeof item === "string") {
        message.add(index, item);
      } else if (item !== null && item !== undefined) {
        throw new TypeError(`the values of the header ${name} must be strings, not ${kind(item)}`);
      }
    }
  } else if (value !== null && value !== undefined) {
    throw new TypeError(`the header ${name} must be a string or an array of strings, not ${kind(value)}`);
  }
}

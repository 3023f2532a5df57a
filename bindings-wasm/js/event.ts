import { numbers, shared, staged } from "./exchange.js";
import { Kept } from "./keep.js";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** How many numbers a report on an event has. */
const NUMBERS = 9;

/**
 * A verified event.
 *
 * `data` and `payload` are parsed when first asked for, by `JSON.parse`, then kept.
 */
export class Event<T = unknown> {
  /** The event's id; `null` if it has none. */
  readonly id: string | null;
  /** The event's type, such as `invoice.paid`; `null` if it has none. */
  readonly type: string | null;
  /** When it happened, as the payload says, in Unix seconds with their fraction; else `null`. */
  readonly timestamp: number | null;
  /** The identity of the delivery, with the scheme's name before it, to refuse duplicates by. */
  readonly dedupeKey: string | null;
  /** Which secret fitted, from 0. */
  readonly keyIndex: number;
  readonly #payload: Payload;

  private constructor(keyIndex: number, body: string | Kept, length: number, places: number[], text: string) {
    const { id, timestamp, dedupeKey, type } = report(places, text);
    this.id = id;
    this.type = type;
    this.timestamp = timestamp;
    this.dedupeKey = dedupeKey;
    this.keyIndex = keyIndex;
    this.#payload = new Payload(body, length, places);
  }

  /**
   * The scheme's data field, or the whole payload if the scheme names none; `null` if the field is
   * absent. JSON as `JSON.parse` gives it; a form as an object of strings, the last of several
   * fields of one name.
   */
  get data(): T {
    return this.#payload.data as T;
  }

  /** The whole payload, in the form of {@link Event.data}. */
  get payload(): unknown {
    return this.#payload.whole;
  }

  /** A copy of the verified bytes of the body. */
  get raw(): Uint8Array {
    return this.#payload.raw;
  }

  /** What `JSON.stringify` shows: everything but `payload` and `raw`. */
  toJSON(): object {
    const { id, type, timestamp, data, dedupeKey, keyIndex } = this;
    return { id, type, timestamp, data, dedupeKey, keyIndex };
  }

  /** @internal The event that the core has just parsed. */
  static reported<T>(keyIndex: number, body: string | Kept): Event<T> {
    return new Event<T>(keyIndex, body, staged.body, numbers(NUMBERS), shared().text());
  }
}

/** The parts of a body that are parsed later. */
class Payload {
  readonly #body: string | Kept;
  /** In bytes. */
  readonly #length: number;
  readonly #places: number[];
  #data: unknown;
  #whole: unknown;
  #raw: Uint8Array | undefined;

  constructor(body: string | Kept, length: number, places: number[]) {
    this.#body = body;
    this.#length = length;
    this.#places = places;
  }

  get data(): unknown {
    const [start, end] = this.#places.slice(4, 6) as [number, number];
    const [wholeStart, wholeEnd] = this.#places.slice(6, 8);
    if (start === wholeStart && end === wholeEnd) {
      return this.whole;
    }
    return (this.#data ??= start < 0 ? null : this.#parse(start, end));
  }

  get whole(): unknown {
    const [start, end] = this.#places.slice(6, 8) as [number, number];
    return (this.#whole ??= this.#parse(start, end));
  }

  get raw(): Uint8Array {
    return (this.#raw ??= this.#bytes().slice());
  }

  #parse(start: number, end: number): unknown {
    const text = this.#text(start, end);
    const isForm = this.#places[8] === 1;
    return isForm ? Object.fromEntries(new URLSearchParams(text)) : JSON.parse(text);
  }

  /** The text of a range of bytes, which in an ASCII string is the same range of units. */
  #text(start: number, end: number): string {
    const body = this.#body;
    if (typeof body === "string" && body.length === this.#length) {
      return body.slice(start, end);
    }
    return decoder.decode(this.#bytes().subarray(start, end));
  }

  #bytes(): Uint8Array {
    const body = this.#body;
    return body instanceof Kept ? body.bytes : encoder.encode(body);
  }
}

/** What the core says in numbers and one text; see `src/report.rs`. */
export function report(numbers: number[], text: string) {
  const [timestamp, idLength, dedupeKeyLength, typeLength = -1] = numbers as [number, number, number];
  let start = 0;
  const piece = (length: number): string | null => {
    if (length < 0) {
      return null;
    }
    start += length;
    return text.slice(start - length, start);
  };
  return {
    timestamp: timestamp < 0 ? null : timestamp,
    id: piece(idLength),
    dedupeKey: piece(dedupeKeyLength),
    type: piece(typeLength),
  };
}

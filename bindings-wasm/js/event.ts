import type { Exchange } from "./exchange.js";
import { type HandshakeReply, parseReply } from "./handshake.js";
import { keep, Kept } from "./keep.js";

/** Places in the numbers, as in `src/report.rs`. */
const Place = {
  Timestamp: 0,
  IdLength: 1,
  DedupeKeyLength: 2,
  TypeLength: 3,
  DataStart: 4,
  DataEnd: 5,
  PayloadStart: 6,
  PayloadEnd: 7,
  IsForm: 8,
  HandshakeLength: 9,
} as const;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

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
  /** What to answer, if this is no event but the provider's handshake; else `null`. */
  readonly handshake: HandshakeReply | null;
  /** Which secret fitted, from 0. */
  readonly keyIndex: number;
  readonly #payload: Payload;

  private constructor(keyIndex: number, { id, type, timestamp, dedupeKey, handshake }: Report, payload: Payload) {
    this.id = id;
    this.type = type;
    this.timestamp = timestamp;
    this.dedupeKey = dedupeKey;
    this.handshake = handshake;
    this.keyIndex = keyIndex;
    this.#payload = payload;
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
  static reported<T>(exchange: Exchange, keyIndex: number, body: string | Kept): Event<T> {
    const { numbers, text } = exchange.answer();
    return new Event<T>(keyIndex, report(numbers, text), new Payload(body, exchange.staged.body, numbers));
  }

  /** @internal Where the parts of the body are; an inbox stores it for {@link Event.restored}. */
  static partsOf(event: Event): Parts {
    return event.#payload.parts;
  }

  /** @internal The event that was verified and parsed before an inbox stored it. */
  static restored(raw: Uint8Array, keyIndex: number, told: Report, { form, payload, data }: Parts): Event {
    const numbers = new Float64Array(Place.IsForm + 1);
    [numbers[Place.DataStart], numbers[Place.DataEnd]] = data ?? [-1, -1];
    [numbers[Place.PayloadStart], numbers[Place.PayloadEnd]] = payload;
    numbers[Place.IsForm] = form ? 1 : 0;
    return new Event(keyIndex, told, new Payload(keep(raw), raw.length, numbers));
  }
}

/** The first byte of a part of the body, and the first after it. */
type Range = readonly [start: number, end: number];

/** Where the parts of a body are. */
export interface Parts {
  /** Whether it is a form instead of JSON. */
  readonly form: boolean;
  readonly payload: Range;
  readonly data: Range | null;
}

/** The parts of a body that are parsed later. */
class Payload {
  readonly #body: string | Kept;
  /** In bytes. */
  readonly #length: number;
  readonly #dataStart: number;
  readonly #dataEnd: number;
  readonly #start: number;
  readonly #end: number;
  readonly #isForm: boolean;
  #data: unknown;
  #whole: unknown;
  #raw: Uint8Array | undefined;

  constructor(body: string | Kept, length: number, numbers: Float64Array) {
    this.#body = body;
    this.#length = length;
    this.#dataStart = numbers[Place.DataStart]!;
    this.#dataEnd = numbers[Place.DataEnd]!;
    this.#start = numbers[Place.PayloadStart]!;
    this.#end = numbers[Place.PayloadEnd]!;
    this.#isForm = numbers[Place.IsForm] === 1;
  }

  get data(): unknown {
    const [start, end] = [this.#dataStart, this.#dataEnd];
    if (start === this.#start && end === this.#end) {
      return this.whole;
    }
    return (this.#data ??= start < 0 ? null : this.#parse(start, end));
  }

  get whole(): unknown {
    return (this.#whole ??= this.#parse(this.#start, this.#end));
  }

  get parts(): Parts {
    const data = [this.#dataStart, this.#dataEnd] as const;
    return { form: this.#isForm, payload: [this.#start, this.#end], data: data[0] < 0 ? null : data };
  }

  get raw(): Uint8Array {
    const body = this.#body;
    return (this.#raw ??= body instanceof Kept ? body.bytes.slice() : encoder.encode(body));
  }

  #parse(start: number, end: number): unknown {
    const text = this.#text(start, end);
    // Of a leading question mark it would not know that it is a part of the first name.
    return this.#isForm ? Object.fromEntries(new URLSearchParams(`?${text}`)) : JSON.parse(text);
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

/** What the core says of a request or an event. */
export interface Report {
  readonly timestamp: number | null;
  readonly id: string | null;
  readonly dedupeKey: string | null;
  readonly type: string | null;
  readonly handshake: HandshakeReply | null;
}

/** Reads what the core says in numbers and one text. */
export function report(numbers: Float64Array, text: string): Report {
  const timestamp = numbers[Place.Timestamp]!;
  const idEnd = Math.max(numbers[Place.IdLength]!, 0);
  const dedupeKeyEnd = idEnd + Math.max(numbers[Place.DedupeKeyLength]!, 0);
  const typeEnd = dedupeKeyEnd + Math.max(numbers[Place.TypeLength]!, 0);
  return {
    timestamp: timestamp < 0 ? null : timestamp,
    id: numbers[Place.IdLength]! < 0 ? null : text.slice(0, idEnd),
    dedupeKey: numbers[Place.DedupeKeyLength]! < 0 ? null : text.slice(idEnd, dedupeKeyEnd),
    type: numbers[Place.TypeLength]! < 0 ? null : text.slice(dedupeKeyEnd, typeEnd),
    handshake: numbers[Place.HandshakeLength]! < 0 ? null : parseReply(text.slice(typeEnd)),
  };
}

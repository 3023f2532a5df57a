/**
 * Writes requests, messages and descriptions into the module's memory and reads its answers; see
 * `src/exchange.rs`.
 *
 * A call is `stage`, an export of the core with the lengths of `staged`, and `settle` or
 * `release`. Nothing of the user's may run in between.
 */

import { lengthOf } from "./body.js";
import { glue, type Glue } from "./core.js";
import { failure } from "./errors.js";
import type { Exchange as Shared } from "./glue.js";
import type { Message } from "./message.js";

/** Pages of memory come in this size. */
const PAGE = 1 << 16;
/** Room that is kept between calls; a larger input is given back after its call. */
const KEPT = (1 << 20) + PAGE;
/** Up to this length, joining a body to the other texts is cheaper than a second encoding. */
const SHORT_BODY = 1 << 12;
/** How many numbers the output has. */
const NUMBERS = 10;

const encoder = new TextEncoder();

/** The exchange with one instance. */
export class Exchange {
  /** The lengths of the input: entries counted, texts and body in bytes. */
  readonly staged = { entries: 0, texts: 0, body: 0 };
  /** The core's side of it. */
  readonly shared: Shared;
  readonly #memory: WebAssembly.Memory;
  #view = new DataView(new ArrayBuffer(0));
  /** The input, a part of the module's memory. */
  #input = new Uint8Array(0);
  /** The output's numbers; empty, as every view, once the memory has grown. */
  #output = new Float64Array(0);
  #address = 0;
  #capacity = 0;

  constructor(of: Glue, memory: WebAssembly.Memory) {
    this.shared = new of.Exchange();
    this.#memory = memory;
  }

  /** Writes the input of the next call: the texts, the body, the table of entries. */
  stage(message: Message, body: string | Uint8Array): void {
    const { text, entries } = message;
    const table = entries.length * 4;
    let length = typeof body === "string" ? body.length : lengthOf(body);
    this.#reserve(text.length + length + table);
    if (typeof body === "string" && length <= SHORT_BODY) {
      const both = text + body;
      if (encoder.encodeInto(both, this.#input).written === both.length) {
        this.#writeEntries(entries, text.length, length);
        return;
      }
    }
    const isAscii = encoder.encodeInto(text, this.#input).written === text.length;
    const encoded = isAscii ? undefined : message.encode(encoder);
    const texts = encoded ? this.#writeTexts(encoded.texts) : text.length;
    this.#reserve(texts + length + table);
    if (typeof body === "string") {
      length = this.#writeText(body, texts, table);
    } else {
      this.#input.set(body, texts);
    }
    this.#writeEntries(encoded?.entries ?? entries, texts, length);
  }

  /** The result of a call; what went wrong is thrown. */
  settle(result: number): number {
    const error = result < 0 ? failure(this.shared.text()) : undefined;
    this.release();
    if (error) {
      throw error;
    }
    return result;
  }

  /** Gives the room of a large input back. */
  release(): void {
    if (this.#capacity > KEPT) {
      this.shared.release();
      this.#input = new Uint8Array(0);
      this.#capacity = 0;
    }
  }

  /** The output; its numbers are there until the next call. */
  answer(): { text: string; numbers: Float64Array } {
    // Copying the text may grow the memory, which empties the view of the numbers.
    const text = this.shared.text();
    if (this.#output.length === 0) {
      this.#output = new Float64Array(this.#memory.buffer, this.shared.numbers(), NUMBERS);
    }
    return { text, numbers: this.#output };
  }

  #reserve(size: number): void {
    if (size > this.#input.length || this.#input.length === 0) {
      // Memory that has grown is another buffer, and its old views are empty.
      const rounded = Math.ceil(Math.max(size, this.#capacity) / PAGE) * PAGE;
      const reserved = this.shared.reserve(rounded);
      if (reserved === 0) {
        throw failure(this.shared.text());
      }
      this.#address = reserved;
      this.#capacity = rounded;
      this.#input = new Uint8Array(this.#memory.buffer, reserved, rounded);
      this.#view = new DataView(this.#memory.buffer);
    }
  }

  #writeEntries(entries: number[], texts: number, body: number): void {
    const { staged } = this;
    staged.entries = entries.length / 2;
    staged.texts = texts;
    staged.body = body;
    const view = this.#view;
    const table = this.#address + texts + body;
    for (let index = 0; index < entries.length; index++) {
      view.setUint32(table + index * 4, entries[index]!, true);
    }
  }

  /** Writes texts from the start; their length in bytes. */
  #writeTexts(texts: Uint8Array[]): number {
    this.#reserve(texts.reduce((sum, text) => sum + text.length, 0));
    let length = 0;
    for (const text of texts) {
      this.#input.set(text, length);
      length += text.length;
    }
    return length;
  }

  /** Writes the UTF-8 form of a text, with room for so much more behind it; its length in bytes. */
  #writeText(text: string, offset: number, more: number): number {
    const room = this.#input.subarray(offset, this.#input.length - more);
    const { read, written } = encoder.encodeInto(text, room);
    if (read === text.length) {
      return written;
    }
    // A unit of UTF-16 takes three bytes at most.
    const rest = text.slice(read);
    this.#reserve(offset + written + rest.length * 3 + more);
    return written + encoder.encodeInto(rest, this.#input.subarray(offset + written)).written;
  }
}

/** Refuses what no module's memory can hold, in the core's words. */
export function refuseTooLarge(): never {
  const exchange = new glue.Exchange();
  exchange.reserve(Number.MAX_SAFE_INTEGER);
  const text = exchange.text();
  exchange.free();
  throw failure(text);
}

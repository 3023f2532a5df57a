/**
 * Writes requests, messages and descriptions into the module's memory and reads its answers; see
 * `src/exchange.rs`.
 *
 * A call is `stage`, an export of the core with the lengths of `staged`, and `settle` or
 * `release`. Nothing of the user's may run in between.
 */

import { lengthOf } from "./body.js";
import { glue, memory } from "./core.js";
import { failure } from "./errors.js";
import type { Message } from "./message.js";

/** The lengths of the input: entries counted, texts and body in bytes. */
export const staged = { entries: 0, texts: 0, body: 0 };

/** Pages of memory come in this size. */
const PAGE = 1 << 16;
/** Room that is kept between calls; a larger input is given back after its call. */
const KEPT = (1 << 20) + PAGE;
/** Up to this length, joining a body to the other texts is cheaper than a second encoding. */
const SHORT_BODY = 1 << 12;

const encoder = new TextEncoder();

let exchange: glue.Exchange | undefined;
let view = new DataView(new ArrayBuffer(0));
/** The input, a part of the module's memory. */
let input = new Uint8Array(0);
/** How many numbers the output has. */
const NUMBERS = 10;
/** The output's numbers; empty, as every view, once the memory has grown. */
let output = new Float64Array(0);
let address = 0;
let capacity = 0;

/** The core's side of the exchange. */
export function shared(): glue.Exchange {
  return (exchange ??= new glue.Exchange());
}

/** Writes the input of the next call: the texts, the body, the table of entries. */
export function stage(message: Message, body: string | Uint8Array): void {
  const { text, entries } = message;
  const table = entries.length * 4;
  let length = typeof body === "string" ? body.length : lengthOf(body);
  reserve(text.length + length + table);
  if (typeof body === "string" && length <= SHORT_BODY) {
    const both = text + body;
    if (encoder.encodeInto(both, input).written === both.length) {
      writeEntries(entries, text.length, length);
      return;
    }
  }
  const isAscii = encoder.encodeInto(text, input).written === text.length;
  const encoded = isAscii ? undefined : message.encode(encoder);
  const texts = encoded ? writeTexts(encoded.texts) : text.length;
  reserve(texts + length + table);
  if (typeof body === "string") {
    length = writeText(body, texts, table);
  } else {
    input.set(body, texts);
  }
  writeEntries(encoded?.entries ?? entries, texts, length);
}

/** The result of a call; what went wrong is thrown. */
export function settle(result: number): number {
  const error = result < 0 ? failure(shared().text()) : undefined;
  release();
  if (error) {
    throw error;
  }
  return result;
}

/** Gives the room of a large input back. */
export function release(): void {
  if (capacity > KEPT) {
    shared().release();
    input = new Uint8Array(0);
    capacity = 0;
  }
}

/** Refuses what the module's memory cannot hold, in the core's words. */
export function refuseTooLarge(): never {
  shared().reserve(Number.MAX_SAFE_INTEGER);
  throw failure(shared().text());
}

/** The output; its numbers are there until the next call. */
export function answer(): { text: string; numbers: Float64Array } {
  // Copying the text may grow the memory, which empties the view of the numbers.
  const text = shared().text();
  if (output.length === 0) {
    output = new Float64Array(memory.buffer, shared().numbers(), NUMBERS);
  }
  return { text, numbers: output };
}

function reserve(size: number): void {
  if (size > input.length || input.length === 0) {
    // Memory that has grown is another buffer, and its old views are empty.
    const rounded = Math.ceil(Math.max(size, capacity) / PAGE) * PAGE;
    const reserved = shared().reserve(rounded);
    if (reserved === 0) {
      throw failure(shared().text());
    }
    address = reserved;
    capacity = rounded;
    input = new Uint8Array(memory.buffer, address, capacity);
    view = new DataView(memory.buffer);
  }
}

function writeEntries(entries: number[], texts: number, body: number): void {
  staged.entries = entries.length / 2;
  staged.texts = texts;
  staged.body = body;
  const table = address + texts + body;
  for (let index = 0; index < entries.length; index++) {
    view.setUint32(table + index * 4, entries[index]!, true);
  }
}

/** Writes texts from the start; their length in bytes. */
function writeTexts(texts: Uint8Array[]): number {
  reserve(texts.reduce((sum, text) => sum + text.length, 0));
  let length = 0;
  for (const text of texts) {
    input.set(text, length);
    length += text.length;
  }
  return length;
}

/** Writes the UTF-8 form of a text, with room for so much more behind it; its length in bytes. */
function writeText(text: string, offset: number, more: number): number {
  const { read, written } = encoder.encodeInto(text, input.subarray(offset, input.length - more));
  if (read === text.length) {
    return written;
  }
  // A unit of UTF-16 takes three bytes at most.
  const rest = text.slice(read);
  reserve(offset + written + rest.length * 3 + more);
  return written + encoder.encodeInto(rest, input.subarray(offset + written)).written;
}

/**
 * Writes requests into the module's memory and reads its answers; see `src/exchange.rs`.
 *
 * A call is `stage`, an export of the core with the lengths of `staged`, and `settle`.
 */

import { glue, memory } from "./core.js";
import { failure } from "./errors.js";
import type { Message } from "./message.js";

/** The lengths of the input: entries counted, texts and body in bytes. */
export const staged = { entries: 0, texts: 0, body: 0 };

/** Pages of memory come in this size. */
const PAGE = 1 << 16;
/** Room that is kept between calls; a larger input is given back after its call. */
const KEPT = (1 << 20) + PAGE;
/** Up to this length, writing unit by unit is faster than an encoder. */
const SHORT_TEXT = 320;

const encoder = new TextEncoder();

let exchange: glue.Exchange | undefined;
let bytes = new Uint8Array(0);
let view = new DataView(bytes.buffer);
let address = 0;
let capacity = 0;

/** The core's side of the exchange. */
export function shared(): glue.Exchange {
  return (exchange ??= new glue.Exchange());
}

/** Writes the input of the next call. */
export function stage(message: Message, body: string | Uint8Array): void {
  let { entries } = message;
  let texts = message.text.length;
  const table = entries.length * 4;
  reserve(table + texts + body.length);
  if (!writeAscii(message.text, address + table)) {
    const encoded = message.encode(encoder);
    entries = encoded.entries;
    texts = encoded.texts.reduce((sum, text) => sum + text.length, 0);
    reserve(table + texts + body.length);
    let at = address + table;
    for (const text of encoded.texts) {
      bytes.set(text, at);
      at += text.length;
    }
  }
  for (let index = 0; index < entries.length; index++) {
    view.setUint32(address + index * 4, entries[index]!, true);
  }
  staged.entries = entries.length / 2;
  staged.texts = texts;
  staged.body = writeBody(body, table + texts);
}

/** The result of a call; what went wrong is thrown. */
export function settle(result: number): number {
  const error = result < 0 ? failure(shared().text()) : undefined;
  if (capacity > KEPT) {
    shared().release();
    capacity = 0;
  }
  if (error) {
    throw error;
  }
  return result;
}

/** The numbers of the output. */
export function numbers(count: number): number[] {
  refresh();
  const first = shared().numbers();
  return Array.from({ length: count }, (_, index) => view.getFloat64(first + index * 8, true));
}

function reserve(size: number): void {
  if (size > capacity) {
    const rounded = Math.ceil(size / PAGE) * PAGE;
    const reserved = shared().reserve(rounded);
    if (reserved === 0) {
      throw failure(shared().text());
    }
    address = reserved;
    capacity = rounded;
  }
  refresh();
}

/** Memory that has grown is another buffer, and views of the old one are empty. */
function refresh(): void {
  if (bytes.length === 0) {
    bytes = new Uint8Array(memory.buffer);
    view = new DataView(memory.buffer);
  }
}

/** Writes text at an address; false if it is not ASCII. */
function writeAscii(text: string, at: number): boolean {
  const { length } = text;
  if (length > SHORT_TEXT) {
    // In as many bytes as units there is room for all only if each takes one.
    return encoder.encodeInto(text, bytes.subarray(at, at + length)).read === length;
  }
  let units = 0;
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index);
    bytes[at + index] = unit;
    units |= unit;
  }
  return units < 0x80;
}

/** Writes the body behind what is written; its length in bytes. */
function writeBody(body: string | Uint8Array, offset: number): number {
  if (typeof body !== "string") {
    bytes.set(body, address + offset);
    return body.length;
  }
  if (body.length <= SHORT_TEXT && writeAscii(body, address + offset)) {
    return body.length;
  }
  let { read, written } = encoder.encodeInto(body, free(offset));
  if (read < body.length) {
    // A unit of UTF-16 takes three bytes at most.
    reserve(offset + written + (body.length - read) * 3);
    written += encoder.encodeInto(body.slice(read), free(offset + written)).written;
  }
  return written;
}

/** The room of the input from this offset on. */
function free(offset: number): Uint8Array {
  return bytes.subarray(address + offset, address + capacity);
}

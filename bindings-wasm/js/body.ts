import { glue } from "./core.js";
import { failure } from "./errors.js";

/**
 * The body of a request, to the byte. A string stands for its UTF-8 form. An object that was
 * parsed already is refused: its bytes are what was signed, and they are gone.
 */
export type Body = string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer;

/** The bytes of a buffer or of any view of one; `undefined` of everything else. */
export function bytesOf(what: string, value: unknown): Uint8Array | undefined {
  if (!ArrayBuffer.isView(value)) {
    return isBuffer(value) ? attached(what, () => new Uint8Array(value)) : undefined;
  }
  if (value instanceof Uint8Array && value.byteLength > 0) {
    return value;
  }
  return attached(what, () => {
    if (!(value instanceof DataView)) {
      // Throws for a view that is no longer within its buffer; its length alone would be zero.
      Uint8Array.prototype.at.call(value as Uint8Array, 0);
    }
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  });
}

/** What is detached, or was shrunk, would count as empty, which it was not. */
function attached(what: string, bytes: () => Uint8Array): Uint8Array {
  try {
    return bytes();
  } catch (cause) {
    throw new TypeError(`${what} lies in an ArrayBuffer that is detached or too short`, { cause });
  }
}

/**
 * How many bytes there are, whatever the object itself says: a class of the user's may run code
 * when it is asked, and disturb a call that is being prepared.
 */
export function lengthOf(bytes: Uint8Array): number {
  return intrinsicLength.call(bytes);
}

const intrinsicLength = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), "length")!
  .get as (this: Uint8Array) => number;

/** Of any realm, as tests and frameworks have several. */
function isBuffer(value: unknown): value is ArrayBufferLike {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  return isOf(value, ArrayBuffer) || isShared(value);
}

function isShared(value: object): boolean {
  return typeof SharedArrayBuffer === "function" && isOf(value, SharedArrayBuffer);
}

function isOf(value: object, type: { prototype: ArrayBufferLike }): boolean {
  const getter = Object.getOwnPropertyDescriptor(type.prototype, "byteLength")?.get;
  try {
    getter?.call(value);
    return getter !== undefined;
  } catch {
    // The getter refuses everything that is no such buffer.
    return false;
  }
}

/** The body as text or bytes. */
export function bodyOf(body: unknown): string | Uint8Array {
  if (typeof body === "string") {
    if (!body.isWellFormed()) {
      throw failure(glue.unsupported_body(true));
    }
    return body;
  }
  const bytes = bytesOf("the body", body);
  if (bytes === undefined) {
    throw failure(glue.unsupported_body(false));
  }
  // Memory that another thread can grow or change meanwhile is read once. Asking what a buffer is
  // costs more than verifying; nearly all are known to be ordinary.
  const { buffer } = bytes;
  return !(buffer instanceof ArrayBuffer) && isShared(buffer) ? bytes.slice() : bytes;
}

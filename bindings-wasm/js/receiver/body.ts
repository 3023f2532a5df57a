/** Reads a body as far as the limit, and no longer than it may take. */

import { glue } from "../core.js";
import { failure } from "../errors.js";
import { refusal } from "./refusal.js";
import { within } from "./timer.js";

/** Gives the pieces of a body one after the other. */
export interface BodyReader {
  /** The next piece; `null` at the end. Rejects if the connection ends before the body. */
  read(): Promise<Uint8Array | null>;
  /** No more is wanted. */
  cancel(): void;
}

/**
 * The whole body.
 *
 * @param seconds How long it may take.
 * @throws `payload_too_large`, `body_timeout`, `incomplete_body`.
 */
export async function readBody(reader: BodyReader, limit: number, seconds: number): Promise<Uint8Array> {
  try {
    return await within(seconds, collect(reader, limit), () => {
      throw refusal("body_timeout");
    });
  } catch (error) {
    reader.cancel();
    throw error;
  }
}

async function collect(reader: BodyReader, limit: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const piece = await next(reader);
    if (piece === null) {
      return joined(pieces, length);
    }
    length += piece.length;
    if (length > limit) {
      throw refusal("payload_too_large", limit);
    }
    pieces.push(piece);
  }
}

async function next(reader: BodyReader): Promise<Uint8Array | null> {
  try {
    return await reader.read();
  } catch {
    // Whatever the host calls it: the connection ended, or the framing of the body is broken.
    throw refusal("incomplete_body");
  }
}

function joined(pieces: Uint8Array[], length: number): Uint8Array {
  if (pieces.length === 1) {
    return pieces[0]!;
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    body.set(piece, at);
    at += piece.length;
  }
  return body;
}

/** Refuses a body of which only what another made of it is left. */
export function refuseParsed(): never {
  throw failure(glue.unsupported_body(false));
}

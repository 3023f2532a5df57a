/**
 * Copies of bodies, so that what was verified stays as it was, whatever the caller does to its
 * buffer afterwards.
 *
 * Small ones share slabs, as allocating a buffer costs more than verifying 64 bytes. A slab never
 * leaves this package.
 */

import { lengthOf } from "./body.js";

const SLAB = 1 << 16;
const SMALL = SLAB >> 3;

let slab = new Uint8Array(0);
let used = 0;

/** A copy of bytes. */
export class Kept {
  readonly #slab: Uint8Array;
  readonly #start: number;
  readonly length: number;

  constructor(slab: Uint8Array, start: number, length: number) {
    this.#slab = slab;
    this.#start = start;
    this.length = length;
  }

  /** The bytes, which nobody may change. */
  get bytes(): Uint8Array {
    return this.#slab.subarray(this.#start, this.#start + this.length);
  }
}

/** A copy of a body that is bytes; a string never changes. */
export function keep(body: string | Uint8Array): string | Kept {
  if (typeof body === "string") {
    return body;
  }
  const length = lengthOf(body);
  if (length > SMALL) {
    return new Kept(new Uint8Array(body), 0, length);
  }
  if (used + length > slab.length) {
    slab = new Uint8Array(SLAB);
    used = 0;
  }
  slab.set(body, used);
  used += length;
  return new Kept(slab, used - length, length);
}

/**
 * Copies of bodies, so that what was verified stays as it was, whatever the caller does to its
 * buffer afterwards.
 *
 * Small ones share slabs, as allocating a buffer costs more than verifying 64 bytes. A slab never
 * leaves this package.
 */

const SLAB = 1 << 15;
const SMALL = SLAB >> 4;

let slab = new Uint8Array(0);
let used = 0;

export function keep(body: Uint8Array): Uint8Array {
  const { length } = body;
  if (length > SMALL) {
    return new Uint8Array(body);
  }
  if (used + length > slab.length) {
    slab = new Uint8Array(SLAB);
    used = 0;
  }
  slab.set(body, used);
  const kept = slab.subarray(used, used + length);
  used += length;
  return kept;
}

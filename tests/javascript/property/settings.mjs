/**
 * How properties are run: from one seed, so that each run is the same. Another is taken from
 * `PROPERTY_SEED`; a failure prints the seed and path that lead to it.
 */

import fc from "fast-check";

const SEED = Number(process.env.PROPERTY_SEED ?? 20_261_124);
const RUNS = Number(process.env.PROPERTY_RUNS ?? 300);

/** Checks a property; a failure names the seed, the path and the smallest example. */
export function check(property, { runs = RUNS } = {}) {
  fc.assert(property, { seed: SEED, numRuns: runs, verbose: fc.VerbosityLevel.Verbose });
}

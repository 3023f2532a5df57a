/** Values as the corpus has them. */

/** The same value with the keys of all objects in order. */
export function sorted(value) {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const entries = Object.entries(value).map(([key, inner]) => [key, sorted(inner)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Throws if the two differ. */
export function same(what, one, other) {
  const [first, second] = [one, other].map((value) => JSON.stringify(sorted(value)));
  if (first !== second) {
    throw new Error(`${what} differ: ${first} and ${second}`);
  }
}

export function milliseconds(seconds) {
  return Math.round(seconds * 1000);
}

export function optionalSeconds(milliseconds) {
  return milliseconds === undefined || milliseconds === null ? milliseconds : milliseconds / 1000;
}

/** How an attempt ended, as the package takes it. */
export function ended({ status = null, retry_after, forbidden }) {
  return { status, retryAfter: retry_after, forbidden };
}

// The last events, for looking at.

const LISTED_EVENTS = 100;

/** The last events that handlers took, the newest first. */
export class RecentEvents {
  #events = [];

  add({ id, type, timestamp, keyIndex }) {
    this.#events.unshift({ id, type, timestamp, key_index: keyIndex });
    this.#events.length = Math.min(this.#events.length, LISTED_EVENTS);
  }

  newestFirst() {
    return [...this.#events];
  }
}

// What happens to a delivery, apart from HTTP.

const LISTED_EVENTS = 100;

/** The handler of an authentic event failed: the provider must deliver it again. */
export class HandlerFailed extends Error {
  name = "HandlerFailed";
}

/** A webhook with the handlers of its event types and the list of its last events. */
export class Receiver {
  #webhook;
  #now;
  #handlers = new Map();
  #events = [];

  /**
   * `now` replaces the clock (it returns Unix seconds), for tests with recorded requests. A receiver
   * that runs with a fixed clock accepts recorded requests for ever.
   */
  constructor(webhook, { now } = {}) {
    this.#webhook = webhook;
    this.#now = now;
  }

  /**
   * Registers the handler of one type of event. It may be async. The provider waits for it: work
   * that takes seconds belongs in a queue.
   */
  on(eventType, handler) {
    this.#handlers.set(eventType, handler);
  }

  /**
   * Verifies, parses, lists and handles one delivery.
   *
   * Throws `VerificationError`, `PayloadError` or `HandlerFailed`.
   */
  async receive(body, headers) {
    const event = this.#webhook.unwrap(body, headers, { now: this.#now?.() });
    const { id, type, timestamp, keyIndex } = event;
    this.#events.unshift({ id, type, timestamp, key_index: keyIndex });
    this.#events.length = Math.min(this.#events.length, LISTED_EVENTS);

    const handler = this.#handlers.get(type);
    if (!handler) return { status: "ignored", id, type };
    try {
      await handler(event);
    } catch (error) {
      console.error(`the handler of ${JSON.stringify({ type, id })} threw ${describe(error)}`);
      throw new HandlerFailed();
    }
    return { status: "handled", id, type };
  }

  /** The last events, the newest first; each attempt of a delivery counts. */
  events() {
    return [...this.#events];
  }
}

/** What was thrown and where, without its text: that often quotes the payload. */
function describe(error) {
  if (!(error instanceof Error)) return typeof error;
  const frames = (error.stack ?? "").split("\n").filter((line) => /^ {4}at /.test(line));
  return [error.constructor.name, ...frames].join("\n");
}

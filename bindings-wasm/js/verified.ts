import { Event, type Report, report } from "./event.js";
import { Kept } from "./keep.js";
import type { VerifiedRequest } from "./request.js";

/**
 * What a verified request proves, and the only way to its {@link Event}.
 *
 * It holds a copy of the body: changing the caller's buffer afterwards changes nothing here.
 */
export class Verified {
  /** Which secret fitted, from 0. When it is never the old one any more, rotation is done. */
  readonly keyIndex: number;
  readonly #request: VerifiedRequest;
  #description: Report | undefined;

  /** @internal */
  constructor(request: VerifiedRequest) {
    this.keyIndex = request.keyIndex;
    this.#request = request;
  }

  /** The message's id, if a header has it. Signed only if the scheme signs it. */
  get id(): string | null {
    return this.#described().id;
  }

  /** The signed attempt timestamp in Unix seconds, with its fraction; `null` if there is none. */
  get timestamp(): number | null {
    return this.#described().timestamp;
  }

  /**
   * The identity of the delivery, with the scheme's name before it, if a header has it. Else
   * `null`: then {@link Event.dedupeKey} may have it.
   */
  get dedupeKey(): string | null {
    return this.#described().dedupeKey;
  }

  /**
   * Parses the payload as the scheme describes it.
   *
   * @throws {@link PayloadError}
   *
   * @example
   * ```ts
   * import { Webhook } from "countersign";
   *
   * const webhook = new Webhook("sha256", "hush");
   * const body = '{"id":"evt_1","type":"ping"}';
   * webhook.verify(body, webhook.sign(body)).event().type; // "ping"
   * ```
   */
  event<T = unknown>(): Event<T> {
    const { keyIndex, exchange, body } = this.#request;
    this.#report(body, true);
    return Event.reported<T>(exchange, keyIndex, body);
  }

  /** What `JSON.stringify` shows: everything but the payload. */
  toJSON(): object {
    const { keyIndex, id, timestamp, dedupeKey } = this;
    return { keyIndex, id, timestamp, dedupeKey };
  }

  #described(): Report {
    if (this.#description === undefined) {
      const { exchange, handle, body } = this.#request;
      // All else that it tells is from the headers.
      this.#report(handle.is_described_by_body() ? body : "", false);
      const { numbers, text } = exchange.answer();
      this.#description = report(numbers, text);
    }
    return this.#description;
  }

  /** Has the core report what is known of the request, or its event. */
  #report(body: string | Kept, parse: boolean): void {
    const { exchange, handle, message, keyIndex } = this.#request;
    exchange.stage(message, body instanceof Kept ? body.bytes : body);
    const { entries, texts, body: length } = exchange.staged;
    exchange.settle(handle.report(exchange.shared, entries, texts, length, keyIndex, parse));
  }
}


/** What a program says that it wants to tell. */

import { optionalText, options, seconds, text, wrong } from "../check.js";
import { nextTurn } from "../inbox/turns.js";
import { guarded } from "../receiver/journal.js";
import { describeThrown } from "../receiver/outcome.js";
import { Dispatcher } from "./dispatcher.js";
import { endpointRecord, isUrl } from "./endpoint.js";
import { checkName, deliveryFailure } from "./failure.js";
import { Management } from "./management.js";
import { messageOf, type PayloadRules, type PublishOptions, type SendOptions } from "./message.js";
import type { AttemptObserver } from "./observers.js";
import { type SenderOptions, settingsOf } from "./settings.js";
import type { EndpointRecord, OutgoingMessage, Sent } from "./store.js";
import { targetOf } from "./target.js";

/** What registers a URL, or why it cannot be. */
interface Registration {
  readonly register: EndpointRecord | null;
  readonly refusal: unknown;
}

const UNKNOWN: Registration = { register: null, refusal: null };

/** A message that is to be stored, and who waits for that. */
interface Outgoing {
  readonly message: OutgoingMessage;
  readonly resolve: (sent: Sent | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends webhooks: it stores them, and delivers them by `fetch`, at least once each.
 *
 * {@link Sender.send} returns once the message is committed. Whatever process is killed and whenever,
 * what was committed is delivered: another takes it over after the lease. Each attempt is signed
 * anew, recorded, and judged by the same decisions as those of the Rust and Python packages: retries
 * on a schedule, endpoints that are throttled, given a rest or disabled, dead letters that can be
 * replayed. Redirects are never followed.
 *
 * A URL must be HTTPS, and an address in it public, unless something else is allowed. The addresses
 * of a host name cannot be held to: `fetch` resolves names by itself, on the edge as in Node, so that
 * whoever registers an endpoint can have its name lead to a private address. Where that matters, let
 * a proxy or a firewall keep the sender from there, or deliver with the Rust or Python package, which
 * share the stores in SQLite and PostgreSQL.
 *
 * @example
 * ```ts
 * import { MemorySenderStore, Sender } from "countersign/sender";
 *
 * const sender = new Sender({ store: new MemorySenderStore() });
 * await sender.putEndpoint({
 *   id: "customer-7",
 *   url: "https://customer.example/webhooks",
 *   secrets: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
 *   eventTypes: ["invoice.*"],
 * });
 * await sender.send("customer-7", "invoice.paid", { id: 7 }, { id: "msg_1" }); // { id: "msg_1", isNew: true }
 * sender.start();
 * ```
 */
export class Sender extends Management {
  readonly #dispatcher: Dispatcher;
  readonly #payloads: PayloadRules;
  #outgoing: Outgoing[] = [];
  /** Stops it, at the end of a block with `await using`. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  static {
    // Not every runtime knows it.
    if (Symbol.asyncDispose !== undefined) {
      const dispose = async function (this: Sender): Promise<void> {
        await this.stop();
      };
      Object.defineProperty(this.prototype, Symbol.asyncDispose, { value: dispose, configurable: true, writable: true });
    }
  }

  constructor(senderOptions: SenderOptions) {
    const { parts, payloads } = settingsOf(senderOptions);
    super(parts);
    this.#payloads = payloads;
    this.#dispatcher = new Dispatcher(parts);
  }

  /**
   * Stores a message for one endpoint, and returns once that is committed.
   *
   * The payload is `{"id":…,"type":…,"timestamp":…,"data":…}` without white space, written once.
   *
   * @param to The id of an endpoint, or a URL: one that is not registered is, with the URL as its id,
   * for the sender's own webhook.
   * @param data What `JSON.stringify` takes.
   * @throws {@link DeliveryError} `unknown_endpoint`, `malformed_message`, `outbox_unavailable`;
   * {@link PayloadError} `schema_mismatch`; for a URL also `malformed_url`, `insecure_url`,
   * `forbidden_destination`, and `no_secrets` if the sender has no webhook.
   */
  async send(to: string, type: string, data: unknown, sendOptions?: SendOptions): Promise<Sent> {
    const endpoint = text("the endpoint", to);
    const { register, refusal } = isUrl(endpoint) ? this.#registration(endpoint) : UNKNOWN;
    const addressed = register === null ? { endpoint } : { endpoint, register };
    const sent = await this.#insert(type, data, sendOptions, addressed);
    if (sent === null) {
      throw refusal ?? deliveryFailure("unknown_endpoint");
    }
    return sent;
  }

  /** What registers a URL that is not, or why it cannot be: one that is has rules and secrets of its own. */
  #registration(url: string): Registration {
    try {
      const register = endpointRecord({ id: url, url });
      targetOf(register, this.parts.defaults);
      return { register, refusal: null };
    } catch (refusal) {
      return { register: null, refusal };
    }
  }

  /**
   * Stores a message for every endpoint of its owner that wants its type and is not disabled, and
   * returns once that is committed.
   *
   * @throws {@link DeliveryError} `malformed_message`, `outbox_unavailable`; {@link PayloadError}
   * `schema_mismatch`.
   */
  async publish(type: string, data: unknown, publishOptions?: PublishOptions): Promise<Sent> {
    const known = { id: true, idempotencyKey: true, owner: true } as const;
    const { owner: given, ...sendOptions } = options("the options", known, publishOptions);
    const owner = optionalText("the owner", given) ?? "";
    if (owner !== "") {
      checkName(owner);
    }
    const sent = await this.#insert(type, data, sendOptions, { owner });
    if (sent === null) {
      throw deliveryFailure("outbox_unavailable");
    }
    return sent;
  }

  /** Stores all that is sent in one turn of the event loop in one commit. */
  #insert(
    type: string,
    data: unknown,
    sendOptions: SendOptions | undefined,
    to: OutgoingMessage["to"],
  ): Promise<Sent | null> {
    const message = messageOf(type, data, sendOptions, to, this.parts.clock(), this.#payloads);
    return new Promise((resolve, reject) => {
      this.#outgoing.push({ message, resolve, reject });
      if (this.#outgoing.length === 1) {
        void nextTurn().then(() => this.#insertAll());
      }
    });
  }

  async #insertAll(): Promise<void> {
    const outgoing = this.#outgoing;
    this.#outgoing = [];
    try {
      const sent = await this.parts.store.insert(outgoing.map(({ message }) => message));
      outgoing.forEach(({ resolve }, place) => resolve(sent[place] ?? null));
      this.#dispatcher.ring();
    } catch (thrown) {
      const message = "messages could not be stored";
      const entry = { level: "error", message, code: "outbox_unavailable", ...describeThrown(thrown) } as const;
      // What a log throws changes nothing.
      guarded(
        () => this.parts.log(entry),
        () => undefined,
      );
      for (const { reject } of outgoing) {
        reject(Object.assign(deliveryFailure("outbox_unavailable"), { cause: thrown }));
      }
    }
  }

  /**
   * Delivers what is due and ends, for hosts that run nothing between requests, such as a cron trigger
   * or the consumer of a queue; in how many seconds there is more to do, `null` if nothing waits.
   * Throws an `Error` if it delivers already.
   */
  deliverDue(): Promise<number | null> {
    return this.#dispatcher.deliverDue();
  }

  /** Starts to deliver, until {@link Sender.stop}. Throws an `Error` if it delivers already. */
  start(): void {
    this.#dispatcher.start();
  }

  /**
   * Begins no more attempts and waits for those that are under way, at most so many seconds (30 if
   * not given); whether all ended in time. The others are cut off, and tried again by whoever comes
   * next.
   */
  stop(patience = 30): Promise<boolean> {
    return this.#dispatcher.stop(seconds("the patience", patience));
  }

  /**
   * Has the observer told how each attempt of this process ends, such as to count it. What it throws is
   * logged, and delays nothing.
   */
  observe(observer: AttemptObserver): this {
    if (typeof observer !== "function") {
      throw wrong("the observer", "a function", observer);
    }
    this.parts.observers.push(observer);
    return this;
  }

  /** @internal */
  protected look(): void {
    this.#dispatcher.look();
  }
}

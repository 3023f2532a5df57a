/** What a program says that it wants to tell. */

import { count, number, options, seconds, text, whole, wholeUpTo, wrong } from "../check.js";
import { nextTurn } from "../inbox/turns.js";
import { guarded } from "../receiver/journal.js";
import { describeThrown, logToConsole } from "../receiver/outcome.js";
import { RetryPolicy } from "../retry.js";
import type { Scheme } from "../scheme.js";
import { Webhook } from "../webhook.js";
import { Dispatcher } from "./dispatcher.js";
import {
  type Endpoint,
  endpointRecord,
  isUrl,
  type RegisteredEndpoint,
  registered,
  schemesByName,
  type Timeouts,
  timeout,
} from "./endpoint.js";
import { deliveryFailure } from "./failure.js";
import { HEALTHY, HealthPolicy } from "./health.js";
import type { SenderLog } from "./log.js";
import { messageOf, type PublishOptions, type SendOptions } from "./message.js";
import type {
  Attempted,
  DeliveryFilter,
  DeliveryState,
  EndpointRecord,
  OutgoingMessage,
  Retention,
  SenderStore,
  Sent,
  StoredDelivery,
} from "./store.js";
import { type Defaults, targetOf } from "./target.js";
import type { Resolve } from "./transport.js";

/** Options of {@link Sender}. Durations are in seconds. */
export interface SenderOptions {
  /** What keeps the messages. */
  readonly store: SenderStore;
  /**
   * Signs for endpoints that have no secrets of their own, and for URLs that are sent to without
   * being registered. Give it `everySecretSigns`, so that its secrets can be replaced.
   */
  readonly webhook?: Webhook | null | undefined;
  /** Schemes of the program's own, which endpoints name besides those that are registered. */
  readonly schemes?: Iterable<Scheme> | null | undefined;
  /** When a message is tried again and how often; that of Standard Webhooks if not given. */
  readonly retryPolicy?: RetryPolicy | null | undefined;
  /** When an endpoint is throttled, taken for down, and disabled. */
  readonly healthPolicy?: HealthPolicy | null | undefined;
  readonly timeouts?: Timeouts | null | undefined;
  /** How many attempts are made at a time; 64 if not given. */
  readonly concurrency?: number | null | undefined;
  /** How many of these at one endpoint; 16 if not given. */
  readonly endpointConcurrency?: number | null | undefined;
  /**
   * For how long a delivery is this process's own, unless it is renewed; 90 if not given. At least
   * twice as long as any attempt may take.
   */
  readonly lease?: number | null | undefined;
  /** How often to look for what other processes have sent; 1 if not given. */
  readonly poll?: number | null | undefined;
  /** The largest payload in bytes; 1 MiB if not given. */
  readonly payloadLimit?: number | null | undefined;
  /** How long is kept what is done: 7 days what was delivered, 30 dead letters, keys at least a day. */
  readonly retention?: Partial<Retention> | null | undefined;
  /** Makes the requests; the host's `fetch` if not given. */
  readonly fetch?: typeof fetch | null | undefined;
  /**
   * The addresses of a host name, which are judged before each attempt. `fetch` resolves the name
   * once more by itself, so this keeps out mistakes, and no attacker who has a name.
   */
  readonly resolve?: Resolve | null | undefined;
  /** The clock in Unix milliseconds that messages and signatures are dated by; the host's if not given. */
  readonly clock?: (() => number) | null | undefined;
  /** Numbers from 0 to 1 that spread retries; `Math.random` if not given. */
  readonly random?: (() => number) | null | undefined;
  /** Gets each line of the log, which goes to the console if not given; `null` for no log. */
  readonly log?: SenderLog | null | undefined;
}

const DAY = 86_400;
const MOST = 2 ** 31 - 1;
const PAGE = 500;

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
export class Sender {
  readonly #store: SenderStore;
  readonly #defaults: Defaults;
  readonly #dispatcher: Dispatcher;
  readonly #clock: () => number;
  readonly #log: SenderLog;
  readonly #payloadLimit: number;
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
    const given = options("the options", senderOptions);
    const { store, webhook, retryPolicy, healthPolicy, retention } = given;
    if (typeof store?.insert !== "function" || typeof store.take !== "function") {
      throw wrong("the store", "a SenderStore", store);
    }
    instance("the webhook", webhook, Webhook);
    instance("the retry policy", retryPolicy, RetryPolicy);
    instance("the health policy", healthPolicy, HealthPolicy);
    const { firstByte, total } = options("the timeouts", given.timeouts);
    const lease = seconds("the lease", given.lease ?? 90);
    this.#store = store;
    this.#clock = action("the clock", given.clock) ?? Date.now;
    this.#log = given.log === null ? () => undefined : (action("the log", given.log) ?? logToConsole);
    this.#payloadLimit = whole("the payload limit", given.payloadLimit ?? 2 ** 20);
    this.#defaults = {
      webhook: webhook ?? null,
      schemes: schemesByName(given.schemes),
      retryPolicy: retryPolicy ?? RetryPolicy.standard(),
      concurrency: Math.max(count("the endpoint concurrency", given.endpointConcurrency ?? 16), 1),
      firstByteMs: timeout("firstByte", firstByte ?? 20),
      totalMs: timeout("total", total ?? 30),
      leaseMs: lease * 1e3,
    };
    if (this.#defaults.totalMs * 2 > this.#defaults.leaseMs) {
      throw new TypeError("the lease must be at least twice as long as the total timeout");
    }
    const kept = options("the retention", retention);
    this.#dispatcher = new Dispatcher({
      store,
      defaults: this.#defaults,
      healthPolicy: healthPolicy ?? new HealthPolicy(),
      // A method of the host, which must not be called on another object.
      fetch: action("fetch", given.fetch) ?? ((...request) => fetch(...request)),
      resolve: action("resolve", given.resolve) ?? null,
      clock: this.#clock,
      random: action("random", given.random) ?? Math.random,
      log: this.#log,
      lease,
      concurrency: Math.max(count("the concurrency", given.concurrency ?? 64), 1),
      poll: seconds("the poll", given.poll ?? 1),
      retention: {
        delivered: number("delivered", kept.delivered ?? 7 * DAY),
        dead: number("dead", kept.dead ?? 30 * DAY),
        idempotencyKeys: number("idempotencyKeys", kept.idempotencyKeys ?? DAY),
      },
    });
  }

  /**
   * Stores a message for one endpoint, and returns once that is committed.
   *
   * The payload is `{"id":…,"type":…,"timestamp":…,"data":…}` without white space, written once.
   *
   * @param to The id of an endpoint, or a URL: one that is not registered is, with the URL as its id,
   * for the sender's own webhook.
   * @param data What `JSON.stringify` takes.
   * @throws {@link DeliveryError} `unknown_endpoint`, `malformed_message`, `outbox_unavailable`; for a
   * URL also `malformed_url`, `insecure_url`, `forbidden_destination`, and `no_secrets` if the sender
   * has no webhook.
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
      targetOf(register, this.#defaults);
      return { register, refusal: null };
    } catch (refusal) {
      return { register: null, refusal };
    }
  }

  /**
   * Stores a message for every endpoint of its owner that wants its type and is not disabled, and
   * returns once that is committed.
   *
   * @throws {@link DeliveryError} `malformed_message`, `outbox_unavailable`.
   */
  async publish(type: string, data: unknown, publishOptions?: PublishOptions): Promise<Sent> {
    const owner = options("the options", publishOptions).owner ?? "";
    const sent = await this.#insert(type, data, publishOptions, { owner: text("the owner", owner) });
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
    const message = messageOf(type, data, sendOptions, to, this.#clock(), this.#payloadLimit);
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
      const sent = await this.#store.insert(outgoing.map(({ message }) => message));
      outgoing.forEach(({ resolve }, place) => resolve(sent[place] ?? null));
      this.#dispatcher.ring();
    } catch (thrown) {
      const message = "messages could not be stored";
      const entry = { level: "error", message, code: "outbox_unavailable", ...describeThrown(thrown) } as const;
      // What a log throws changes nothing.
      guarded(
        () => this.#log(entry),
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
   * Registers an endpoint, or changes the one of its id. Its health stays, and what waits for it is
   * sent as it now wants.
   *
   * @throws What is wrong with it: `malformed_message` (names, numbers, headers), `malformed_pattern`,
   * `malformed_network`, `malformed_url`, `insecure_url`, `forbidden_destination`, `unknown_scheme`,
   * `no_secrets`, `malformed_secret`, `empty_secret`; and what the store throws, as all methods below.
   */
  async putEndpoint(endpoint: Endpoint): Promise<void> {
    const record = endpointRecord(endpoint);
    targetOf(record, this.#defaults);
    await this.#store.putEndpoint(record);
    this.#dispatcher.look();
  }

  /** The endpoint of this id; `null` if there is none. */
  async endpoint(id: string): Promise<RegisteredEndpoint | null> {
    const stored = await this.#store.endpoint(text("the id", id));
    return stored === null ? null : registered(stored);
  }

  /** The endpoints with ids after this one, in the order of their ids; 100 if not said otherwise. */
  async endpoints(after = "", limit = 100): Promise<RegisteredEndpoint[]> {
    const most = wholeUpTo(MOST, "the limit", limit);
    return (await this.#store.endpoints(text("the id", after), most)).map(registered);
  }

  /** Deletes an endpoint; `false` if there is none. What waits for it becomes dead letters. */
  async deleteEndpoint(id: string): Promise<boolean> {
    const isDeleted = await this.#store.deleteEndpoint(text("the id", id));
    this.#dispatcher.look();
    return isDeleted;
  }

  /**
   * Disables an endpoint by hand: what waits for it becomes dead letters, and nothing is published to
   * it. `false` if there is none.
   */
  disable(id: string): Promise<boolean> {
    return this.#putHealth(id, { ...HEALTHY, disabled: "manual" });
  }

  /**
   * Enables an endpoint again, as healthy; `false` if there is none. What became dead letters
   * meanwhile can be replayed.
   */
  enable(id: string): Promise<boolean> {
    return this.#putHealth(id, HEALTHY);
  }

  async #putHealth(id: string, health: typeof HEALTHY): Promise<boolean> {
    const isKnown = await this.#store.putHealth(text("the id", id), health);
    this.#dispatcher.look();
    return isKnown;
  }

  /**
   * Puts a new secret before those of an endpoint: from now on it signs, and those before it sign as
   * well, where the scheme has room, until {@link Sender.retireSecrets}.
   *
   * @throws `unknown_endpoint`, `malformed_secret`, `empty_secret`, `unreadable_secret`; `no_secrets`
   * if the endpoint uses the sender's own.
   */
  rotateSecret(id: string, secret: string): Promise<void> {
    const added = text("the secret", secret);
    return this.#changeSecrets(id, (secrets) => [added, ...secrets]);
  }

  /**
   * Ends a rotation: only the first secret of an endpoint, which was put there last, stays.
   *
   * @throws `unknown_endpoint`, `unreadable_secret`; `no_secrets` if the endpoint uses the sender's own.
   */
  retireSecrets(id: string): Promise<void> {
    return this.#changeSecrets(id, (secrets) => secrets.slice(0, 1));
  }

  async #changeSecrets(id: string, change: (secrets: readonly string[]) => string[]): Promise<void> {
    for (let isChanged = false; !isChanged; ) {
      const endpoint = await this.#store.endpoint(text("the id", id));
      if (endpoint === null) {
        throw deliveryFailure("unknown_endpoint");
      }
      const secrets = endpoint.secrets.length === 0 ? [] : change(endpoint.secrets);
      // Throws `no_secrets` in the core's words, if there are none.
      targetOf({ ...endpoint, scheme: endpoint.scheme ?? "standard", secrets }, this.#defaults);
      // Somebody else may have changed it meanwhile.
      isChanged = await this.#store.putSecrets(id, secrets, endpoint.version);
    }
    this.#dispatcher.look();
  }

  /** The deliveries that are meant, newest first. */
  async deliveries(filter?: DeliveryFilter): Promise<readonly StoredDelivery[]> {
    return this.#store.deliveries(checkedFilter(filter));
  }

  /** The deliveries that nobody tries again unless told to, newest first. */
  deadLetters(filter?: Omit<DeliveryFilter, "state">): Promise<readonly StoredDelivery[]> {
    return this.deliveries({ ...filter, state: "dead" });
  }

  /** The delivery of this number; `null` if there is none, or none any more. */
  async delivery(deliveryNumber: number): Promise<StoredDelivery | null> {
    return this.#store.delivery(whole("the number", deliveryNumber));
  }

  /** The attempts of a delivery, the latest first; 100 if not said otherwise. */
  async attempts(deliveryNumber: number, limit = 100): Promise<readonly Attempted[]> {
    return this.#store.attempts(whole("the number", deliveryNumber), wholeUpTo(MOST, "the limit", limit));
  }

  /** The payload of a message; `null` if there is none of this id, or none any more. */
  async payload(messageId: string): Promise<Uint8Array | null> {
    return this.#store.payload(text("the id", messageId));
  }

  /** How many deliveries are in each state. */
  async counts(): Promise<Readonly<Record<DeliveryState, number>>> {
    return this.#store.counts();
  }

  /**
   * Has the delivery of this number, or the dead letters that are meant, delivered once more, with all
   * attempts; how many they are. A replay does not count against the endpoint's health.
   */
  async replay(which: number | Omit<DeliveryFilter, "limit">): Promise<number> {
    let replayed = 0;
    if (typeof which === "number") {
      replayed = await this.#store.replay([whole("the number", which)]);
    } else {
      const filter = checkedFilter({ state: "dead", ...options("the filter", which), limit: PAGE });
      for (let before = filter.before; ; ) {
        const page = await this.#store.deliveries({ ...filter, before });
        replayed += await this.#store.replay(page.map((delivery) => delivery.number));
        before = page.at(-1)?.number;
        if (page.length < PAGE) {
          break;
        }
      }
    }
    this.#dispatcher.look();
    return replayed;
  }
}

const STATES: readonly unknown[] = ["waiting", "running", "delivered", "dead"];

function checkedFilter(filter: DeliveryFilter | null | undefined): DeliveryFilter {
  const { state, endpoint, type, reason, since, until, before, limit } = options("the filter", filter);
  const given = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;
  if (given(state) && !STATES.includes(state)) {
    throw new TypeError(`the state must be one of ${STATES.join(", ")}`);
  }
  return {
    state: state ?? null,
    endpoint: given(endpoint) ? text("the endpoint", endpoint) : null,
    type: given(type) ? text("the type", type) : null,
    reason: given(reason) ? text("the reason", reason) : null,
    since: given(since) ? number("since", since) : null,
    until: given(until) ? number("until", until) : null,
    before: given(before) ? whole("before", before) : null,
    limit: wholeUpTo(MOST, "the limit", limit ?? 100),
  };
}

function instance(what: string, value: unknown, type: Function): void {
  if (value !== null && value !== undefined && !(value instanceof type)) {
    throw wrong(what, `a ${type.name}`, value);
  }
}

function action<F>(what: string, value: F | null | undefined): F | null {
  if (value !== null && value !== undefined && typeof value !== "function") {
    throw wrong(what, "a function", value);
  }
  return value ?? null;
}

/** How a sender sends. */

import { count, type Keys, number, options, seconds, whole, wrong } from "../check.js";
import { logToConsole } from "../receiver/outcome.js";
import { Schemas, type SchemasByPattern, type SchemaValidator } from "../receiver/schemas.js";
import { RetryPolicy } from "../retry.js";
import type { Scheme } from "../scheme.js";
import { Webhook } from "../webhook.js";
import { glue } from "./core.js";
import { schemesByName, TIMEOUT_KEYS, type Timeouts, timeout } from "./endpoint.js";
import { deliveryFailure } from "./failure.js";
import { HealthPolicy } from "./health.js";
import type { SenderLog } from "./log.js";
import type { PayloadRules } from "./message.js";
import type { Parts } from "./parts.js";
import type { Retention, SenderStore } from "./store.js";
import type { Resolve } from "./transport.js";

/** Options of `Sender`. Durations are in seconds. */
export interface SenderOptions {
  /** What keeps the messages. */
  readonly store: SenderStore;
  /**
   * Signs for endpoints that have no secrets of their own, and for URLs that are sent to without
   * being registered. Give it `everySecretSigns`, so that its secrets can be replaced. One with its
   * signature in the body is refused: `malformed_scheme`.
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
  /**
   * What payloads must be, by event type: the whole of them, with `id`, `type`, `timestamp` and `data`.
   * What does not fit is not sent: `schema_mismatch`.
   */
  readonly schemas?: SchemasByPattern | null | undefined;
  /** What checks schemas: the class `Validator` of `@cfworker/json-schema`. */
  readonly validator?: SchemaValidator | null | undefined;
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
const KEYS: Keys<SenderOptions> = {
  store: true,
  webhook: true,
  schemes: true,
  retryPolicy: true,
  healthPolicy: true,
  timeouts: true,
  concurrency: true,
  endpointConcurrency: true,
  lease: true,
  poll: true,
  payloadLimit: true,
  schemas: true,
  validator: true,
  retention: true,
  fetch: true,
  resolve: true,
  clock: true,
  random: true,
  log: true,
};
const RETENTION_KEYS: Keys<Retention> = { delivered: true, dead: true, idempotencyKeys: true };

export function settingsOf(senderOptions: SenderOptions): { parts: Parts; payloads: PayloadRules } {
  const given = options("the options", KEYS, senderOptions);
  const { store, webhook, retryPolicy, healthPolicy } = given;
  if (typeof store?.insert !== "function" || typeof store.take !== "function") {
    throw wrong("the store", "a SenderStore", store);
  }
  instance("the webhook", webhook, Webhook);
  webhook?.checkSignsHeaders();
  instance("the retry policy", retryPolicy, RetryPolicy);
  instance("the health policy", healthPolicy, HealthPolicy);
  const lease = seconds("the lease", given.lease ?? 90);
  const { firstByte, total } = options("the timeouts", TIMEOUT_KEYS, given.timeouts);
  const totalMs = timeout("total", total ?? 30);
  if (totalMs * 2 > lease * 1e3) {
    throw new TypeError("the lease must be at least twice as long as the total timeout");
  }
  const kept = options("the retention", RETENTION_KEYS, given.retention);
  const parts: Parts = {
    store,
    defaults: {
      webhook: webhook ?? null,
      schemes: schemesByName(given.schemes),
      retryPolicy: retryPolicy ?? RetryPolicy.standard(),
      concurrency: Math.max(count("the endpoint concurrency", given.endpointConcurrency ?? 16), 1),
      firstByteMs: timeout("firstByte", firstByte ?? 20),
      totalMs,
      leaseMs: lease * 1e3,
    },
    healthPolicy: healthPolicy ?? new HealthPolicy(),
    // A method of the host, which must not be called on another object.
    fetch: action("fetch", given.fetch) ?? ((...request) => fetch(...request)),
    resolve: action("resolve", given.resolve) ?? null,
    clock: action("the clock", given.clock) ?? Date.now,
    random: action("random", given.random) ?? Math.random,
    log: given.log === null ? () => undefined : (action("the log", given.log) ?? logToConsole),
    lease,
    concurrency: Math.max(count("the concurrency", given.concurrency ?? 64), 1),
    poll: seconds("the poll", given.poll ?? 1),
    retention: {
      delivered: number("delivered", kept.delivered ?? 7 * DAY),
      dead: number("dead", kept.dead ?? 30 * DAY),
      idempotencyKeys: number("idempotencyKeys", kept.idempotencyKeys ?? DAY),
    },
    observers: [],
  };
  const payloads = { limit: whole("the payload limit", given.payloadLimit ?? 2 ** 20), schemas: schemasOf(given) };
  return { parts, payloads };
}

function schemasOf({ schemas, validator }: Partial<SenderOptions>): Schemas | null {
  const core = { routes: new glue.RoutesHandle(), refusal: deliveryFailure };
  return schemas === null || schemas === undefined ? null : new Schemas(schemas, validator, core);
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

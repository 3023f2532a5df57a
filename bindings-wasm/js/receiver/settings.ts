import { callable, type Keys, options, seconds, whole, word, wrong } from "../check.js";
import type { Body } from "../body.js";
import type { Event } from "../event.js";
import type { HandshakeReply } from "../handshake.js";
import type { RequestHeaders } from "../headers.js";
import type { Verified } from "../verified.js";
import type { Webhook } from "../webhook.js";
import type { RequestContext } from "../webhook-options.js";
import { AddressPolicy } from "./address.js";
import { glue } from "./core.js";
import type { EventStore } from "./event-store.js";
import { type Logger, logToConsole, type Observer } from "./outcome.js";
import { MemoryRateStore, RateLimit, type RateStore } from "./rate-limit.js";
import { MemoryReplayStore, type ReplayStore } from "./replay.js";
import { refusal } from "./refusal.js";
import { Schemas, type SchemasByPattern, type SchemaValidator } from "./schemas.js";

/** Takes an event. What it returns is not looked at; that it returns, or fulfils, is success. */
export type Handler<T = any> = (event: Event<T>) => unknown;

/** Verifies with keys that it fetches, as a `KeyFetcher` of `countersign/asymmetric` does. */
export interface KeySource {
  verify(webhook: Webhook, body: Body, headers: RequestHeaders, context?: RequestContext): Promise<Verified>;
}

/** Whether the program asked for what a handshake hands over: `true`, or a promise of it, to agree. */
export type HandshakeHandler = (reply: HandshakeReply) => unknown;

/** Options of a `Receiver`. */
export interface ReceiverOptions {
  /** Who may call; anybody if not given. */
  readonly address?: AddressPolicy | null | undefined;
  /** How often each client may call; without end if not given. */
  readonly rateLimit?: RateLimit | null | undefined;
  /** Where calls are counted; in the memory of this process if not given. */
  readonly rateStore?: RateStore | null | undefined;
  /**
   * Where claims on deliveries are kept; in the memory of this process if not given, which neither
   * other processes nor a restart know of. `false` or `null` switches it off.
   */
  readonly replay?: ReplayStore | false | null | undefined;
  /**
   * Where events are stored until workers handle them, such as an inbox of `countersign/inbox`:
   * they are answered as soon as they are stored. It refuses duplicates itself, so that `replay`
   * is not asked, and its failures are answered 503, whatever `whenStoreFails` says.
   */
  readonly inbox?: EventStore | null | undefined;
  /**
   * How many seconds an answer waits for a worker of this process to handle the event: it is 200
   * then, and 202 after that; it does not wait if not given. Needs an inbox.
   */
  readonly wait?: number | null | undefined;
  /** How long a handler may hold a delivery, in seconds; 300 if not given. */
  readonly lease?: number | null | undefined;
  /** The largest body in bytes; 1 MiB if not given. */
  readonly bodyLimit?: number | null | undefined;
  /** How long a body may take to arrive, in seconds; 10 if not given. */
  readonly bodyTimeout?: number | null | undefined;
  /** After how many seconds a handler that is awaited is answered for; 8 if not given. */
  readonly deadline?: number | null | undefined;
  /** What payloads must be, by event type. */
  readonly schemas?: SchemasByPattern | null | undefined;
  /** What checks schemas: the class `Validator` of `@cfworker/json-schema`. */
  readonly validator?: SchemaValidator | null | undefined;
  /** What becomes of requests while a store fails; `refuse` (503) if not given. */
  readonly whenStoreFails?: "refuse" | "admit" | null | undefined;
  /** What fetches the keys of providers that have some; without it their requests are answered 503. */
  readonly keys?: KeySource | null | undefined;
  /** The clock in Unix seconds that requests are judged by; the host's if not given. */
  readonly clock?: (() => number) | null | undefined;
  /** Scheme and host that senders call, such as `https://hooks.example.com`, if the host sees others. */
  readonly origin?: string | null | undefined;
  /**
   * Gets each handshake that hands over a secret (Asana, Notion) or a subscription to confirm (Amazon
   * SNS), and returns `true` if this program asked for it just now. Without it they are refused,
   * because anybody can send them.
   */
  readonly onHandshake?: HandshakeHandler | null | undefined;
  /** Gets what became of each request. */
  readonly observe?: Observer | null | undefined;
  /** Gets each line of the log; JSON to standard error if not given, nowhere if `null`. */
  readonly log?: Logger | null | undefined;
}

/** The options with what is meant where nothing is said. */
export interface Settings {
  readonly address: AddressPolicy;
  readonly rateLimit: RateLimit | null;
  readonly rateStore: RateStore;
  readonly replay: ReplayStore | null;
  readonly inbox: EventStore | null;
  /** In seconds; 0 if nobody waits. */
  readonly wait: number;
  readonly lease: number;
  readonly bodyLimit: number;
  readonly bodyTimeout: number;
  readonly deadline: number;
  readonly schemas: Schemas | null;
  readonly whenStoreFails: "refuse" | "admit";
  readonly keys: KeySource | null;
  readonly clock: (() => number) | null;
  readonly origin: string | null;
  readonly onHandshake: HandshakeHandler | null;
  readonly log: Logger;
  /** Whether the client's address decides anything. */
  readonly needsPeer: boolean;
}

const MEBIBYTE = 1024 * 1024;
const KEYS: Keys<ReceiverOptions> = {
  address: true,
  rateLimit: true,
  rateStore: true,
  replay: true,
  inbox: true,
  wait: true,
  lease: true,
  bodyLimit: true,
  bodyTimeout: true,
  deadline: true,
  schemas: true,
  validator: true,
  whenStoreFails: true,
  keys: true,
  clock: true,
  origin: true,
  onHandshake: true,
  observe: true,
  log: true,
};

export function settingsOf(receiverOptions: ReceiverOptions | undefined): Settings {
  const given = options("the options", KEYS, receiverOptions);
  const address = instance("address", AddressPolicy, given.address);
  const rateLimit = instance("rateLimit", RateLimit, given.rateLimit);
  if (given.replay !== undefined && given.replay !== null && given.replay !== false) {
    methods("replay", given.replay, ["claim", "complete", "release"]);
  }
  if (given.rateStore) {
    methods("rateStore", given.rateStore, ["admit"]);
  }
  if (given.keys) {
    methods("keys", given.keys, ["verify"]);
  }
  if (given.inbox) {
    methods("inbox", given.inbox, ["insert"]);
  } else if (given.wait !== undefined && given.wait !== null) {
    throw new TypeError("wait needs an inbox");
  }
  return {
    address: address ?? new AddressPolicy(),
    rateLimit,
    rateStore: given.rateStore ?? new MemoryRateStore(),
    replay: given.replay === undefined ? new MemoryReplayStore() : given.replay || null,
    inbox: given.inbox ?? null,
    wait: given.wait === undefined || given.wait === null ? 0 : seconds("wait", given.wait),
    lease: seconds("lease", given.lease ?? 300),
    bodyLimit: whole("bodyLimit", given.bodyLimit ?? MEBIBYTE),
    bodyTimeout: seconds("bodyTimeout", given.bodyTimeout ?? 10),
    deadline: seconds("deadline", given.deadline ?? 8),
    schemas: (given.schemas ?? null) === null ? null : schemasOf(given),
    whenStoreFails: word("whenStoreFails", ["refuse", "admit"] as const, given.whenStoreFails ?? "refuse"),
    keys: given.keys ?? null,
    clock: callable("clock", given.clock),
    origin: given.origin ? origin(given.origin) : null,
    onHandshake: callable("onHandshake", given.onHandshake),
    log: given.log === undefined ? logToConsole : (callable("log", given.log) ?? (() => undefined)),
    needsPeer: address !== null || rateLimit !== null,
  };
}

function schemasOf({ schemas, validator }: Partial<ReceiverOptions>): Schemas {
  return new Schemas(schemas, validator, { routes: new glue.RoutesHandle(), refusal });
}

function instance<T>(what: string, type: abstract new (...values: never[]) => T, value: unknown): T | null {
  if (value === undefined || value === null) {
    return null;
  }
  if (!(value instanceof type)) {
    throw wrong(what, `a ${type.name}`, value);
  }
  return value;
}

function methods(what: string, value: object, names: string[]): void {
  for (const name of names) {
    if (typeof (value as Record<string, unknown>)[name] !== "function") {
      throw new TypeError(`${what} must have the methods ${names.join(", ")}`);
    }
  }
}

function origin(text: string): string {
  if (!/^https?:\/\/[^/?#]+$/.test(text)) {
    throw new TypeError("origin must be a scheme and a host, such as https://hooks.example.com");
  }
  return text;
}

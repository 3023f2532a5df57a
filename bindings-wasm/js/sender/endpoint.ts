/** Where messages go, and how. */

import { fields, flag, type Keys, number, options, optionalText, text, wholeUpTo, wrong } from "../check.js";
import { attempt } from "../errors.js";
import { RetryPolicy } from "../retry.js";
import { Scheme } from "../scheme.js";
import { glue } from "./core.js";
import { checkName, deliveryFailure } from "./failure.js";
import type { EndpointHealth } from "./health.js";
import type { EndpointRecord, EndpointSettings, StoredEndpoint, Subscription } from "./store.js";

/** A place that messages are delivered to. Durations are in seconds. */
export interface Endpoint {
  /** What the program names it by: 1 to 256 visible ASCII characters, and no `://` but in a URL that is its own. */
  readonly id: string;
  /** Where messages go: HTTPS on public addresses, unless something else is allowed. */
  readonly url: string;
  /** Whose it is, such as a customer's id: `publish` reaches the endpoints of one owner. */
  readonly owner?: string | null | undefined;
  /**
   * The name of the signature scheme. If not given `standard`, or without secrets the sender's own
   * webhook.
   */
  readonly scheme?: string | null | undefined;
  /** One secret or several: the first signs, and so do the others where the scheme has room. */
  readonly secrets?: string | Iterable<string> | null | undefined;
  /**
   * The patterns of the types that it wants of what is published: whole names, `invoice.*`, or `*`.
   * Everything if not given.
   */
  readonly eventTypes?: Iterable<string> | null | undefined;
  /** How many attempts each process makes at a time; the sender's setting if not given. */
  readonly concurrency?: number | null | undefined;
  /** How many attempts are made a second, by all processes together. */
  readonly perSecond?: number | null | undefined;
  /**
   * Delivers messages one by one in the order in which they were sent: one that is tried again holds
   * up those after it, until it is delivered or a dead letter.
   */
  readonly fifo?: boolean | null | undefined;
  /** When a message is tried again and how often; the sender's policy if not given. */
  readonly retryPolicy?: RetryPolicy | null | undefined;
  /** How long until the first byte of the answer, and in total. */
  readonly timeouts?: Timeouts | null | undefined;
  /** Headers of every request besides those of the scheme. */
  readonly headers?: Readonly<Record<string, string>> | null | undefined;
  /** Allows `http://`: anybody on the way reads and changes what is sent. */
  readonly allowHttp?: boolean | null | undefined;
  /** Networks in CIDR notation that may be reached although they are not public. */
  readonly allowNetworks?: Iterable<string> | null | undefined;
}

/** How long an attempt may take, in seconds. */
export interface Timeouts {
  /** Until the status and headers of the answer; 20 if not given. */
  readonly firstByte?: number | null | undefined;
  /** Until the end of the answer; 30 if not given. */
  readonly total?: number | null | undefined;
}

/** An endpoint as it is registered, without its secrets. */
export interface RegisteredEndpoint {
  readonly id: string;
  /** Empty if it is nobody's. */
  readonly owner: string;
  readonly url: string;
  /** `null` for the sender's own webhook. */
  readonly scheme: string | null;
  /** How many secrets sign. */
  readonly secretCount: number;
  readonly eventTypes: readonly string[];
  /** What the attempts to send to it tell of it. */
  readonly health: EndpointHealth;
  /** When it was registered, in Unix seconds. */
  readonly created: number;
}

const KEYS: Keys<Endpoint> = {
  id: true,
  owner: true,
  url: true,
  scheme: true,
  secrets: true,
  eventTypes: true,
  concurrency: true,
  perSecond: true,
  fifo: true,
  retryPolicy: true,
  timeouts: true,
  headers: true,
  allowHttp: true,
  allowNetworks: true,
};
export const TIMEOUT_KEYS: Keys<Timeouts> = { firstByte: true, total: true };

/** What the sender writes itself, or what belongs to the connection. */
const RESERVED = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const HEADER_VALUE = /^[\t -~\x80-\xff]*$/;
const U32 = 2 ** 32 - 1;

/** The record of an endpoint; what is wrong with it is thrown, but for what making a target finds. */
export function endpointRecord(endpoint: Endpoint): EndpointRecord {
  const given = options("the endpoint", KEYS, endpoint);
  const id = checkName(text("the endpoint's id", given.id));
  const url = text("the endpoint's URL", given.url);
  const owner = optionalText("the owner", given.owner) ?? "";
  if (owner !== "") {
    checkName(owner);
  }
  if (isUrl(id) && id !== url) {
    // Messages to this URL would go to another.
    throw deliveryFailure("name");
  }
  const secrets = typeof given.secrets === "string" ? [given.secrets] : list("the secrets", given.secrets);
  const scheme = optionalText("the scheme", given.scheme) ?? (secrets.length > 0 ? "standard" : null);
  const patterns = list("the event types", given.eventTypes);
  return {
    id,
    owner,
    url,
    scheme,
    secrets,
    settings: settingsOf(given),
    subscriptions: (patterns.length > 0 ? patterns : ["*"]).map(subscriptionOf),
  };
}

/** Only what is given, as programs in other languages write it. */
function settingsOf(given: Partial<Endpoint>): EndpointSettings {
  const { concurrency, perSecond, fifo, retryPolicy, timeouts, headers, allowHttp, allowNetworks } = given;
  const { firstByte, total } = options("the timeouts", TIMEOUT_KEYS, timeouts);
  const rate = isGiven(perSecond) ? number("perSecond", perSecond) : null;
  if (rate !== null && !(rate >= 0.001 && rate <= 1e6)) {
    throw deliveryFailure("setting");
  }
  if (isGiven(retryPolicy) && !(retryPolicy instanceof RetryPolicy)) {
    throw wrong("retryPolicy", "a RetryPolicy", retryPolicy);
  }
  const networks = list("allowNetworks", allowNetworks);
  const headerList = Object.entries(fields("the headers", headers)).map(checkHeader);
  return {
    ...(flag("fifo", fifo) ? { is_fifo: true } : {}),
    ...(flag("allowHttp", allowHttp) ? { allows_http: true } : {}),
    ...(networks.length > 0 ? { networks } : {}),
    ...(isGiven(concurrency) ? { concurrency: Math.max(wholeUpTo(U32, "concurrency", concurrency), 1) } : {}),
    ...(rate === null ? {} : { per_second: rate }),
    ...(isGiven(retryPolicy) ? { retry_policy: retryPolicy.description } : {}),
    ...(isGiven(firstByte) ? { first_byte_timeout_ms: timeout("firstByte", firstByte) } : {}),
    ...(isGiven(total) ? { total_timeout_ms: timeout("total", total) } : {}),
    ...(headerList.length > 0 ? { headers: headerList } : {}),
  };
}

/** In milliseconds, at least one. */
export function timeout(what: string, value: unknown): number {
  return Math.max(Math.round(number(what, value) * 1e3), 1);
}

export function checkHeader([name, value]: [string, unknown]): [string, string] {
  const checked = text("a header", value);
  if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(checked) || RESERVED.has(name.toLowerCase())) {
    throw deliveryFailure("setting");
  }
  return [name, checked];
}

function subscriptionOf(pattern: string): Subscription {
  const parts = attempt(() => glue.subscription(pattern));
  return { beginning: parts.slice(1), isWhole: parts.startsWith("=") };
}

export function registered(endpoint: StoredEndpoint): RegisteredEndpoint {
  const { id, owner, url, scheme, secrets, subscriptions, health, createdMs } = endpoint;
  const eventTypes = subscriptions.map(({ beginning, isWhole }) => (isWhole ? beginning : `${beginning}*`));
  return { id, owner, url, scheme, secretCount: secrets.length, eventTypes, health, created: createdMs / 1e3 };
}

/** Ids have no `://`, since that is how a URL is known. */
export function isUrl(to: string): boolean {
  return to.includes("://");
}

/** Schemes of the program's own by their names. */
export function schemesByName(schemes: Iterable<Scheme> | null | undefined): Map<string, Scheme> {
  const named = new Map<string, Scheme>();
  const given: unknown = schemes ?? [];
  if (typeof given !== "object" || given === null || !(Symbol.iterator in given)) {
    throw wrong("the schemes", "an array of Schemes", given);
  }
  for (const scheme of given as Iterable<unknown>) {
    if (!(scheme instanceof Scheme)) {
      throw wrong("a scheme", "a Scheme", scheme);
    }
    named.set(scheme.name, scheme);
  }
  return named;
}

function list(what: string, given: unknown): string[] {
  if (given === null || given === undefined) {
    return [];
  }
  if (typeof given !== "object" || !(Symbol.iterator in given)) {
    throw wrong(what, "an array of strings", given);
  }
  return Array.from(given as Iterable<unknown>, (item) => text(what, item));
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

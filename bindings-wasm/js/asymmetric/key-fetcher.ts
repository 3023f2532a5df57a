import type { Body } from "../body.js";
import { callable, fields, options, seconds, text, wrong } from "../check.js";
import { type CountersignError, failure, VerificationError } from "../errors.js";
import type { Event } from "../event.js";
import type { RequestHeaders } from "../headers.js";
import { Reason } from "../reason.js";
import { monotonic, within } from "../receiver/timer.js";
import type { Verified } from "../verified.js";
import { Webhook } from "../webhook.js";
import type { RequestContext } from "../webhook-options.js";
import { fetchKey, FETCH_TIMEOUT } from "./fetch-key.js";
import { key_unavailable } from "./glue.js";

/** A key as its provider gives it: a certificate in PEM, a JWK or a set of them, or a public key. */
export type FetchedKey = string | Uint8Array;

/** Options of a {@link KeyFetcher}. */
export interface KeyFetcherOptions {
  /** What fetches keys that have a URL; that of the host if not given. */
  readonly fetch?: typeof fetch | null | undefined;
  /** How long a key is kept, in seconds; a day if not given. */
  readonly lifetime?: number | null | undefined;
  /**
   * Gets the key of an id from a provider whose answer depends on your account: Plaid
   * (`/webhook_verification_key/get`), Circle. `null` if there is none. The id is the request's, and
   * anybody may have made it up.
   */
  readonly byKeyId?:
    | ((keyId: string, scheme: string) => FetchedKey | null | Promise<FetchedKey | null>)
    | null
    | undefined;
}

const DAY = 86_400;
/** How many keys are kept, and how many failures are remembered. */
const MOST_KEPT = 64;
/** How many keys are fetched in a minute, whatever URLs and ids are made up. */
const MOST_FETCHES = 30;
const MINUTE = 60_000;
/** How long a failure stands, in milliseconds. */
const FAILURE = 5_000;
/** How old a key is that is fetched again when it does not fit, in milliseconds. */
const OUTDATED = 60_000;

/** What a key that was replaced meanwhile is refused with. */
const OUTDATED_CODES: readonly string[] = ["signature_mismatch", "malformed_key", "expired_certificate"];

/**
 * Verifies requests whose keys must be fetched, and keeps the keys.
 *
 * Which key it is, and whether its URL is the provider's, the webhook decides. A key is fetched by
 * HTTPS alone, without following redirects, within 5 seconds and up to 64 KiB; at most 30 are in a
 * minute, and 64 are kept. Requests that need the same one wait for one fetch. What failed is not tried
 * again for 5 seconds. A key that does not fit is fetched again, at most once a minute: it may have been
 * replaced.
 *
 * A receiver takes it as its option `keys`.
 *
 * @example
 * ```ts
 * import { KeyFetcher, Webhook } from "countersign/asymmetric";
 * import { Receiver } from "countersign/receiver";
 *
 * const keys = new KeyFetcher({
 *   byKeyId: async (keyId) => await (await askPlaid("/webhook_verification_key/get", { key_id: keyId })).text(),
 * });
 * const receiver = new Receiver(new Webhook("plaid", []), { keys });
 * ```
 */
export class KeyFetcher {
  readonly #fetch: typeof fetch;
  readonly #lifetime: number;
  readonly #byKeyId: NonNullable<KeyFetcherOptions["byKeyId"]> | null;
  /** The least recently used comes first. */
  readonly #kept = new Map<string, Kept>();
  /** When the last fetch failed. */
  readonly #failures = new Map<string, number>();
  readonly #fetches = new Map<string, Promise<Kept>>();
  /** When the fetches of the last minute began. */
  #begun: number[] = [];

  constructor(fetcherOptions?: KeyFetcherOptions) {
    const given = options("the options", { fetch: true, lifetime: true, byKeyId: true }, fetcherOptions);
    const send = callable("fetch", given.fetch);
    // Browsers want it called as their own.
    this.#fetch = send ?? ((...request) => fetch(...request));
    this.#lifetime = seconds("lifetime", given.lifetime ?? DAY) * 1e3;
    this.#byKeyId = callable("byKeyId", given.byKeyId);
  }

  /**
   * As {@link Webhook.verify}, with the key fetched.
   *
   * @throws {@link GuardError} `key_unavailable` if it cannot be fetched, the reason as its `cause`.
   */
  async verify(webhook: Webhook, body: Body, headers: RequestHeaders, context?: RequestContext): Promise<Verified> {
    const read = repeatable(headers);
    return this.#decide(webhook, context, (known) => webhook.verify(body, read, known));
  }

  /** As {@link Webhook.unwrap}, with the key fetched. Throws what {@link KeyFetcher.verify} does. */
  async unwrap<T = unknown>(
    webhook: Webhook,
    body: Body,
    headers: RequestHeaders,
    context?: RequestContext,
  ): Promise<Event<T>> {
    const read = repeatable(headers);
    return this.#decide(webhook, context, (known) => webhook.unwrap<T>(body, read, known));
  }

  async #decide<T>(
    webhook: Webhook,
    context: RequestContext | undefined,
    judge: (context: RequestContext) => T,
  ): Promise<T> {
    if (!(webhook instanceof Webhook)) {
      throw wrong("the webhook", "a Webhook", webhook);
    }
    const given = fields("the context", context);
    let place: Place;
    try {
      return judge(given);
    } catch (thrown) {
      if (!(thrown instanceof VerificationError) || thrown.code !== "key_needed") {
        throw thrown;
      }
      place = this.#place(webhook.schemeName, thrown);
    }
    const kept = await this.#key(place);
    try {
      return judge({ ...given, key: kept.key });
    } catch (thrown) {
      const renewed = isOutdated(thrown) ? await this.#renewed(place, kept) : null;
      if (renewed === null) {
        throw thrown;
      }
      return judge({ ...given, key: renewed.key });
    }
  }

  /** Where the key is. */
  #place(scheme: string, { keyUrl, keyId }: VerificationError): Place {
    if (keyUrl !== null) {
      return { name: keyUrl, get: () => fetchKey(this.#fetch, keyUrl) };
    }
    const byKeyId = this.#byKeyId;
    if (byKeyId === null || keyId === null) {
      throw unavailable("the key is known by its id alone; pass byKeyId");
    }
    return { name: `${scheme} ${keyId}`, get: async () => byKeyId(keyId, scheme) };
  }

  async #key(place: Place): Promise<Kept> {
    const kept = this.#kept.get(place.name);
    if (kept === undefined || monotonic() - kept.since >= this.#lifetime) {
      return this.#fetched(place);
    }
    this.#kept.delete(place.name);
    this.#kept.set(place.name, kept);
    return kept;
  }

  /** The key as it is now; `null` if it was fetched just before, or cannot be. */
  async #renewed(place: Place, { since }: Kept): Promise<Kept | null> {
    // Another request may have fetched it meanwhile.
    const newest = this.#kept.get(place.name);
    if (newest !== undefined && newest.since > since) {
      return newest;
    }
    if (monotonic() - since < OUTDATED) {
      return null;
    }
    return this.#fetched(place).catch(() => null);
  }

  /** Fetches the key, with all who want it now. */
  async #fetched(place: Place): Promise<Kept> {
    const { name } = place;
    const failed = this.#failures.get(name);
    if (failed !== undefined && monotonic() - failed < FAILURE) {
      throw unavailable("it failed just before");
    }
    let fetching = this.#fetches.get(name);
    if (fetching === undefined) {
      this.#count();
      fetching = this.#fetchAnew(place);
      this.#fetches.set(name, fetching);
      const end = () => this.#fetches.delete(name);
      fetching.then(end, end);
    }
    // Each has a timer of its own: a host may end the first's request, and its fetch with it.
    return within(FETCH_TIMEOUT, fetching, () => {
      throw unavailable("it took too long");
    });
  }

  /** Requests that nobody has signed name keys, too: they do not make a host ask without end. */
  #count(): void {
    const now = monotonic();
    this.#begun = this.#begun.filter((at) => now - at < MINUTE);
    if (this.#begun.length >= MOST_FETCHES) {
      throw unavailable("too many keys were fetched in a minute");
    }
    this.#begun.push(now);
  }

  async #fetchAnew({ name, get }: Place): Promise<Kept> {
    try {
      const key = await within(FETCH_TIMEOUT, get(), () => {
        throw new Reason("it took too long");
      });
      if (key === null || key === undefined) {
        throw new Reason("there is no key of this id");
      }
      const kept = { key: checked(key), since: monotonic() };
      this.#failures.delete(name);
      put(this.#kept, name, kept);
      return kept;
    } catch (cause) {
      put(this.#failures, name, monotonic());
      throw unavailable(cause);
    }
  }
}

/** A key, and when it was fetched. */
interface Kept {
  readonly key: FetchedKey;
  readonly since: number;
}

/** Where a key is. */
interface Place {
  readonly name: string;
  readonly get: () => Promise<FetchedKey | null>;
}

function unavailable(cause: unknown): CountersignError {
  const error = failure(key_unavailable());
  error.cause = typeof cause === "string" ? new Reason(cause) : cause;
  return error;
}

function isOutdated(thrown: unknown): boolean {
  return thrown instanceof VerificationError && OUTDATED_CODES.includes(thrown.code);
}

/** Puts it last; the first goes, if there are too many. */
function put<T>(map: Map<string, T>, name: string, value: T): void {
  map.delete(name);
  if (map.size >= MOST_KEPT) {
    map.delete(map.keys().next().value!);
  }
  map.set(name, value);
}

function checked(key: unknown): FetchedKey {
  if (key instanceof Uint8Array) {
    return key.slice();
  }
  return text("what byKeyId gives", key);
}

/** Headers that can be read again: what is iterated once would be empty then. */
function repeatable(headers: RequestHeaders): RequestHeaders {
  const isIterator = typeof (headers as { next?: unknown } | null)?.next === "function";
  return isIterator ? Array.from(headers as Iterable<readonly [string, string]>) : headers;
}

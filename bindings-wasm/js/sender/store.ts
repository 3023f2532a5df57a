/** What a sender keeps its messages in. */

import type { Attempt } from "../retry.js";
import type { EndpointHealth } from "./health.js";
import type {
  Attempted,
  DeliveryFilter,
  DeliveryState,
  EndpointStanding,
  LatestAttempt,
  Replay,
  ReplayFilter,
  StoredDelivery,
} from "./looking.js";

/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>;

/** A message as it is stored. Its payload is written once, and all attempts send these bytes. */
export interface OutgoingMessage {
  readonly id: string;
  readonly idempotencyKey: string | null;
  readonly type: string;
  readonly payload: Uint8Array;
  /**
   * The id of an endpoint; with `register`, which is stored first if there is none of this id. Or the
   * owner of the endpoints that the message goes to, if they want its type and are not disabled.
   */
  readonly to: { readonly endpoint: string; readonly register?: EndpointRecord } | { readonly owner: string };
}

/** What became of a message that was to be stored. */
export interface Sent {
  /** The message's id: that of the first, if its idempotency key was used before. */
  readonly id: string;
  /**
   * Whether this call did something; `false` if the message of its id or key was there, and went to this
   * endpoint, or to all that want it, before.
   */
  readonly isNew: boolean;
}

/** What is told apart of an endpoint, in the form in which programs of every language store it. */
export interface EndpointSettings {
  readonly is_fifo?: boolean;
  readonly allows_http?: boolean;
  readonly networks?: readonly string[];
  readonly concurrency?: number;
  readonly per_second?: number;
  readonly first_byte_timeout_ms?: number;
  readonly total_timeout_ms?: number;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** As the vectors of the kind `retry` have it. */
  readonly retry_policy?: unknown;
}

/** Which types of events an endpoint wants: this one, or those that begin so and are longer. */
export interface Subscription {
  readonly beginning: string;
  readonly isWhole: boolean;
}

/** An endpoint that is to be stored. */
export interface EndpointRecord {
  readonly id: string;
  /** Empty if it is nobody's. */
  readonly owner: string;
  readonly url: string;
  /** The name of the signature scheme; `null` for the sender's own webhook. */
  readonly scheme: string | null;
  /** As text; the first signs, and so do the others where the scheme has room. */
  readonly secrets: readonly string[];
  readonly settings: EndpointSettings;
  readonly subscriptions: readonly Subscription[];
}

/** An endpoint that is stored. */
export interface StoredEndpoint extends EndpointRecord {
  /** What deliveries name it by; never used twice. */
  readonly number: number;
  /** Changes with everything but the health. */
  readonly version: number;
  readonly health: EndpointHealth;
  /** In Unix milliseconds. */
  readonly createdMs: number;
}

/** An endpoint for which something waits, and in how many seconds the first of it is due. */
export interface Pending {
  readonly endpoint: number;
  readonly due: number;
}

/** What is to be known of an endpoint before more is taken for it. */
export interface Standing {
  /** The store's clock, in Unix milliseconds. */
  readonly now: number;
  readonly endpoint: StoredEndpoint;
  /** How many deliveries to it are running, here and elsewhere. */
  readonly running: number;
  /** When the message whose turn it is is tried again, if they go in order. */
  readonly blockedUntilMs: number;
  /** Up to when the endpoint's rate is used up, in Unix microseconds. */
  readonly pacedUntilUs: number;
  /** The first that wait, in their order. */
  readonly waiting: readonly Waiting[];
}

/** A delivery that waits. */
export interface Waiting {
  readonly number: number;
  readonly attempts: number;
  /** Whether somebody asked for it once more. */
  readonly isReplay: boolean;
  /** When it is due, in Unix milliseconds. */
  readonly dueMs: number;
}

/** What is taken. */
export interface Choice {
  readonly take: readonly Waiting[];
  /** Why all that wait become dead letters; they do not if `null`. */
  readonly bury: string | null;
  /** Up to when the rate is used up then; `null` if it stays. */
  readonly pacedUntilUs: number | null;
  /** Whether what the endpoint was blocked until is past, and is noted as 0. */
  readonly unblock: boolean;
  /** When to look again, in Unix milliseconds; `null` if something else will tell. */
  readonly nextMs: number | null;
}

/** A delivery in the hands of a sender, and the token that proves it. */
export interface TakenDelivery {
  readonly number: number;
  readonly endpoint: number;
  readonly messageId: string;
  readonly type: string;
  readonly payload: Uint8Array;
  /** How many attempts were made before. */
  readonly attempts: number;
  readonly isReplay: boolean;
  readonly token: string;
}

/** What was taken for an endpoint. */
export interface Taking {
  /** `null` if it was deleted: what waited for it is dead then. */
  readonly endpoint: StoredEndpoint | null;
  readonly deliveries: readonly TakenDelivery[];
  /** In how many seconds to look again; `null` if something else will tell. */
  readonly next: number | null;
}

/** What follows an attempt. */
export type Verdict =
  | { readonly state: "delivered" }
  /** Tried again after so many seconds; where messages go in order, those after it wait too. */
  | { readonly state: "waiting"; readonly delay: number; readonly isFifo: boolean }
  | { readonly state: "dead"; readonly reason: string };

/** An attempt that ended. */
export interface Ended {
  readonly delivery: TakenDelivery;
  readonly verdict: Verdict;
  /** When it began, in Unix milliseconds of the sender. */
  readonly atMs: number;
  /** In seconds. */
  readonly duration: number;
  readonly status: number | null;
  /** The class of what kept the answer away, or a code. */
  readonly error: string | null;
  /** The first bytes of the answer. */
  readonly answer: Uint8Array | null;
  /** What it tells of the endpoint; `null` if nothing. */
  readonly tells: Attempt | null;
}

/** How long is kept what is done, in seconds. */
export interface Retention {
  readonly delivered: number;
  readonly dead: number;
  /** How long an idempotency key is known at least. */
  readonly idempotencyKeys: number;
}

/** What one look at the replays did. */
export interface ReplayStep {
  /** The endpoints for which something waits now. */
  readonly endpoints: readonly number[];
  /** In how many seconds there is more to do; `null` if no replay is running. */
  readonly next: number | null;
}

/**
 * Keeps messages and endpoints, durably or not. Each call does all of it or nothing, also where
 * several senders share the store. What it throws, a sender logs and tries again later;
 * {@link Sender.send} throws it as `outbox_unavailable`.
 */
export interface SenderStore {
  /**
   * Stores messages, all or none; what became of each, `null` if there is no such endpoint. It has
   * returned once they survive what they are to survive.
   */
  insert(messages: readonly OutgoingMessage[]): Awaitable<readonly (Sent | null)[]>;

  /** Stores an endpoint, or changes the one of its id and leaves its health as it is. */
  putEndpoint(endpoint: EndpointRecord): Awaitable<void>;
  /** Changes the secrets of an endpoint; `false` if it has another version, or there is none. */
  putSecrets(id: string, secrets: readonly string[], version: number): Awaitable<boolean>;
  /** Changes the health of an endpoint, which is then not blocked; `false` if there is none. */
  putHealth(id: string, health: EndpointHealth): Awaitable<boolean>;
  /** Deletes an endpoint; `false` if there is none. What waits for it becomes dead letters when it is to be taken. */
  deleteEndpoint(id: string): Awaitable<boolean>;
  endpoint(id: string): Awaitable<StoredEndpoint | null>;
  /** Those after this id, in the order of their ids. */
  endpoints(after: string, most: number): Awaitable<readonly StoredEndpoint[]>;

  /**
   * Calls `heard` when another process may have stored something, until what it returns is called, and
   * `failed` with what was thrown when it cannot any more, though it goes on to try. A sender that was
   * started wakes at once then; without this method it looks every `poll` seconds alone.
   */
  readonly listen?: (heard: () => void, failed: (thrown: unknown) => void) => () => Awaitable<void>;

  /** The endpoints for which something waits. */
  pending(): Awaitable<readonly Pending[]>;
  /**
   * Takes what `choose` takes of the first that wait for an endpoint, at most so many, under a lease
   * of so many seconds. `choose` is called once, while nobody else takes for this endpoint.
   */
  take(
    endpoint: number,
    most: number,
    lease: number,
    token: string,
    choose: (standing: Standing) => Choice,
  ): Awaitable<Taking>;
  /** Begins leases again, unless they have ended and others have the deliveries. */
  renew(deliveries: readonly TakenDelivery[], lease: number): Awaitable<void>;
  /** Gives back what was not begun. */
  release(deliveries: readonly TakenDelivery[]): Awaitable<void>;
  /**
   * Has what is running though its lease has ended wait again, and records the attempt as
   * `interrupted`; not those with these numbers. How many they were.
   */
  reclaim(held: readonly number[]): Awaitable<number>;
  /**
   * Notes how attempts ended, and what they tell of their endpoints: `observe` is called for each of
   * which `tells` is not `null`, with the clock in Unix seconds. A delivery that another has by now
   * stays as it is; the attempt is recorded all the same.
   */
  settle(
    ended: readonly Ended[],
    observe: (health: EndpointHealth, tells: Attempt, now: number) => EndpointHealth,
  ): Awaitable<void>;

  /** The deliveries that are meant, newest first. */
  deliveries(filter: DeliveryFilter): Awaitable<readonly StoredDelivery[]>;
  delivery(number: number): Awaitable<StoredDelivery | null>;
  /** The attempts of a delivery, the latest first. */
  attempts(number: number, most: number): Awaitable<readonly Attempted[]>;
  /** The payload of a message. */
  payload(messageId: string): Awaitable<Uint8Array | null>;
  /** How many deliveries are in each state. */
  counts(): Awaitable<Readonly<Record<DeliveryState, number>>>;
  /** Has those of these deliveries that are delivered or dead delivered once more; how many they are. */
  replay(numbers: readonly number[]): Awaitable<number>;
  /**
   * How it stands with endpoints, at most so many: those that ail first, and then those for which most
   * waits.
   */
  standings(most: number): Awaitable<readonly EndpointStanding[]>;
  /** The latest attempts of all deliveries, at most so many, the latest first. */
  latestAttempts(most: number): Awaitable<readonly LatestAttempt[]>;

  /** Begins a replay of the dead letters that are meant, which are those that are dead now. */
  beginReplay(filter: ReplayFilter, perSecond: number): Awaitable<Replay>;
  /** The replays, at most so many, the latest first. */
  replays(most: number): Awaitable<readonly Replay[]>;
  /** Ends a replay before its end; whether it was running. */
  cancelReplay(number: number): Awaitable<boolean>;
  /**
   * Goes on with a replay whose turn it is: has some of its dead letters delivered once more, but those
   * of endpoints that are disabled, and notes how far it is and when to go on.
   */
  stepReplays(): Awaitable<ReplayStep>;
  /** Deletes some of what is past; whether there may be more. */
  forget(retention: Retention): Awaitable<boolean>;
}

/** A store of a sender in memory. */

import { options } from "../check.js";
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
import { MemoryEndpoints } from "./memory-endpoints.js";
import { type Delivery, isMeant, latestAttemptsOf, type Message, standingsOf, toldOf } from "./memory-looking.js";
import { MemoryReplays } from "./memory-replays.js";
import type {
  Choice,
  Ended,
  EndpointRecord,
  OutgoingMessage,
  Pending,
  ReplayStep,
  Retention,
  SenderStore,
  Sent,
  Standing,
  StoredEndpoint,
  TakenDelivery,
  Taking,
  Waiting,
} from "./store.js";

/** Options of {@link MemorySenderStore}. */
export interface MemorySenderStoreOptions {
  /** The clock in Unix milliseconds; the host's if not given. */
  readonly clock?: (() => number) | null | undefined;
}

/**
 * Keeps the messages of a sender in memory: they are lost with the process. For tests, and for
 * messages that somebody sends once more if they are lost. Its size is not bounded.
 */
export class MemorySenderStore implements SenderStore {
  readonly #clock: () => number;
  readonly #messages = new Map<string, Message>();
  readonly #keys = new Map<string, Message>();
  readonly #endpoints = new MemoryEndpoints();
  readonly #deliveries = new Map<number, Delivery>();
  /** Those that wait, by endpoint. */
  readonly #waiting = new Map<number, Set<Delivery>>();
  readonly #running = new Map<number, Set<Delivery>>();
  readonly #replays = new MemoryReplays();
  /** The last numbers that were given, to each kind its own as in tables. */
  readonly #last = { endpoint: 0, delivery: 0, attempt: 0 };
  #latest = 0;

  constructor(storeOptions?: MemorySenderStoreOptions) {
    this.#clock = options("the options", { clock: true }, storeOptions).clock ?? Date.now;
  }

  insert(messages: readonly OutgoingMessage[]): (Sent | null)[] {
    return messages.map((message) => this.#insert(message));
  }

  #insert({ to, ...message }: OutgoingMessage): Sent | null {
    const { id, idempotencyKey, type } = message;
    if ("endpoint" in to && to.register !== undefined && this.#endpoints.named(to.endpoint) === undefined) {
      this.putEndpoint(to.register);
    }
    const recipients = "endpoint" in to ? [this.#endpoints.named(to.endpoint)] : this.#endpoints.wanting(to.owner, type);
    const places = recipients.filter((place) => place !== undefined);
    const known = this.#messages.get(id) ?? (idempotencyKey === null ? undefined : this.#keys.get(idempotencyKey));
    if (known === undefined && places.length < recipients.length) {
      return null;
    }
    const stored = known ?? { ...message, createdMs: this.#now(), deliveries: new Set() };
    this.#messages.set(stored.id, stored);
    if (known === undefined && idempotencyKey !== null) {
      this.#keys.set(idempotencyKey, stored);
    }
    const delivered = stored.id === id ? places.filter((place) => this.#deliver(stored, place.stored.number)) : [];
    return { id: stored.id, isNew: known === undefined || delivered.length > 0 };
  }

  /** To each endpoint once; whether it was not before. */
  #deliver(message: Message, endpoint: number): boolean {
    if (message.deliveries.has(endpoint)) {
      return false;
    }
    message.deliveries.add(endpoint);
    const delivery: Delivery = {
      number: ++this.#last.delivery,
      message,
      endpoint,
      state: "waiting",
      attempts: 0,
      isReplay: false,
      dueMs: 0,
      token: null,
      reason: null,
      log: [],
    };
    this.#deliveries.set(delivery.number, delivery);
    this.#wait(delivery, 0);
    return true;
  }

  putEndpoint(endpoint: EndpointRecord): void {
    this.#endpoints.put(endpoint, () => ({ number: ++this.#last.endpoint, createdMs: this.#now() }));
  }

  putSecrets(id: string, secrets: readonly string[], version: number): boolean {
    return this.#endpoints.putSecrets(id, secrets, version);
  }

  putHealth(id: string, health: EndpointHealth): boolean {
    return this.#endpoints.putHealth(id, health);
  }

  deleteEndpoint(id: string): boolean {
    return this.#endpoints.delete(id);
  }

  endpoint(id: string): StoredEndpoint | null {
    return this.#endpoints.named(id)?.stored ?? null;
  }

  endpoints(after: string, most: number): StoredEndpoint[] {
    return this.#endpoints.after(after, most);
  }

  pending(): Pending[] {
    const now = this.#now();
    const pending: Pending[] = [];
    for (const [endpoint, waiting] of this.#waiting) {
      let dueMs = Infinity;
      for (const delivery of waiting) {
        dueMs = Math.min(dueMs, delivery.dueMs);
      }
      if (waiting.size > 0) {
        pending.push({ endpoint, due: (dueMs - now) / 1e3 });
      }
    }
    return pending;
  }

  take(
    endpoint: number,
    most: number,
    lease: number,
    token: string,
    choose: (standing: Standing) => Choice,
  ): Taking {
    const now = this.#now();
    const waiting = [...(this.#waiting.get(endpoint) ?? [])];
    const place = this.#endpoints.numbered(endpoint);
    if (place === undefined) {
      waiting.forEach((delivery) => this.#end(delivery, "dead", now, "deleted"));
      return { endpoint: null, deliveries: [], next: null };
    }
    const isFifo = place.stored.settings.is_fifo === true;
    const order = (one: Delivery, other: Delivery) => (isFifo ? 0 : one.dueMs - other.dueMs) || one.number - other.number;
    const first: Waiting[] = waiting.sort(order).slice(0, most + 1);
    const choice = choose({
      now,
      endpoint: place.stored,
      running: this.#running.get(endpoint)?.size ?? 0,
      blockedUntilMs: place.blockedUntilMs,
      pacedUntilUs: place.pacedUntilUs,
      waiting: first,
    });
    if (choice.bury !== null) {
      waiting.forEach((delivery) => this.#end(delivery, "dead", now, choice.bury));
    }
    place.pacedUntilUs = choice.pacedUntilUs ?? place.pacedUntilUs;
    place.blockedUntilMs = choice.unblock ? 0 : place.blockedUntilMs;
    const deliveries = choice.take.map(({ number }) => this.#run(this.#deliveries.get(number)!, token, now, lease));
    const next = choice.nextMs === null ? null : Math.max(choice.nextMs - now, 0) / 1e3;
    return { endpoint: place.stored, deliveries, next };
  }

  #run(delivery: Delivery, token: string, now: number, lease: number): TakenDelivery {
    const { number, endpoint, attempts, isReplay, message } = delivery;
    this.#waiting.get(endpoint)?.delete(delivery);
    const running = this.#running.get(endpoint) ?? new Set();
    this.#running.set(endpoint, running.add(delivery));
    Object.assign(delivery, { state: "running", dueMs: now + lease * 1e3, token });
    const { id: messageId, type, payload } = message;
    return { number, endpoint, messageId, type, payload, attempts, isReplay, token };
  }

  renew(deliveries: readonly TakenDelivery[], lease: number): void {
    const dueMs = this.#now() + lease * 1e3;
    for (const delivery of this.#held(deliveries)) {
      delivery.dueMs = dueMs;
    }
  }

  release(deliveries: readonly TakenDelivery[]): void {
    for (const delivery of this.#held(deliveries)) {
      this.#wait(delivery, this.#now());
    }
  }

  /** Those that are still held under the same token. */
  #held(taken: readonly TakenDelivery[]): Delivery[] {
    const held = taken.map(({ number, token }) => {
      const delivery = this.#deliveries.get(number);
      return delivery?.state === "running" && delivery.token === token ? [delivery] : [];
    });
    return held.flat();
  }

  reclaim(held: readonly number[]): number {
    const now = this.#now();
    const running = [...this.#running.values()].flatMap((some) => [...some]);
    const ended = running.filter(({ number, dueMs }) => dueMs <= now && !held.includes(number));
    for (const delivery of ended) {
      const attempt = delivery.attempts + 1;
      const at = delivery.dueMs / 1e3;
      this.#record(delivery, { attempt, at, duration: 0, status: null, error: "interrupted", answer: null });
      this.#wait(delivery, now);
    }
    return ended.length;
  }

  settle(
    ended: readonly Ended[],
    observe: (health: EndpointHealth, tells: Attempt, now: number) => EndpointHealth,
  ): void {
    const now = this.#now();
    for (const { delivery: taken, verdict, atMs, duration, status, error, answer, tells } of ended) {
      const attempt = taken.attempts + 1;
      const place = this.#endpoints.numbered(taken.endpoint);
      this.#record(this.#deliveries.get(taken.number), { attempt, at: atMs / 1e3, duration, status, error, answer });
      for (const delivery of this.#held([taken])) {
        delivery.attempts = attempt;
        if (verdict.state === "waiting") {
          const dueMs = now + Math.ceil(verdict.delay * 1e3);
          if (verdict.isFifo && place !== undefined) {
            place.blockedUntilMs = dueMs;
          }
          this.#wait(delivery, verdict.isFifo ? 0 : dueMs);
        } else {
          this.#end(delivery, verdict.state, now, verdict.state === "dead" ? verdict.reason : null);
        }
      }
      if (tells !== null && place !== undefined) {
        place.stored = { ...place.stored, health: observe(place.stored.health, tells, now / 1e3) };
      }
    }
  }

  #record(delivery: Delivery | undefined, made: Attempted): void {
    delivery?.log.unshift({ place: ++this.#last.attempt, made });
  }

  #wait(delivery: Delivery, dueMs: number): void {
    this.#running.get(delivery.endpoint)?.delete(delivery);
    const waiting = this.#waiting.get(delivery.endpoint) ?? new Set();
    this.#waiting.set(delivery.endpoint, waiting.add(delivery));
    Object.assign(delivery, { state: "waiting", dueMs, token: null });
  }

  #end(delivery: Delivery, state: "delivered" | "dead", now: number, reason: string | null): void {
    this.#running.get(delivery.endpoint)?.delete(delivery);
    this.#waiting.get(delivery.endpoint)?.delete(delivery);
    Object.assign(delivery, { state, dueMs: now, token: null, reason });
  }

  deliveries(filter: DeliveryFilter): StoredDelivery[] {
    const all = [...this.#deliveries.values()].reverse().map((delivery) => this.#told(delivery));
    return all.filter((one) => isMeant(one, filter)).slice(0, filter.limit ?? 100);
  }

  delivery(number: number): StoredDelivery | null {
    const delivery = this.#deliveries.get(number);
    return delivery === undefined ? null : this.#told(delivery);
  }

  #told(delivery: Delivery): StoredDelivery {
    return toldOf(delivery, this.#endpointId(delivery));
  }

  #endpointId({ endpoint }: Delivery): string | null {
    return this.#endpoints.numbered(endpoint)?.stored.id ?? null;
  }

  attempts(number: number, most: number): Attempted[] {
    return this.#deliveries.get(number)?.log.slice(0, most).map(({ made }) => made) ?? [];
  }

  standings(most: number): EndpointStanding[] {
    return standingsOf(this.#endpoints.all(), this.#deliveries.values(), most);
  }

  latestAttempts(most: number): LatestAttempt[] {
    return latestAttemptsOf(this.#deliveries.values(), (delivery) => this.#endpointId(delivery), most);
  }

  payload(messageId: string): Uint8Array | null {
    return this.#messages.get(messageId)?.payload ?? null;
  }

  counts(): Record<DeliveryState, number> {
    const counts = { waiting: 0, running: 0, delivered: 0, dead: 0 };
    for (const { state } of this.#deliveries.values()) {
      counts[state]++;
    }
    return counts;
  }

  replay(numbers: readonly number[]): number {
    let count = 0;
    for (const number of numbers) {
      const delivery = this.#deliveries.get(number);
      if (delivery?.state === "delivered" || delivery?.state === "dead") {
        Object.assign(delivery, { attempts: 0, isReplay: true, reason: null });
        // Before the rest.
        this.#wait(delivery, 0);
        count++;
      }
    }
    return count;
  }

  beginReplay(filter: ReplayFilter, perSecond: number): Replay {
    const dead = this.deliveries({ state: "dead", limit: Infinity });
    return this.#replays.begin(filter, perSecond, dead, this.#now());
  }

  replays(most: number): Replay[] {
    return this.#replays.latest(most);
  }

  cancelReplay(number: number): boolean {
    return this.#replays.cancel(number);
  }

  stepReplays(): ReplayStep {
    const dead = () => {
      const all = [...this.#deliveries.values()].filter(({ state }) => state === "dead");
      return all.map((delivery) => {
        const place = this.#endpoints.numbered(delivery.endpoint);
        const isTaken = place !== undefined && place.stored.health.disabled === null;
        return { told: this.#told(delivery), endpoint: delivery.endpoint, isTaken };
      });
    };
    return this.#replays.step(this.#now(), dead, (number) => this.replay([number]));
  }

  forget({ delivered, dead, idempotencyKeys }: Retention): boolean {
    const now = this.#now();
    const isOlder = (ms: number, seconds: number) => now - ms >= seconds * 1e3;
    for (const { number, state, dueMs, message, endpoint } of this.#deliveries.values()) {
      if (state === "delivered" ? isOlder(dueMs, delivered) : state === "dead" && isOlder(dueMs, dead)) {
        this.#deliveries.delete(number);
        message.deliveries.delete(endpoint);
      }
    }
    for (const { id, idempotencyKey, createdMs, deliveries } of this.#messages.values()) {
      const isKeyPast = idempotencyKey === null || isOlder(createdMs, idempotencyKeys);
      if (deliveries.size === 0 && isKeyPast && isOlder(createdMs, Math.min(delivered, dead))) {
        this.#messages.delete(id);
        if (idempotencyKey !== null) {
          this.#keys.delete(idempotencyKey);
        }
      }
    }
    return false;
  }

  #now(): number {
    const now = Math.floor(this.#clock());
    const back = this.#latest - now;
    if (back > 0) {
      // What was due soon before the clock was set back shall be due soon, not that much later.
      for (const delivery of [...this.#waiting.values(), ...this.#running.values()].flatMap((some) => [...some])) {
        delivery.dueMs = Math.max(delivery.dueMs - back, 0);
      }
      for (const place of this.#endpoints.all()) {
        place.blockedUntilMs -= back;
      }
    }
    this.#latest = now;
    return now;
  }
}

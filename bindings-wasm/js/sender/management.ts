/** What people and programs ask of a sender besides sending: endpoints, deliveries, dead letters. */

import { type Keys, number, options, text, U32, whole, wholeUpTo } from "../check.js";
import { type Endpoint, endpointRecord, type RegisteredEndpoint, registered } from "./endpoint.js";
import { deliveryFailure } from "./failure.js";
import { HEALTHY } from "./health.js";
import type {
  Attempted,
  AvailableEndpoint,
  DeliveryFilter,
  DeliveryState,
  LatestAttempt,
  Limit,
  Replay,
  ReplayFilter,
  ReplayPace,
  StoredDelivery,
} from "./looking.js";
import type { Parts } from "./parts.js";
import { targetOf } from "./target.js";

const MOST = 2 ** 31 - 1;
const PAGE = 500;
const REPLAY_KEYS: Keys<ReplayFilter> = { endpoint: true, type: true, reason: true, since: true, until: true };
const MEANT_KEYS: Keys<Omit<DeliveryFilter, "limit">> = { ...REPLAY_KEYS, state: true, before: true };
const FILTER_KEYS: Keys<DeliveryFilter> = { ...MEANT_KEYS, limit: true };

/** Registers, lists and replays. Everything rejects with what the store throws, too. */
export abstract class Management {
  /** @internal */
  protected readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** What is known of endpoints may have changed. @internal */
  protected abstract look(): void;

  /**
   * Registers an endpoint, or changes the one of its id. Its health stays, and what waits for it is
   * sent as it now wants.
   *
   * @throws What is wrong with it: `malformed_message` (names, numbers, headers), `malformed_pattern`,
   * `malformed_network`, `malformed_url`, `insecure_url`, `forbidden_destination`, `unknown_scheme`,
   * `malformed_scheme` (of one with its signature in the body), `no_secrets`, `malformed_secret`,
   * `empty_secret`.
   */
  async putEndpoint(endpoint: Endpoint): Promise<void> {
    const record = endpointRecord(endpoint);
    targetOf(record, this.parts.defaults);
    await this.parts.store.putEndpoint(record);
    this.look();
  }

  /** The endpoint of this id; `null` if there is none. */
  async endpoint(id: string): Promise<RegisteredEndpoint | null> {
    const stored = await this.parts.store.endpoint(text("the id", id));
    return stored === null ? null : registered(stored);
  }

  /** The endpoints with ids after this one, in the order of their ids; 100 if not said otherwise. */
  async endpoints(after = "", limit = 100): Promise<RegisteredEndpoint[]> {
    const most = wholeUpTo(MOST, "the limit", limit);
    return (await this.parts.store.endpoints(text("the id", after), most)).map(registered);
  }

  /** Deletes an endpoint; `false` if there is none. What waits for it becomes dead letters. */
  async deleteEndpoint(id: string): Promise<boolean> {
    const isDeleted = await this.parts.store.deleteEndpoint(text("the id", id));
    this.look();
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
    const isKnown = await this.parts.store.putHealth(text("the id", id), health);
    this.look();
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
      const endpoint = await this.parts.store.endpoint(text("the id", id));
      if (endpoint === null) {
        throw deliveryFailure("unknown_endpoint");
      }
      const secrets = endpoint.secrets.length === 0 ? [] : change(endpoint.secrets);
      // Throws `no_secrets` in the core's words, if there are none.
      targetOf({ ...endpoint, scheme: endpoint.scheme ?? "standard", secrets }, this.parts.defaults);
      // Somebody else may have changed it meanwhile.
      isChanged = await this.parts.store.putSecrets(id, secrets, endpoint.version);
    }
    this.look();
  }

  /** The deliveries that are meant, newest first. */
  async deliveries(filter?: DeliveryFilter): Promise<readonly StoredDelivery[]> {
    return this.parts.store.deliveries(checkedFilter(filter));
  }

  /** The deliveries that nobody tries again unless told to, newest first. */
  deadLetters(filter?: Omit<DeliveryFilter, "state">): Promise<readonly StoredDelivery[]> {
    return this.deliveries({ ...filter, state: "dead" });
  }

  /** The delivery of this number; `null` if there is none, or none any more. */
  async delivery(deliveryNumber: number): Promise<StoredDelivery | null> {
    return this.parts.store.delivery(whole("the number", deliveryNumber));
  }

  /** The attempts of a delivery, the latest first; 100 if not said otherwise. */
  async attempts(deliveryNumber: number, limit = 100): Promise<readonly Attempted[]> {
    return this.parts.store.attempts(whole("the number", deliveryNumber), wholeUpTo(MOST, "the limit", limit));
  }

  /** The payload of a message; `null` if there is none of this id, or none any more. */
  async payload(messageId: string): Promise<Uint8Array | null> {
    return this.parts.store.payload(text("the id", messageId));
  }

  /** How many deliveries are in each state. */
  async counts(): Promise<Readonly<Record<DeliveryState, number>>> {
    return this.parts.store.counts();
  }

  /**
   * How it stands with endpoints: those that ail first, and then those for which most waits.
   *
   * It counts what is not done one by one, and so takes longer the more that is.
   */
  async standings(which?: Limit): Promise<AvailableEndpoint[]> {
    const { store, healthPolicy, clock } = this.parts;
    const standings = await store.standings(limitOf(which));
    // Half a millisecond more, so that the core's flooring gives back the clock's milliseconds.
    const now = (clock() + 0.5) / 1e3;
    return standings.map((one) => ({ ...one, availability: healthPolicy.availability(one.health, now) }));
  }

  /** The attempts of all deliveries and processes, the latest first. */
  async latestAttempts(which?: Limit): Promise<readonly LatestAttempt[]> {
    return this.parts.store.latestAttempts(limitOf(which));
  }

  /**
   * Has all dead letters that are meant, which are those that are dead now, delivered once more, so many
   * a second, by whoever delivers: it goes on after a restart. Those of endpoints that are disabled are
   * left. How many are meant, and the number of the replay.
   *
   * Their failures do not count against an endpoint's health, and an endpoint that is given a rest is
   * tried all the same, since somebody asked for it.
   */
  async replayAll(filter: ReplayFilter, pace: ReplayPace): Promise<Replay> {
    const rate = Math.max(wholeUpTo(U32, "perSecond", options("the pace", { perSecond: true }, pace).perSecond), 1);
    const { endpoint, type, reason, since, until } = checkedFilter(options("the filter", REPLAY_KEYS, filter));
    const replay = await this.parts.store.beginReplay({ endpoint, type, reason, since, until }, rate);
    this.look();
    return replay;
  }

  /** The replays that `replayAll` began, the latest first. */
  async replays(which?: Limit): Promise<readonly Replay[]> {
    return this.parts.store.replays(limitOf(which));
  }

  /** Ends a replay before its end; whether it was running. */
  async cancelReplay(replayNumber: number): Promise<boolean> {
    return this.parts.store.cancelReplay(whole("the number", replayNumber));
  }

  /**
   * Has the delivery of this number, or the dead letters that are meant, delivered once more, with all
   * attempts; how many they are. A replay does not count against the endpoint's health. For more than an
   * endpoint takes at once there is `replayAll`.
   */
  async replay(which: number | Omit<DeliveryFilter, "limit">): Promise<number> {
    let replayed = 0;
    if (typeof which === "number") {
      replayed = await this.parts.store.replay([whole("the number", which)]);
    } else {
      const filter = checkedFilter({ state: "dead", ...options("the filter", MEANT_KEYS, which), limit: PAGE });
      for (let before = filter.before; ; ) {
        const page = await this.parts.store.deliveries({ ...filter, before });
        replayed += await this.parts.store.replay(page.map((delivery) => delivery.number));
        before = page.at(-1)?.number;
        if (page.length < PAGE) {
          break;
        }
      }
    }
    this.look();
    return replayed;
  }
}

function limitOf(which: Limit | null | undefined): number {
  return wholeUpTo(MOST, "the limit", options("the options", { limit: true }, which).limit ?? 100);
}

const STATES: readonly unknown[] = ["waiting", "running", "delivered", "dead"];

function checkedFilter(filter: DeliveryFilter | null | undefined): DeliveryFilter {
  const { state, endpoint, type, reason, since, until, before, limit } = options("the filter", FILTER_KEYS, filter);
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

/** What is in memory, for those who look. */

import type {
  Attempted,
  DeliveryFilter,
  DeliveryState,
  EndpointStanding,
  LatestAttempt,
  StoredDelivery,
} from "./looking.js";
import type { Place } from "./memory-endpoints.js";
import type { OutgoingMessage } from "./store.js";

export interface Delivery {
  readonly number: number;
  readonly message: Message;
  readonly endpoint: number;
  state: DeliveryState;
  attempts: number;
  isReplay: boolean;
  dueMs: number;
  token: string | null;
  reason: string | null;
  /** The latest first. */
  readonly log: Logged[];
}

/** An attempt, and its place among those of all deliveries. */
export interface Logged {
  readonly place: number;
  readonly made: Attempted;
}

export interface Message extends Omit<OutgoingMessage, "to"> {
  readonly createdMs: number;
  /** The endpoints of those that are kept. */
  readonly deliveries: Set<number>;
}

/** @param endpoint The id; `null` if it was deleted. */
export function toldOf(delivery: Delivery, endpoint: string | null): StoredDelivery {
  const { number, message, state, attempts, isReplay, dueMs, reason } = delivery;
  return {
    number,
    messageId: message.id,
    type: message.type,
    created: message.createdMs / 1e3,
    endpoint,
    state,
    attempts,
    isReplay,
    due: dueMs / 1e3,
    reason,
  };
}

/** Whether a filter means it. */
export function isMeant(one: StoredDelivery, filter: DeliveryFilter): boolean {
  const { state, endpoint, type, reason, since, until, before } = filter;
  const fits = (wanted: unknown, value: unknown) => wanted === null || wanted === undefined || wanted === value;
  return (
    fits(state, one.state) &&
    fits(endpoint, one.endpoint) &&
    fits(type, one.type) &&
    fits(reason, one.reason) &&
    one.due >= (since ?? -Infinity) &&
    one.due <= (until ?? Infinity) &&
    one.number < (before ?? Infinity)
  );
}

/** In the order in which SQL stores have them. */
export function standingsOf(places: readonly Place[], deliveries: Iterable<Delivery>, most: number): EndpointStanding[] {
  const counts = new Map<number, Record<DeliveryState, number>>();
  for (const { stored } of places) {
    counts.set(stored.number, { waiting: 0, running: 0, delivered: 0, dead: 0 });
  }
  for (const { endpoint, state } of deliveries) {
    const count = counts.get(endpoint);
    if (count !== undefined) {
      count[state]++;
    }
  }
  const standings = places.map(({ stored: { id, number, health } }) => {
    const { waiting, running, dead } = counts.get(number)!;
    return { id, health, waiting, running, dead };
  });
  const ails = ({ health }: EndpointStanding) => health.failures > 0 || health.disabled !== null;
  standings.sort(
    (one, other) =>
      Number(ails(other)) - Number(ails(one)) || other.waiting - one.waiting || (one.id < other.id ? -1 : 1),
  );
  return standings.slice(0, most);
}

export function latestAttemptsOf(
  deliveries: Iterable<Delivery>,
  endpointId: (delivery: Delivery) => string | null,
  most: number,
): LatestAttempt[] {
  const logged = Array.from(deliveries, (delivery) => delivery.log.map((one) => ({ ...one, delivery }))).flat();
  logged.sort((one, other) => other.place - one.place);
  return logged.slice(0, most).map(({ made: { answer: _, ...made }, delivery }) => ({
    ...made,
    delivery: delivery.number,
    endpoint: endpointId(delivery),
    messageId: delivery.message.id,
    type: delivery.message.type,
  }));
}

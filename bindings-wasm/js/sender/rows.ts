/** Rows of an outbox. */

import type { Row, Value } from "../inbox/database.js";
import type { DisableReason, EndpointHealth } from "./health.js";
import type {
  Attempted,
  DeliveryFilter,
  DeliveryState,
  EndpointStanding,
  LatestAttempt,
  Replay,
  StoredDelivery,
} from "./looking.js";
import type { EndpointRecord, EndpointSettings, Standing, StoredEndpoint, Waiting } from "./store.js";

/** The columns of an endpoint but the last, the time when it was made. */
export function endpointValues({ id, owner, url, scheme, secrets, settings }: EndpointRecord): Value[] {
  const isFifo = Number(settings.is_fifo === true);
  return [id, owner, url, scheme, JSON.stringify(secrets), JSON.stringify(settings), isFifo];
}

export function endpointOf(row: Row, subscriptions: readonly Row[]): StoredEndpoint {
  return {
    number: Number(row["number"]),
    id: row["id"] as string,
    owner: row["owner"] as string,
    url: row["url"] as string,
    scheme: row["scheme"] as string | null,
    secrets: JSON.parse(row["secrets"] as string) as string[],
    settings: JSON.parse(row["settings"] as string) as EndpointSettings,
    version: Number(row["version"]),
    subscriptions: subscriptions.map((one) => ({
      beginning: one["beginning"] as string,
      isWhole: Number(one["is_whole"]) === 1,
    })),
    health: healthOf(row),
    createdMs: Number(row["created_ms"]),
  };
}

export function healthValues(health: EndpointHealth): Value[] {
  const { failures, failingSince, throttledUntil, circuitOpenUntil, openings, disabled } = health;
  const [since, throttled, open] = [failingSince, throttledUntil, circuitOpenUntil].map(
    (time) => time && Math.round(time * 1e3),
  );
  return [failures, since!, throttled!, open!, openings, disabled];
}

export function healthOf(row: Row): EndpointHealth {
  return {
    failures: Number(row["failures"]),
    failingSince: optionalSeconds(row["failing_since_ms"]),
    throttledUntil: optionalSeconds(row["throttled_until_ms"]),
    circuitOpenUntil: optionalSeconds(row["circuit_open_until_ms"]),
    openings: Number(row["openings"]),
    disabled: row["disabled"] as DisableReason | null,
  };
}

export function standingOf(row: Row, endpoint: StoredEndpoint, waiting: Waiting[], now: number): Standing {
  return {
    now,
    endpoint,
    // The last column has another name in each database.
    running: Number(Object.values(row).at(-1)),
    blockedUntilMs: Number(row["blocked_until_ms"]),
    pacedUntilUs: Number(row["paced_until_us"]),
    waiting,
  };
}

export function waitingOf(row: Row): Waiting {
  return {
    number: Number(row["number"]),
    attempts: Number(row["attempts"]),
    isReplay: Number(row["is_replay"]) === 1,
    dueMs: Number(row["due_ms"]),
  };
}

export function deliveryOf(row: Row): StoredDelivery {
  return {
    number: Number(row["number"]),
    messageId: row["message_id"] as string,
    type: row["event_type"] as string,
    created: Number(row["created_ms"]) / 1e3,
    endpoint: row["endpoint_id"] as string | null,
    state: row["state"] as DeliveryState,
    attempts: Number(row["attempts"]),
    isReplay: Number(row["is_replay"]) === 1,
    due: Number(row["due_ms"]) / 1e3,
    reason: row["reason"] as string | null,
  };
}

export function attemptOf(row: Row): Attempted {
  const { answer } = row;
  return { ...madeOf(row), answer: answer === null ? null : bytes(answer) };
}

export function latestAttemptOf(row: Row): LatestAttempt {
  return {
    ...madeOf(row),
    delivery: Number(row["delivery"]),
    endpoint: row["endpoint_id"] as string | null,
    messageId: row["message_id"] as string,
    type: row["event_type"] as string,
  };
}

function madeOf(row: Row): Omit<Attempted, "answer"> {
  const { status } = row;
  return {
    attempt: Number(row["attempt"]),
    at: Number(row["at_ms"]) / 1e3,
    duration: Number(row["duration_us"]) / 1e6,
    status: status === null ? null : Number(status),
    error: row["error"] as string | null,
  };
}

export function endpointStandingOf(row: Row): EndpointStanding {
  return {
    id: row["id"] as string,
    health: healthOf(row),
    waiting: Number(row["waiting"]),
    running: Number(row["running"]),
    dead: Number(row["dead"]),
  };
}

export function replayOf(row: Row): Replay {
  return {
    number: Number(row["number"]),
    total: Number(row["total"]),
    replayed: Number(row["replayed"]),
    perSecond: Number(row["per_second"]),
    state: row["state"] as Replay["state"],
    created: Number(row["created_ms"]) / 1e3,
  };
}

/** What a filter says, as statements take it. */
export function conditionsOf({ since, until, ...others }: DeliveryFilter) {
  const { state, endpoint, type, reason, before } = others;
  const milliseconds = (seconds: number | null | undefined) =>
    seconds === null || seconds === undefined ? null : Math.round(seconds * 1e3);
  return { state, endpoint, type, reason, before, sinceMs: milliseconds(since), untilMs: milliseconds(until) };
}

export function bytes(value: unknown): Uint8Array {
  return value instanceof ArrayBuffer ? new Uint8Array(value) : (value as Uint8Array);
}

function optionalSeconds(milliseconds: unknown): number | null {
  return milliseconds === null ? null : Number(milliseconds) / 1e3;
}

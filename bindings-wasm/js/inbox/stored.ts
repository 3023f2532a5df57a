/** Events as rows of an inbox, and back. */

import { glue } from "../core.js";
import { Event, type Parts } from "../event.js";
import type { Row, Value } from "./database.js";

/**
 * What becomes of an event: it waits, for the first time or to be tried again; a worker has it; it
 * was handled, and is kept to refuse its duplicates; nobody tries it again unless told to.
 */
export type State = "waiting" | "running" | "handled" | "dead";

export const STATES = ["waiting", "running", "handled", "dead"] as const;

/** An event of an inbox. Times are in Unix seconds. */
export interface StoredEvent {
  /** What people and programs name it by; never used twice. */
  readonly number: number;
  readonly state: State;
  /** The name of the scheme. */
  readonly scheme: string;
  readonly event: Event;
  readonly received: number;
  /** When it is to be tried, when the lease of its worker ends, or until when it is kept. */
  readonly due: number;
  /** How often a worker took it. */
  readonly attempts: number;
  /** Why the last attempt failed: the class of what was thrown, or a code. */
  readonly error: string | null;
}

/** The columns from `dedupe_key` to `parts`. */
export type StoredValues = readonly [key: string | null, ...others: Value[]];

/** The column `parts`. */
interface StoredParts extends Parts {
  readonly key_index: number;
  readonly dedupe_key?: string | null;
}

export function toValues(event: Event, scheme: string): StoredValues {
  const { dedupeKey, id, type, timestamp, raw, keyIndex } = event;
  const key = dedupeKey === null ? null : glue.stored_key(dedupeKey);
  const { form, payload, data } = Event.partsOf(event);
  const parts: StoredParts = { form, payload, data, key_index: keyIndex };
  const all = key === dedupeKey ? parts : { ...parts, dedupe_key: dedupeKey };
  return [key, scheme, id, type, timestamp, raw, JSON.stringify(all)];
}

export function fromRow(row: Row): StoredEvent {
  const key = row["dedupe_key"] as string | null;
  const parts = JSON.parse(row["parts"] as string) as StoredParts;
  const timestamp = row["event_timestamp"];
  const told = {
    id: row["event_id"] as string | null,
    type: row["event_type"] as string | null,
    timestamp: timestamp === null ? null : Number(timestamp),
    dedupeKey: parts.dedupe_key === undefined ? key : parts.dedupe_key,
    handshake: null,
  };
  return {
    number: Number(row["number"]),
    state: row["state"] as State,
    scheme: row["scheme"] as string,
    event: Event.restored(bytes(row["payload"]), parts.key_index, told, parts),
    received: Number(row["received_ms"]) / 1e3,
    due: Number(row["due_ms"]) / 1e3,
    attempts: Number(row["attempts"]),
    error: row["error"] as string | null,
  };
}

function bytes(value: unknown): Uint8Array {
  return value instanceof ArrayBuffer ? new Uint8Array(value) : (value as Uint8Array);
}

/** The statements on the tables of an outbox; the core has them for all languages. */

import { glue } from "./core.js";

const NAMES = [
  "sqlite_schema",
  "postgres_schema",
  "send",
  "deliver",
  "publish",
  "fan_out",
  "sent",
  "put_endpoint",
  "add_endpoint",
  "put_secrets",
  "unsubscribe",
  "subscribe",
  "reorder",
  "delete_endpoint",
  "endpoint",
  "endpoint_of_number",
  "endpoints",
  "subscriptions",
  "put_health",
  "lock",
  "standing",
  "pace",
  "block",
  "pending",
  "waiting",
  "take",
  "message",
  "renew",
  "release",
  "settle",
  "record",
  "expired",
  "reclaim",
  "set_blocks_back",
  "set_clock_back",
  "bury",
  "delivery",
  "payload",
  "attempts",
  "counts",
  "standings",
  "latest_attempts",
  "replay_one",
  "begin_replay",
  "replays",
  "running_replays",
  "put_replay",
  "cancel_replay",
  "settled",
  "delete_attempts",
  "delete_delivery",
  "delete_message",
  "lonely_messages",
] as const;

export type Statements = Readonly<Record<(typeof NAMES)[number], string>>;

export function outboxStatements(): Statements {
  const texts = glue.outbox_statements().split("\0");
  const statements: Record<string, string> = {};
  for (let at = 0; at + 1 < texts.length; at += 2) {
    statements[texts[at]!] = texts[at + 1]!;
  }
  return statements as Statements;
}

/** The conditions of a statement on deliveries, in the order of their values. */
const CONDITIONS = [
  "state",
  "endpoint",
  "type",
  "reason",
  "sinceMs",
  "untilMs",
  "before",
  "after",
  "last",
] as const;

/** Which deliveries a statement is about: the values of the conditions, nothing for any. */
export type Conditions = Readonly<Partial<Record<(typeof CONDITIONS)[number], string | number | null | undefined>>>;

/** Only dead letters; it has no value. */
const IS_DEAD = 2 ** CONDITIONS.length;

/** A statement on deliveries, and the values that it takes first. */
export function onDeliveries(
  what: "deliveries" | "count" | "numbers",
  conditions: Conditions,
  isDead = false,
): { readonly statement: string; readonly values: (string | number)[] } {
  let bits = isDead ? IS_DEAD : 0;
  const values: (string | number)[] = [];
  CONDITIONS.forEach((name, bit) => {
    const value = conditions[name];
    if (value !== null && value !== undefined) {
      bits += 2 ** bit;
      values.push(value);
    }
  });
  const makers = { deliveries: glue.outbox_deliveries, count: glue.outbox_count, numbers: glue.outbox_numbers };
  return { statement: makers[what](bits), values };
}

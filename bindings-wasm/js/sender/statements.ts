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
  "replay_one",
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

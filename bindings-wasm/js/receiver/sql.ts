/** The statements of stores in SQL databases; the core has them for all languages. */

import { glue } from "./core.js";

/** A statement on claims and rates. */
type GuardStatement = "schema" | "held" | "hold" | "release" | "forget_claims" | "slots" | "count" | "forget_rates";

/** A statement on an inbox. */
type InboxStatement =
  | "sqlite_schema"
  | "postgres_schema"
  | "forget_key"
  | "insert"
  | "due"
  | "next_due"
  | "take"
  | "renew"
  | "settle"
  | "set_clock_back"
  | "replay_one"
  | "replay_state"
  | "replay_type"
  | "forget"
  | "purge"
  | "counts"
  | "event";

export function guardStatements(): Record<GuardStatement, string> {
  return byName(glue.guard_statements()) as Record<GuardStatement, string>;
}

export function inboxStatements(): Record<InboxStatement, string> {
  return byName(glue.inbox_statements()) as Record<InboxStatement, string>;
}

function byName(listed: string): Record<string, string> {
  const texts = listed.split("\0");
  const statements: Record<string, string> = {};
  for (let at = 0; at + 1 < texts.length; at += 2) {
    statements[texts[at]!] = texts[at + 1]!;
  }
  return statements;
}

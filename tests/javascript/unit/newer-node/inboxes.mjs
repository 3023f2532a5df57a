/** Inboxes in every database, and workers that hurry. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";

import Database from "better-sqlite3";
import { RetryPolicy } from "countersign";
import { PostgresInbox, SqliteInbox, Workers } from "countersign/inbox";
import { Pool } from "pg";

import { until } from "../servers.mjs";
import { PostgresServer } from "./postgres-server.mjs";

const SQLITE = { "node:sqlite": DatabaseSync, "better-sqlite3": Database };
export const KINDS = [...Object.keys(SQLITE), "PostgreSQL"];

/** As many attempts as a test needs, soon after each other. */
export const SOON = RetryPolicy.exponential(0.01, 5);

let server;

after(() => {
  server?.stop();
  server?.remove();
});

/** The server of a file's tests, which ends after them. */
export function postgresServer() {
  if (server === undefined) {
    server = new PostgresServer();
    server.start();
  }
  return server;
}

/** A file that is removed after the test. */
export function temporaryFile(context, name = "inbox.db") {
  const folder = mkdtempSync(join(tmpdir(), "countersign-inbox-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, name);
}

/** An inbox in a fresh file, its database and its path. */
export function sqliteInbox(context, { kind = "node:sqlite", clock = undefined, file = undefined } = {}) {
  const place = file ?? temporaryFile(context);
  const database = new SQLITE[kind](place);
  context.after(() => (database.isOpen ?? database.open) && database.close());
  const execute = async (statement, values = []) => {
    const prepared = database.prepare(statement);
    return /^select/i.test(statement) ? prepared.all(...values) : (prepared.run(...values), []);
  };
  return { inbox: new SqliteInbox(database, clock), database, place, execute };
}

/** An inbox in a server without a table, its pool and the options of that. */
export async function postgresInbox(context) {
  const { options } = postgresServer();
  const pool = new Pool(options);
  // Tests stop the server.
  pool.on("error", () => {});
  context.after(() => pool.end());
  await pool.query("DROP TABLE IF EXISTS countersign_inbox");
  const execute = async (statement, values = []) => {
    let place = 0;
    return (await pool.query(statement.replace(/\?/g, () => `$${++place}`), values)).rows;
  };
  return { inbox: new PostgresInbox(pool), pool, place: JSON.stringify(options), execute };
}

/** An inbox of this kind: itself, its `place` for other processes, and `execute` for SQL. */
export async function inboxOf(kind, context) {
  return kind === "PostgreSQL" ? postgresInbox(context) : sqliteInbox(context, { kind });
}

/** A test for each kind of inbox. */
export function testEach(name, action) {
  for (const kind of KINDS) {
    test(`${name} (${kind})`, async (context) => action(await inboxOf(kind, context), context, kind));
  }
}

export function hurried(receiver, inbox, options = {}) {
  return new Workers(receiver, inbox, { policy: SOON, poll: 0.05, ...options });
}

/** Runs workers during the action, which end in time. */
export async function working(workers, action) {
  workers.start();
  try {
    return await action();
  } finally {
    assert.ok(await workers.stop());
  }
}

export async function isSettled(inbox) {
  const { waiting, running } = await inbox.counts();
  return waiting === 0 && running === 0;
}

export async function untilSettled(inbox, seconds = 20) {
  await until(() => isSettled(inbox), seconds);
}

/** A clock in milliseconds that goes when the test says so. */
export function manualClock() {
  const clock = () => clock.now;
  clock.now = 1_700_000_000_000;
  return clock;
}

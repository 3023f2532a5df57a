/** A PostgreSQL that is down, for a while or for good. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { PostgresInbox } from "countersign/inbox";

import { deliver, observed } from "../receiver-helpers.mjs";
import { until } from "../servers.mjs";
import { hurried, postgresInbox, postgresServer, untilSettled, working } from "./inboxes.mjs";

const ignore = () => {};

test("a server of PostgreSQL that restarts", async (context) => {
  const { inbox } = await postgresInbox(context);
  const { receiver } = observed({ inbox });
  const handled = [];
  receiver.on("*", ({ id }) => handled.push(id));
  await working(hurried(receiver, inbox), async () => {
    assert.equal(await deliver(receiver, "before"), "200 accepted");
    await until(() => handled.length === 1);
    postgresServer().stop();
    assert.equal(await deliver(receiver, "during"), "503 store_unavailable");
    postgresServer().start();
    await until(async () => (await deliver(receiver, "during")) !== "503 store_unavailable");
    await untilSettled(inbox);
  });
  assert.deepEqual(handled, ["before", "during"]);
});

test("a PostgreSQL that does not answer in time is down", async (context) => {
  const { pool } = await postgresInbox(context);
  const inbox = new PostgresInbox(pool, { timeout: 0.3 });
  const { receiver } = observed({ inbox });
  receiver.on("*", ignore);
  assert.equal(await deliver(receiver, "evt_1"), "200 accepted");
  const other = await pool.connect();
  await other.query("BEGIN");
  await other.query("LOCK TABLE countersign_inbox");
  assert.equal(await deliver(receiver, "evt_2"), "503 store_unavailable");
  await other.query("ROLLBACK");
  other.release();
  assert.equal(await deliver(receiver, "evt_2"), "200 accepted");
  const silent = { connect: () => new Promise(() => {}) };
  await assert.rejects(new PostgresInbox(silent, { timeout: 0.05 }).counts(), /did not answer in time/);
});

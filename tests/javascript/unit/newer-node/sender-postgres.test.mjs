/** A sender over PostgreSQL. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { PostgresSenderStore } from "countersign/sender";
import { Pool } from "pg";

import { endpointAt, endpointServer, hurried, settled } from "../sender-helpers.mjs";
import { NEED_A_CLOCK, SCENARIOS } from "../sender-scenarios.mjs";
import { until } from "../servers.mjs";
import { postgresServer } from "./inboxes.mjs";

const TABLES = ["endpoint", "subscription", "message", "delivery", "attempt", "replay"];

/** A store of its own pool, over tables that are there, or over fresh ones. */
async function fresh(context) {
  const pool = poolOf(context);
  await pool.query(`DROP TABLE IF EXISTS ${TABLES.map((name) => `countersign_${name}`).join(", ")}`);
  return () => new PostgresSenderStore(poolOf(context));
}

function poolOf(context) {
  const pool = new Pool(postgresServer().options);
  // Tests stop the server.
  pool.on("error", () => {});
  context.after(() => pool.end());
  return pool;
}

for (const [name, scenario] of Object.entries(SCENARIOS)) {
  if (!NEED_A_CLOCK.includes(name)) {
    test(`${name} (PostgreSQL)`, async (context) => {
      const makeStore = await fresh(context);
      await scenario(context, () => makeStore());
    });
  }
}

test("senders on several machines share the work, each message once", async (context) => {
  const { requests, url } = await endpointServer(context);
  const makeStore = await fresh(context);
  const senders = [1, 2, 3].map(() => hurried(context, makeStore()).sender);
  await senders[0].putEndpoint(endpointAt(url));
  await senders[0].putEndpoint(endpointAt(`${url}/b`, { id: "b" }));
  senders.forEach((sender) => sender.start());
  const sent = Array.from({ length: 90 }, (_, number) => senders[number % 3].publish("ping", number));
  await Promise.all(sent);
  await settled(senders[0], 20);
  assert.equal(requests.length, 180);
  assert.equal(new Set(requests.map(({ headers, url: path }) => `${path} ${headers["webhook-id"]}`)).size, 180);
  for (const sender of senders) {
    assert.equal(await sender.stop(), true);
  }
});

test("a server that goes down refuses, and what was committed is delivered afterwards", async (context) => {
  const { requests, url } = await endpointServer(context);
  const makeStore = await fresh(context);
  const { sender } = hurried(context, makeStore());
  await sender.putEndpoint(endpointAt(url));
  await sender.send("a", "ping", {}, { id: "msg_1" });
  postgresServer().stop();
  const refused = await sender.send("a", "ping", {}).catch((error) => error);
  assert.equal(refused.code, "outbox_unavailable");
  sender.start();
  postgresServer().start();
  for (const end = Date.now() + 20_000; requests.length === 0 && Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await settled(sender, 20);
  assert.deepEqual(requests.map(({ headers }) => headers["webhook-id"]), ["msg_1"]);
});

/** How many connections listen. */
async function listening(pool) {
  const { rows } = await pool.query("SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE 'LISTEN%'");
  return rows[0].n;
}

test("a sender that looks once an hour is told what others send, after the server was away too", async (context) => {
  const { requests, url } = await endpointServer(context);
  const makeStore = await fresh(context);
  const pool = poolOf(context);
  const { sender, log } = hurried(context, makeStore(), { poll: 3600 });
  const { sender: other } = hurried(context, makeStore());
  await sender.putEndpoint(endpointAt(url));
  sender.start();
  await until(async () => (await listening(pool)) === 1);
  const arrives = async (id) => {
    await until(() => requests.some(({ headers }) => headers["webhook-id"] === id), 20);
  };
  await other.send("a", "ping", {}, { id: "msg_1" });
  await arrives("msg_1");
  await other.publish("ping", {}, { id: "msg_2" });
  await arrives("msg_2");
  // As a program in another language says it.
  await pool.query(
    "INSERT INTO countersign_message (id, event_type, payload, created_ms) VALUES ('msg_3', 'ping', '{}', 0)",
  );
  await pool.query(
    `INSERT INTO countersign_delivery (message, endpoint, state, attempts, is_replay, due_ms, noted_ms)
    SELECT m.number, e.number, 'waiting', 0, 0, 1, 1 FROM countersign_message m, countersign_endpoint e WHERE m.id = 'msg_3'`,
  );
  await pool.query("SELECT pg_notify('countersign_outbox', '')");
  await arrives("msg_3");
  postgresServer().stop();
  postgresServer().start();
  await until(async () => (await listening(pool).catch(() => 0)) === 1, 20);
  await other.send("a", "ping", {}, { id: "msg_4" });
  await arrives("msg_4");
  assert.ok(log.some(({ message }) => /not heard/.test(message)));
  assert.equal(await sender.stop(), true);
  await until(async () => (await listening(pool)) === 0);
});

test("beside a pool that makes no clients of its own, a sender polls", async (context) => {
  const { requests, url } = await endpointServer(context);
  const makeStore = await fresh(context);
  const pool = poolOf(context);
  const store = new PostgresSenderStore({ connect: () => pool.connect() });
  const { sender } = hurried(context, store);
  const { sender: other } = hurried(context, makeStore());
  await sender.putEndpoint(endpointAt(url));
  sender.start();
  await other.send("a", "ping", {});
  await until(() => requests.length === 1);
  assert.equal(await listening(pool), 0);
});

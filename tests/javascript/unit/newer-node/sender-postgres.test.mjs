/** A sender over PostgreSQL. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { PostgresSenderStore } from "countersign/sender";
import { Pool } from "pg";

import { endpointAt, endpointServer, hurried, settled } from "../sender-helpers.mjs";
import { NEED_A_CLOCK, SCENARIOS } from "../sender-scenarios.mjs";
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

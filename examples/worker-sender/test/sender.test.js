// The Worker in workerd, with its queue and its outbox, and an endpoint on this machine.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { generateSecret, Webhook } from "countersign";

import { serve } from "../local/serve.js";

const TOKEN = "letmein";
const STATUS_TOKEN = "the token of the page";
const secret = generateSecret();
const received = [];
let status = 200;
let worker;
let target;

const endpoint = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    received.push({ headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(status).end();
  });
});

before(async () => {
  await new Promise((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  target = `http://127.0.0.1:${endpoint.address().port}/hooks`;
  worker = await serve({
    entry: fileURLToPath(new URL("../src/index.js", import.meta.url)),
    env: { SENDER_TOKEN: TOKEN, STATUS_TOKEN, RETRY_SECONDS: "0.2", ALLOW_LOCAL: "1" },
    durableObjects: { OUTBOX: "Outbox" },
    queues: { EVENTS: "countersign-events" },
  });
});

after(async () => {
  await worker?.stop();
  endpoint.closeAllConnections();
  endpoint.close();
});

async function ask(method, path, body, token = TOKEN) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const init = { method, headers, body: body && JSON.stringify(body) };
  const response = await fetch(new URL(path, worker.url), init);
  return { status: response.status, body: await response.json().catch(() => null) };
}

async function until(isSo) {
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(50)) {
    if (await isSo()) return;
  }
  throw new Error("it did not come about");
}

const states = async () => (await ask("GET", "/deliveries")).body.map(({ state }) => state);

test("nobody without the token uses the routes", async () => {
  assert.equal((await ask("POST", "/events", { type: "ping" }, "guess")).status, 401);
  assert.equal((await ask("GET", "/nothing")).status, 404);
});

test("an event goes through the queue and the outbox to who wants it", async () => {
  const eventTypes = ["invoice.*"];
  const stored = await ask("PUT", "/endpoints", { id: "customer-7", url: target, secret, eventTypes });
  assert.deepEqual(stored, { status: 200, body: { status: "stored" } });
  await ask("POST", "/events", { type: "customer.created", data: {} });
  assert.equal((await ask("POST", "/events", { type: "invoice.paid", data: { id: 7 } })).status, 202);
  await until(() => received.length > 0);
  const [{ body, headers }] = received;
  const event = new Webhook("standard", secret).unwrap(body, headers);
  assert.deepEqual([event.type, event.data], ["invoice.paid", { id: 7 }]);
  await until(async () => (await states())[0] === "delivered");
  assert.equal(received.length, 1);
});

test("what fails is tried again by the alarm, then a dead letter, and replayed", async () => {
  status = 503;
  received.length = 0;
  await ask("POST", "/events", { type: "invoice.late", data: {} });
  await until(async () => (await states())[0] === "dead");
  const [{ reason, attempts }] = (await ask("GET", "/deliveries")).body;
  assert.deepEqual([reason, attempts], ["exhausted", [503, 503, 503]]);
  assert.equal(new Set(received.map(({ headers }) => headers["webhook-id"])).size, 1);
  status = 200;
  assert.deepEqual((await ask("POST", "/dead-letters/replay")).body, { replayed: 1 });
  await until(async () => (await states())[0] === "delivered");
});

test("the status page shows the outbox, and has what was given up delivered", async () => {
  const authorization = `Bearer ${STATUS_TOKEN}`;
  const outbox = async () => {
    const response = await fetch(new URL("/status/data", worker.url), { headers: { authorization } });
    return (await response.json()).outbox;
  };
  assert.equal((await fetch(new URL("/status", worker.url))).status, 401);
  assert.equal((await fetch(new URL("/status/nothing", worker.url))).status, 404);
  status = 400;
  await ask("POST", "/events", { type: "invoice.bad", data: {} });
  await until(async () => (await outbox()).dead_letters.length === 1);
  const { endpoints, attempts, dead_letters: letters } = await outbox();
  assert.deepEqual([endpoints[0].id, endpoints[0].dead], ["customer-7", 1]);
  assert.deepEqual([attempts[0].status, letters[0].reason], [400, "rejected"]);
  status = 200;
  const headers = { authorization, "content-type": "application/x-www-form-urlencoded" };
  const form = { method: "POST", headers, body: `number=${letters[0].number}` };
  assert.equal((await fetch(new URL("/status/replay-delivery", worker.url), form)).status, 200);
  await until(async () => (await states())[0] === "delivered");
});

test("an endpoint that must not be reached is refused", async () => {
  const refused = await ask("PUT", "/endpoints", { id: "bad", url: "https://169.254.169.254/", secret });
  assert.deepEqual(refused, { status: 400, body: { error: "forbidden_destination" } });
});

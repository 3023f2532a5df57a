/** Claims and rates in a real Redis, with both clients. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { MemoryRateStore, MemoryReplayStore, RateLimit, redisConstants, RedisStore } from "countersign/receiver";
import { Redis } from "ioredis";
import { createClient } from "redis";

import { deliver, observed, randomFrom, verdictOf } from "./receiver-helpers.mjs";
import { RedisServer } from "./redis-server.mjs";

let server;
const clients = {};

async function nodeRedis() {
  const client = createClient({ socket: { host: "127.0.0.1", port: server.port, reconnectStrategy: 20 } });
  // The tests stop the server, of which clients tell here.
  client.on("error", () => {});
  return client.connect();
}

function ioredis() {
  const client = new Redis({ host: "127.0.0.1", port: server.port, retryStrategy: () => 20 });
  return client.on("error", () => {});
}

before(async () => {
  server = await RedisServer.started();
  clients.redis = await nodeRedis();
  clients.ioredis = ioredis();
});

after(async () => {
  clients.redis?.destroy();
  clients.ioredis?.disconnect();
  await server?.end();
});

/** A test for each client, on an empty server that knows no script. */
function testEach(name, action) {
  for (const client of ["redis", "ioredis"]) {
    test(`${name} (${client})`, async () => {
      await clients.ioredis.flushall();
      await clients.ioredis.script("FLUSH");
      await action(clients[client]);
    });
  }
}

testEach("a key is claimed once, until it is released, handled, or its lease ends", async (client) => {
  const store = new RedisStore(client);
  const token = await store.claim("a", 300);
  assert.match(token, /^[0-9a-f]{32}$/);
  assert.equal(await verdictOf(() => store.claim("a", 300)), "event_in_progress 10000");
  await store.release("a", "0".repeat(32));
  assert.equal(await verdictOf(() => store.claim("a", 300)), "event_in_progress 10000");
  await store.release("a", token);
  const second = await store.claim("a", 300);
  await store.complete("a", second, 0.5);
  await store.release("a", second);
  assert.equal(await verdictOf(() => store.claim("a", 300)), "duplicate_event");
  await sleep(550);
  const lost = await store.claim("a", 0.5);
  assert.match(await verdictOf(() => store.claim("a", 300)), /^event_in_progress \d{1,3}$/);
  await sleep(550);
  const successor = await store.claim("a", 300);
  await store.release("a", lost);
  assert.equal(await verdictOf(() => store.claim("a", 300)), "event_in_progress 10000");
  await store.release("a", successor);
});

testEach("a lease may be as short or as long as one likes", async (client) => {
  const store = new RedisStore(client);
  for (const lease of [1e13, 1e300]) {
    await store.claim(`for ${lease}`, lease);
    assert.equal(await verdictOf(() => store.claim(`for ${lease}`, 300)), "event_in_progress 10000");
  }
  await store.claim("for no time", 0);
  await sleep(20);
  await store.claim("for no time", 300);
});

testEach("claims are those of the store in memory on random sequences", async (client) => {
  const store = new RedisStore(client);
  const memory = new MemoryReplayStore({ clock: () => 0 });
  const random = randomFrom(11);
  const held = [];
  for (let step = 0; step < 1_500; step++) {
    const key = `key ${random(300)}`;
    const which = random(4);
    if (which > 1 || held.length === 0) {
      const tokens = {};
      const take = (name, from) => verdictOf(async () => (tokens[name] = await from.claim(key, 300)));
      assert.equal(await take("redis", store), await take("memory", memory), `at step ${step}`);
      if (tokens.memory !== undefined) held.push({ key, ...tokens });
    } else {
      const [{ key: ended, redis, memory: other }] = held.splice(random(held.length), 1);
      const end = which === 0 ? "complete" : "release";
      await store[end](ended, redis, 86_400);
      memory[end](ended, other, 86_400);
    }
  }
});

testEach("rates of the script are those of the store in memory on random sequences", async (client) => {
  const { admit, ratePrefix } = redisConstants();
  const run = client.evalSha
    ? (key, values) => client.eval(admit, { keys: [key], arguments: values })
    : (key, values) => client.eval(admit, 1, key, ...values);
  for (const [requests, window] of [[3, 60], [10, 73.3], [40, 3_600]]) {
    let now = 1_700_000_000_000;
    const memory = new MemoryRateStore({ clock: () => now });
    const limit = new RateLimit({ requests, window });
    const random = randomFrom(requests);
    await clients.ioredis.flushall();
    for (let step = 0; step < 400; step++) {
      now += random(3) === 0 ? random((3_000 * window) / requests) : 0;
      const caller = `192.0.2.${random(3)}`;
      const numbers = [requests, limit.windowMs, limit.slotMs, now].map(String);
      const wait = await run(ratePrefix + caller, numbers);
      const expected = await verdictOf(() => memory.admit(caller, limit));
      assert.equal(wait === 0 ? "undefined" : `rate_limited ${wait}`, expected, `at step ${step} of ${requests}`);
    }
  }
});

testEach("a caller beyond the limit is refused, and told when to come back", async (client) => {
  const store = new RedisStore(client);
  const limit = new RateLimit({ requests: 2, window: 1 });
  await store.admit("a", limit);
  await store.admit("a", limit);
  const refused = await verdictOf(() => store.admit("a", limit));
  const wait = Number(/^rate_limited (\d+)$/.exec(refused)[1]);
  assert.ok(wait > 500 && wait <= 1_032, refused);
  await store.admit("b", limit);
  await sleep(wait + 5);
  assert.equal(await verdictOf(() => store.admit("a", limit)), "undefined");
});

testEach("two receivers that share a server never both handle", async (client) => {
  const other = client === clients.redis ? ioredis() : await nodeRedis();
  const runs = new Map();
  const receivers = [client, other].map((each) => {
    const { receiver } = observed({ replay: new RedisStore(each) });
    return receiver.on("*", async ({ id }) => {
      await sleep(1);
      runs.set(id, (runs.get(id) ?? 0) + 1);
    });
  });
  const ids = Array.from({ length: 100 }, (_, at) => `evt_${at}`);
  const answers = await Promise.all(ids.flatMap((id) => receivers.map((receiver) => deliver(receiver, id))));
  assert.deepEqual([...runs.values()], ids.map(() => 1));
  assert.equal(answers.filter((answer) => answer === "200 handled").length, ids.length);
  for (const answer of answers) {
    assert.match(answer, /^(200 handled|200 duplicate|409 event_in_progress)$/);
  }
  (other.destroy ?? other.disconnect).call(other);
});

testEach("a server that is down refuses, or admits where that was chosen, until it is back", async (client) => {
  const stores = { timeout: 0.3 };
  const store = new RedisStore(client, stores);
  const limit = new RateLimit({ requests: 100, window: 60 });
  const logged = [];
  const log = (entry) => logged.push(entry);
  const { receiver } = observed({ replay: store, rateStore: store, rateLimit: limit, log });
  receiver.on("*", () => {});
  const { receiver: admitting } = observed({ replay: store, whenStoreFails: "admit" });
  admitting.on("*", () => {});
  const { receiver: counting } = observed({ replay: store });
  counting.on("*", async () => server.stop());
  assert.equal(await deliver(receiver, "evt_1"), "200 handled");
  // The server ends between the claim and the note of what became of it.
  assert.equal(await deliver(counting, "evt_2"), "200 handled");
  assert.equal(await deliver(receiver, "evt_1"), "503 store_unavailable");
  assert.equal(logged.find(({ level }) => level === "error").code, "store_unavailable");
  assert.equal(await deliver(admitting, "evt_1"), "200 handled");
  await server.start();
  await until(async () => (await deliver(receiver, "evt_3")) === "200 handled");
  // The server forgot its scripts and all that it held; claims that come late are given back.
  await until(async () => (await deliver(receiver, "evt_1")) === "200 handled");
  assert.equal(await deliver(receiver, "evt_1"), "200 duplicate");
});

async function until(condition) {
  const end = Date.now() + 10_000;
  while (!(await condition())) {
    assert.ok(Date.now() < end, "that never happened");
    await sleep(50);
  }
}

testEach("a claim that comes too late holds no key", async (client) => {
  const slow = (command) => async (...values) => {
    const [answer] = await Promise.all([client[command](...values), sleep(100)]);
    return answer;
  };
  const name = client.evalSha ? "evalSha" : "evalsha";
  const late = new RedisStore({ [name]: slow(name), eval: slow("eval") }, { timeout: 0.05 });
  assert.equal(await verdictOf(() => late.claim("a", 300)), "store_unavailable");
  const store = new RedisStore(client);
  await until(async () => (await verdictOf(() => store.claim("a", 300))) === "string");
});

testEach("a key that holds something else is a store that is not available", async (client) => {
  const { claimPrefix } = redisConstants();
  await clients.ioredis.hset(`${claimPrefix}sha256:evt_1`, "field", "value");
  const { receiver } = observed({ replay: new RedisStore(client) });
  receiver.on("*", () => {});
  assert.equal(await deliver(receiver, "evt_1"), "503 store_unavailable");
});

test("what is no client is a TypeError that says what is wanted", () => {
  for (const wrong of [undefined, null, "redis://", {}, { eval() {} }]) {
    assert.throws(() => new RedisStore(wrong), { name: "TypeError", message: /package redis or ioredis/ });
  }
  assert.throws(() => new RedisStore(clients.redis, { timeout: -1 }), TypeError);
});

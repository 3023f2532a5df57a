/** Claims and rates in SQLite, with both packages for it. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import Database from "better-sqlite3";
import { MemoryRateStore, MemoryReplayStore, RateLimit, SqliteStore } from "countersign/receiver";

import { deliver, observed, randomFrom, verdictOf } from "../receiver-helpers.mjs";

const START = 1_700_000_000_000;

/** A file that is removed after the test. */
function temporaryFile(context) {
  const folder = mkdtempSync(join(tmpdir(), "countersign-sqlite-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "receiver.db");
}

const PACKAGES = { "node:sqlite": DatabaseSync, "better-sqlite3": Database };

/** A test for each package; `opened` makes a database with a store in it. */
function testEach(name, action) {
  for (const [called, Opened] of Object.entries(PACKAGES)) {
    test(`${name} (${called})`, (context) => {
      const opened = (file = ":memory:", clock = undefined) => {
        const database = new Opened(file);
        context.after(() => (database.isOpen ?? database.open) && database.close());
        return { database, store: new SqliteStore(database, clock) };
      };
      return action(opened, context);
    });
  }
}

testEach("a key is claimed once, until it is released or its lease ends", async (opened) => {
  let now = START;
  const { store } = opened(undefined, () => now);
  const token = store.claim("a", 300);
  assert.match(token, /^[0-9a-f]{32}$/);
  assert.equal(await verdictOf(() => store.claim("a", 300)), "event_in_progress 10000");
  now += 295_000;
  assert.equal(await verdictOf(() => store.claim("a", 300)), "event_in_progress 5000");
  store.release("a", token);
  assert.notEqual(store.claim("a", 300), token);
  now += 299_999;
  assert.equal(await verdictOf(() => store.claim("a", 300)), "event_in_progress 1");
  now += 1;
  assert.equal(await verdictOf(() => store.claim("a", 300)), "string");
});

testEach("a handled key is a duplicate for its lifetime", async (opened) => {
  let now = START;
  const { store } = opened(undefined, () => now);
  const token = store.claim("a", 300);
  store.complete("a", token, 86_400);
  store.release("a", token);
  assert.equal(await verdictOf(() => store.claim("a", 300)), "duplicate_event");
  now += 86_400_000;
  assert.equal(await verdictOf(() => store.claim("a", 300)), "string");
});

testEach("a claim that was lost with its lease does not release its successor", async (opened) => {
  let now = START;
  const { store } = opened(undefined, () => now);
  const lost = store.claim("a", 1);
  now += 1_000;
  const token = store.claim("a", 300);
  store.release("a", lost);
  assert.equal(await verdictOf(() => store.claim("a", 300)), "event_in_progress 10000");
  store.release("a", token);
  assert.equal(await verdictOf(() => store.claim("a", 300)), "string");
});

testEach("claims are those of the store in memory on random sequences", async (opened) => {
  let now = START;
  const clock = () => now;
  const { store } = opened(undefined, clock);
  const memory = new MemoryReplayStore({ clock });
  const random = randomFrom(7);
  const held = [];
  for (let step = 0; step < 3_000; step++) {
    now += random(4) === 0 ? random(3_000) : 0;
    const key = `key ${random(6)}`;
    const which = random(3);
    if (which === 0 || held.length === 0) {
      const lease = 1 + random(5);
      const tokens = {};
      const take = (which, from) => verdictOf(() => (tokens[which] = from.claim(key, lease)));
      assert.equal(await take("sqlite", store), await take("memory", memory), `at step ${step}`);
      if (tokens.memory !== undefined) held.push({ key, ...tokens });
    } else {
      const [{ key: ended, sqlite, memory: other }] = held.splice(random(held.length), 1);
      if (which === 1) {
        store.complete(ended, sqlite, 4);
        memory.complete(ended, other, 4);
      } else {
        store.release(ended, sqlite);
        memory.release(ended, other);
      }
    }
  }
});

testEach("rates are those of the store in memory on random sequences", async (opened) => {
  for (const [requests, window] of [[1, 0.001], [3, 1], [10, 7.3], [40, 60]]) {
    let now = START;
    const clock = () => now;
    const { store } = opened(undefined, clock);
    const memory = new MemoryRateStore({ clock });
    const limit = new RateLimit({ requests, window });
    const random = randomFrom(requests);
    for (let step = 0; step < 1_000; step++) {
      now += random(3) === 0 ? random((3_000 * window) / requests) : 0;
      const caller = `192.0.2.${random(3)}`;
      const [given, expected] = [store, memory].map((each) => verdictOf(() => each.admit(caller, limit)));
      assert.equal(await given, await expected, `at step ${step} of ${requests} in ${window} s`);
    }
  }
});

testEach("rows that have ended are deleted in batches", (opened) => {
  let now = START;
  const { database, store } = opened(undefined, () => now);
  const limit = new RateLimit({ requests: 1, window: 1 });
  for (let at = 0; at < 250; at++) {
    store.claim(`key ${at}`, 1);
    store.admit(`caller ${at}`, limit);
  }
  now += 10_000;
  const rows = (table) => database.prepare(`SELECT count(*) AS rows FROM ${table}`).get().rows;
  for (const left of [231, 212, 193]) {
    store.claim(`fresh ${left}`, 300);
    store.admit(`fresh ${left}`, limit);
    assert.equal(rows("countersign_claims"), left);
    assert.equal(rows("countersign_rates"), left);
  }
});

testEach("what a process noted is there after it ended, in the write-ahead log", async (opened, context) => {
  const file = temporaryFile(context);
  const first = opened(file);
  first.store.complete("a", first.store.claim("a", 300), 86_400);
  assert.equal(first.database.prepare("PRAGMA journal_mode").get().journal_mode, "wal");
  first.database.close();
  const { store } = opened(file);
  assert.equal(await verdictOf(() => store.claim("a", 300)), "duplicate_event");
});

test("of several processes that race on a fresh file, each key goes to one", async (context) => {
  const racer = fileURLToPath(new URL("sqlite-racer.mjs", import.meta.url));
  for (let round = 0; round < 5; round++) {
    const file = temporaryFile(context);
    // Late enough for all of them to have started, so that they open the file together.
    const start = String(Date.now() + 500);
    const claimed = await Promise.all(Array.from({ length: 6 }, () => output(racer, file, start)));
    const keys = claimed.flatMap((text) => JSON.parse(text));
    assert.equal(keys.length, 100);
    assert.equal(new Set(keys).size, 100);
  }
});

function output(program, ...programArguments) {
  const child = spawn(process.execPath, [program, ...programArguments], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part) => (text += part));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(text) : reject(new Error(`a racer ended with ${code}`))));
  });
}

testEach("a file that stays locked is a store that is not available", async (opened, context) => {
  const file = temporaryFile(context);
  const { database: other } = opened(file);
  const { store } = opened(file);
  const logged = [];
  const { receiver } = observed({ replay: store, log: (entry) => logged.push(entry) });
  receiver.on("*", () => {});
  const { receiver: admitting } = observed({ replay: store, whenStoreFails: "admit" });
  admitting.on("*", () => {});
  other.exec("BEGIN IMMEDIATE");
  assert.equal(await deliver(receiver, "evt_1"), "503 store_unavailable");
  assert.equal(logged[0].code, "store_unavailable");
  assert.equal(await deliver(admitting, "evt_1"), "200 handled");
  other.exec("COMMIT");
  assert.equal(await deliver(receiver, "evt_1"), "200 handled");
  assert.equal(await deliver(receiver, "evt_1"), "200 duplicate");
});

testEach("a file that is locked when the handler has succeeded changes no answer", async (opened, context) => {
  const file = temporaryFile(context);
  const { database: other } = opened(file);
  const { store } = opened(file);
  const { receiver } = observed({ replay: store });
  receiver.on("*", () => other.exec("BEGIN IMMEDIATE"));
  assert.equal(await deliver(receiver, "evt_1"), "200 handled");
  other.exec("COMMIT");
  assert.equal(await deliver(receiver, "evt_1"), "409 event_in_progress");
});

testEach("a database that is closed, or in a transaction of its owner, is not available", async (opened) => {
  const { database, store } = opened();
  const { receiver } = observed({ replay: store, rateStore: store, rateLimit: new RateLimit({ requests: 9, window: 9 }) });
  receiver.on("*", () => {});
  database.exec("BEGIN");
  assert.equal(await deliver(receiver, "evt_1"), "503 store_unavailable");
  assert.ok(database.isTransaction ?? database.inTransaction);
  database.exec("COMMIT");
  assert.equal(await deliver(receiver, "evt_1"), "200 handled");
  database.close();
  assert.equal(await deliver(receiver, "evt_2"), "503 store_unavailable");
});

testEach("a refused request is not counted, and a lease without end is one", async (opened) => {
  const { database, store } = opened();
  const limit = new RateLimit({ requests: 1, window: 60 });
  store.admit("a", limit);
  assert.match(await verdictOf(() => store.admit("a", limit)), /^rate_limited \d+$/);
  const [[, counted]] = JSON.parse(database.prepare("SELECT slots FROM countersign_rates").get().slots);
  assert.equal(counted, 1);
  for (const lease of [1e13, 1e300]) {
    store.claim(`for ${lease}`, lease);
    assert.equal(await verdictOf(() => store.claim(`for ${lease}`, 1)), "event_in_progress 10000");
  }
});

test("what is no database is a TypeError that says what is wanted", () => {
  for (const wrong of [undefined, null, "receiver.db", {}, { exec() {} }]) {
    assert.throws(() => new SqliteStore(wrong), { name: "TypeError", message: /DatabaseSync of node:sqlite/ });
  }
});

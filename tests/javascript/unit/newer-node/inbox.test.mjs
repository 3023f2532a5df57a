/** What a receiver puts into an inbox, and what comes out of it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Scheme, Webhook } from "countersign";
import { PostgresInbox, SqliteInbox, Workers } from "countersign/inbox";
import { Receiver } from "countersign/receiver";

import { SECRET } from "../helpers.mjs";
import { deliver, observed } from "../receiver-helpers.mjs";
import { until } from "../servers.mjs";
import {
  hurried,
  inboxOf,
  KINDS,
  sqliteInbox,
  testEach,
  untilSettled,
  working,
} from "./inboxes.mjs";

const NOTHING = { waiting: 0, running: 0, handled: 0, dead: 0 };
const ignore = () => {};

testEach("an event is accepted once", async ({ inbox }) => {
  const untouched = () => assert.fail("the replay store was asked");
  const replay = { claim: untouched, complete: untouched, release: untouched };
  const { receiver, outcomes } = observed({ inbox, replay });
  receiver.on("ping", ignore);
  assert.equal(await deliver(receiver, "evt_1"), "200 accepted");
  assert.equal(await deliver(receiver, "evt_1"), "200 duplicate");
  assert.equal(await deliver(receiver, "evt_2", { type: "other" }), "200 ignored");
  assert.deepEqual(await inbox.counts(), { ...NOTHING, waiting: 1 });
  assert.deepEqual(outcomes.map(({ result }) => result), ["accepted", "duplicate", "ignored"]);
  assert.equal(outcomes[0].eventId, "evt_1");
});

testEach("of deliveries that come at once, one is accepted", async ({ inbox }) => {
  const { receiver } = observed({ inbox });
  receiver.on("*", ignore);
  const words = await Promise.all(Array.from({ length: 64 }, (_, at) => deliver(receiver, `evt_${at % 4}`)));
  assert.equal(words.filter((word) => word === "200 accepted").length, 4);
  assert.equal(words.filter((word) => word === "200 duplicate").length, 60);
});

test("what arrives in one turn is synchronised once, and what is noted never", async (context) => {
  const { database } = sqliteInbox(context);
  const statements = [];
  const traced = {
    exec: (sql) => (statements.push(sql), database.exec(sql)),
    prepare: (sql) => {
      const word = sql.split(/\s/)[0];
      const prepared = database.prepare(sql);
      const noted = (method) => (...values) => (statements.push(word), prepared[method](...values));
      return { get: noted("get"), all: noted("all"), run: noted("run") };
    },
  };
  const inbox = new SqliteInbox(traced);
  assert.equal(database.prepare("PRAGMA journal_mode").get().journal_mode, "wal");
  const { receiver } = observed({ inbox });
  receiver.on("*", ignore);
  statements.length = 0;
  await Promise.all(Array.from({ length: 20 }, (_, at) => deliver(receiver, String(at))));
  const each = Array(20).fill(["DELETE", "INSERT"]).flat();
  assert.deepEqual(statements, ["PRAGMA synchronous = FULL", "BEGIN IMMEDIATE", ...each, "COMMIT"]);
  statements.length = 0;
  const [taken] = await inbox.take("sha256", 1, 60);
  await inbox.done(taken, 60);
  await deliver(receiver, "another");
  const noted = ["PRAGMA synchronous = NORMAL", "BEGIN IMMEDIATE", "SELECT", "UPDATE", "COMMIT"];
  const settled = ["BEGIN IMMEDIATE", "UPDATE", "COMMIT"];
  const stored = ["PRAGMA synchronous = FULL", "BEGIN IMMEDIATE", "DELETE", "INSERT", "COMMIT"];
  assert.deepEqual(statements, [...noted, ...settled, ...stored]);
});

test("an inbox admits nothing that it did not store", async (context) => {
  const { inbox, place } = sqliteInbox(context);
  const logged = [];
  const { receiver } = observed({ inbox, whenStoreFails: "admit", log: (entry) => logged.push(entry) });
  receiver.on("*", ignore);
  const { database: other } = sqliteInbox(context, { file: place });
  other.exec("BEGIN IMMEDIATE");
  assert.equal(await deliver(receiver, "evt_1"), "503 store_unavailable");
  assert.equal(logged[0].code, "store_unavailable");
  other.exec("ROLLBACK");
  assert.equal(await deliver(receiver, "evt_1"), "200 accepted");
});

test("an inbox of one's own may be synchronous or not, and may fail", async () => {
  const numbers = new Map();
  const own = {
    insert({ id, dedupeKey }, scheme) {
      if (id === "bad") {
        throw new Error("a secret host name");
      }
      assert.equal(scheme, "sha256");
      return numbers.has(dedupeKey) ? null : (numbers.set(dedupeKey, numbers.size + 1), numbers.size);
    },
  };
  for (const inbox of [own, { insert: async (event, scheme) => own.insert(event, scheme) }]) {
    numbers.clear();
    const logged = [];
    const { receiver } = observed({ inbox, whenStoreFails: "admit", log: (entry) => logged.push(entry) });
    receiver.on("*", ignore);
    assert.equal(await deliver(receiver, "evt_1"), "200 accepted");
    assert.equal(await deliver(receiver, "evt_1"), "200 duplicate");
    assert.equal(await deliver(receiver, "bad"), "503 store_unavailable");
    assert.equal(logged[0].exception, "Error");
    assert.ok(!JSON.stringify(logged).includes("secret host name"));
  }
});

test("options of another type are refused", (context) => {
  const { inbox } = sqliteInbox(context);
  const receive = (options) => new Receiver(new Webhook("sha256", "hush"), options);
  const work = (options) => new Workers(receive({ inbox }), inbox, options);
  const wrong = [
    () => receive({ wait: 1 }),
    () => receive({ inbox, wait: -1 }),
    () => receive({ inbox, wait: 0 }),
    () => receive({ inbox, wait: "1" }),
    () => receive({ inbox: {} }),
    () => new SqliteInbox("inbox.db"),
    () => new PostgresInbox("postgresql://localhost"),
    () => new PostgresInbox({ connect() {} }, { timeout: "1" }),
    () => new Workers({}, inbox),
    () => new Workers(receive({ inbox }), {}),
    () => work({ concurrency: 0 }),
    () => work({ concurrency: 1.5 }),
    () => work({ lease: 0 }),
    () => work({ poll: "1" }),
    () => work({ timeLimit: -1 }),
    () => work({ policy: {} }),
  ];
  for (const [place, action] of wrong.entries()) {
    assert.throws(action, TypeError, `at ${place}`);
  }
});

testEach("an answer can wait for the handler", async ({ inbox }) => {
  let goOn;
  const gate = new Promise((resolve) => (goOn = resolve));
  const { receiver, outcomes } = observed({ inbox, wait: 0.4 });
  receiver.on("*", async ({ id }) => {
    if (id === "slow") {
      await gate;
    }
    if (id === "fails") {
      throw new Error();
    }
  });
  assert.equal(await deliver(receiver, "without workers"), "202 pending");
  await working(hurried(receiver, inbox), async () => {
    await untilSettled(inbox);
    assert.equal(await deliver(receiver, "slow"), "202 pending");
    assert.equal(await deliver(receiver, "fails"), "202 pending");
    assert.equal(await deliver(receiver, "quick"), "200 handled");
    assert.equal(await deliver(receiver, "quick"), "200 duplicate");
    // Who waits no more is forgotten.
    assert.equal(inbox.signals.expected, 0);
    goOn();
  });
  assert.deepEqual(outcomes.map(({ result }) => result).slice(1), ["pending", "pending", "handled", "duplicate"]);
});

const FORM = new Scheme({ name: "form", headers: { signature: "x-sig", id: "x-id" }, payload: "form", eventId: "id" });
const TIMED = new Scheme({
  name: "timed",
  headers: { signature: "x-sig", id: "x-id" },
  eventId: "body:id",
  eventType: "body:type",
  eventTime: "body:at",
  eventTimeFormat: "rfc3339",
  data: "data",
});
const BODIES = [
  ["standard", '{"type":"ping","timestamp":"2023-11-14T22:13:20Z","data":{"n":1}}'],
  ["standard", ' \n{"type":"ü€😀\\u0000\\\\","data":{"text":"ü","n":[1,null]}} '],
  [FORM, "a=1&b=%C3%BC&a=2"],
  [TIMED, '{"id":"\\u0000\\\\0","type":null,"at":"2024-01-02T03:04:05.123456Z","data":null}'],
  [TIMED, '{"id":"x","at":"2024-01-02T03:04:05Z","data":{"a":1}}'],
  [TIMED, `{"id":"${"ü".repeat(5_000)}","at":"1970-01-01T00:00:00.001Z"}`],
  [TIMED, '{"type":"no id"}'],
];

for (const kind of KINDS) {
  for (const [place, [scheme, body]] of BODIES.entries()) {
    test(`an event comes out as it went in: ${place} (${kind})`, async (context) => {
      const { inbox } = await inboxOf(kind, context);
      const newer = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
      const before = new Webhook(scheme, [newer, SECRET]);
      const receiver = new Receiver(before, { inbox, log: null });
      receiver.on("*", ignore);
      const type = scheme === FORM ? "application/x-www-form-urlencoded" : "application/json";
      const headers = { ...new Webhook(scheme, SECRET).sign(body, { id: "msg_1" }), "content-type": type };
      const incoming = {
        method: "POST",
        url: "https://hooks.example.com/",
        headers,
        peer: null,
        header: (name) => (headers[name] === undefined ? [] : [headers[name]]),
        body: () => Buffer.from(body),
      };
      assert.equal(JSON.parse((await receiver.receive(incoming)).body).status, "accepted");
      // The secret that it was signed with is no longer known, nor is it needed.
      const rotated = new Receiver(new Webhook(scheme, newer), { inbox, log: null });
      const seen = [];
      rotated.on("*", (event) => seen.push(event));
      await working(hurried(rotated, inbox), () => untilSettled(inbox));
      const original = before.unwrap(body, headers);
      assert.equal(original.keyIndex, 1);
      for (const name of ["id", "type", "timestamp", "data", "payload", "dedupeKey", "keyIndex", "handshake"]) {
        assert.deepEqual(seen[0][name], original[name], name);
      }
      assert.deepEqual(Buffer.from(seen[0].raw), Buffer.from(body));
      const again = JSON.parse((await receiver.receive(incoming)).body).status;
      assert.equal(again, original.dedupeKey === null ? "accepted" : "duplicate");
    });
  }
}

testEach("one scheme does not take what is of another", async ({ inbox }) => {
  const { receiver } = observed({ inbox });
  receiver.on("*", ignore);
  const handled = [];
  const github = new Receiver(new Webhook("github", "hush"), { inbox, log: null });
  github.on("*", ({ id }) => handled.push(id));
  assert.equal(await deliver(receiver, "evt_1"), "200 accepted");
  await working(hurried(github, inbox), async () => {
    await until(async () => (await inbox.nextDue("sha256")) <= 0);
    assert.equal(await inbox.nextDue("github"), null);
  });
  assert.deepEqual(handled, []);
  assert.equal((await inbox.counts()).waiting, 1);
});

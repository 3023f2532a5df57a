/** What people ask of an inbox, and how long it remembers. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { deliver, observed } from "../receiver-helpers.mjs";
import { hurried, manualClock, sqliteInbox, testEach, untilSettled, working } from "./inboxes.mjs";

const NOTHING = { waiting: 0, running: 0, handled: 0, dead: 0 };
const ignore = () => {};

test("a handled delivery is refused as long as it can come again", async (context) => {
  const clock = manualClock();
  const { inbox } = sqliteInbox(context, { clock });
  const { receiver } = observed({ inbox });
  receiver.on("*", ignore);
  assert.equal(await deliver(receiver, "evt_1"), "200 accepted");
  const [taken] = await inbox.take("sha256", 1, 60);
  const { dedupeLifetime } = receiver.webhook;
  assert.ok(await inbox.done(taken, dedupeLifetime));
  clock.now += dedupeLifetime * 1e3 - 1;
  assert.equal(await deliver(receiver, "evt_1"), "200 duplicate");
  assert.equal(await inbox.forget(), false);
  assert.equal((await inbox.counts()).handled, 1);
  clock.now += 1;
  assert.equal(await deliver(receiver, "evt_1"), "200 accepted");
  assert.deepEqual(await inbox.counts(), { ...NOTHING, waiting: 1 });
});

testEach("events are listed, replayed and purged", async ({ inbox }) => {
  const { receiver } = observed({ inbox });
  const runs = [];
  receiver.on("*", ({ id, type, raw }) => {
    runs.push(id);
    if (type === "bad" && runs.filter((run) => run === id).length <= 5) {
      throw new RangeError(String(raw));
    }
  });
  for (let at = 0; at < 4; at++) {
    await deliver(receiver, `evt_${at}`, { type: at % 2 === 1 ? "bad" : "good" });
  }
  await working(hurried(receiver, inbox), () => untilSettled(inbox));
  assert.deepEqual(await inbox.counts(), { ...NOTHING, handled: 2, dead: 2 });
  const events = await inbox.events();
  assert.deepEqual(events.map(({ event }) => event.id), ["evt_3", "evt_2", "evt_1", "evt_0"]);
  const numbers = events.map(({ number }) => number);
  const listed = async (which) => (await inbox.events(which)).map(({ number }) => number);
  assert.deepEqual(await listed({ limit: 1 }), numbers.slice(0, 1));
  assert.deepEqual(await listed({ limit: 2, before: numbers[1] }), numbers.slice(2));
  assert.deepEqual(await listed({ state: "handled", type: "good" }), [numbers[1], numbers[3]]);
  assert.deepEqual(await listed({ state: "handled", type: "bad" }), []);
  const dead = await inbox.deadLetters();
  assert.deepEqual(dead.map(({ attempts, error }) => [attempts, error]), [[5, "RangeError"], [5, "RangeError"]]);
  assert.deepEqual((await inbox.deadLetters({ limit: 1 })).map(({ number }) => number), [numbers[0]]);
  const found = await inbox.event(numbers[0]);
  assert.equal(found.event.type, "bad");
  assert.ok(Math.abs(found.received - Date.now() / 1e3) < 60);
  assert.equal(await inbox.event(10 ** 9), null);

  assert.equal(await inbox.replay({ type: "good" }), 0);
  assert.equal(await inbox.replay(dead[0].number), 1);
  const { state, attempts, error } = await inbox.event(dead[0].number);
  assert.deepEqual({ state, attempts, error }, { state: "waiting", attempts: 0, error: null });
  assert.equal(await inbox.replay(), 1);
  const [taken] = await inbox.take("sha256", 1, 60);
  assert.equal(await inbox.replay(taken.stored.number), 0);
  assert.ok(await inbox.failed(taken, "Test", 0));
  await working(hurried(receiver, inbox), () => untilSettled(inbox));
  assert.equal((await inbox.counts()).handled, 4);
  assert.equal(await inbox.purge("handled", 3_600), 0);
  assert.equal(await inbox.purge("handled", 0), 4);
  assert.deepEqual(await inbox.counts(), NOTHING);
  for (const wrong of [
    () => inbox.purge("running", 0),
    () => inbox.purge("handled", -1),
    () => inbox.replay({ state: "running" }),
    () => inbox.replay({ type: 7 }),
    () => inbox.replay(-1),
    () => inbox.replay([1]),
    () => inbox.replay({ types: "ping" }),
    () => inbox.events({ before: 1, types: "ping" }),
    () => inbox.events({ state: "other" }),
    () => inbox.events({ limit: "1" }),
    () => inbox.event("1"),
  ]) {
    await assert.rejects(async () => wrong(), TypeError);
  }
});

test("many are forgotten and purged in batches", async (context) => {
  const { inbox } = sqliteInbox(context);
  const { receiver } = observed({ inbox });
  receiver.on("*", ignore);
  await Promise.all(Array.from({ length: 1_100 }, (_, at) => deliver(receiver, String(at))));
  for (const taken of await inbox.take("sha256", 1_050, 60)) {
    await inbox.done(taken, 0);
  }
  assert.deepEqual([await inbox.forget(), await inbox.forget(), await inbox.forget()], [true, true, false]);
  assert.deepEqual(await inbox.counts(), { ...NOTHING, waiting: 50 });
  assert.equal(await inbox.purge("waiting", 0), 50);
});

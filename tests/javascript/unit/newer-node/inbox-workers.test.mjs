/** Workers: what fails, hangs, dies or is stopped. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { RetryPolicy } from "countersign";
import { Workers } from "countersign/inbox";

import { deliver, observed } from "../receiver-helpers.mjs";
import { until } from "../servers.mjs";
import {
  hurried,
  SOON,
  sqliteInbox,
  testEach,
  untilSettled,
  working,
} from "./inboxes.mjs";

const ignore = () => {};

testEach("a handler that fails and then succeeds", async ({ inbox }) => {
  for (const fail of [(error) => { throw error; }, (error) => Promise.reject(error)]) {
    const logged = [];
    const { receiver } = observed({ inbox, log: (entry) => logged.push(entry) });
    const keys = [];
    receiver.on("*", ({ dedupeKey, raw }) => {
      keys.push(dedupeKey);
      return keys.length < 3 ? fail(new RangeError(`a secret and ${raw}`)) : undefined;
    });
    const id = `evt_${fail.length}${fail}`;
    await working(hurried(receiver, inbox), async () => {
      assert.equal(await deliver(receiver, id), "200 accepted");
      await untilSettled(inbox);
    });
    assert.deepEqual(keys, Array(3).fill(`sha256:${id}`));
    const [{ state, attempts, error }] = await inbox.events();
    assert.deepEqual({ state, attempts, error }, { state: "handled", attempts: 3, error: null });
    assert.deepEqual(logged.map(({ code, exception }) => [code, exception]), Array(2).fill(["handler_failed", "RangeError"]));
    assert.equal(logged[0].event_id, id);
    assert.ok(!JSON.stringify(logged).includes("a secret"));
  }
});

testEach("what is thrown is noted by the name of its class", async ({ inbox }) => {
  class OutOfStock extends Error {}
  const thrown = { error: new OutOfStock("a secret"), text: "a secret", nothing: undefined };
  const { receiver } = observed({ inbox });
  receiver.on("*", ({ type }) => {
    throw thrown[type];
  });
  for (const type of Object.keys(thrown)) {
    await deliver(receiver, type, { type });
  }
  const policy = RetryPolicy.exponential(0.01, 1);
  await working(hurried(receiver, inbox, { policy }), () => untilSettled(inbox));
  const errors = (await inbox.deadLetters()).map(({ event, error }) => [event.type, error]);
  assert.deepEqual(Object.fromEntries(errors), { error: "OutOfStock", text: "string", nothing: "undefined" });
});

testEach("an event without a handler any more is not lost", async ({ inbox }) => {
  const { receiver: before } = observed({ inbox });
  before.on("*", ignore);
  await deliver(before, "evt_1");
  const { receiver: after } = observed({ inbox });
  await working(hurried(after, inbox), () => untilSettled(inbox));
  assert.deepEqual((await inbox.deadLetters()).map(({ error }) => error), ["no_handler"]);
  assert.equal(await inbox.replay(), 1);
  await working(hurried(before, inbox), () => untilSettled(inbox));
  assert.equal((await inbox.counts()).handled, 1);
});

testEach("a hanging handler takes nobody's place", async ({ inbox }) => {
  const { receiver } = observed({ inbox });
  let goOn;
  const gate = new Promise((resolve) => (goOn = resolve));
  const handled = [];
  receiver.on("*", async ({ id }) => {
    if (id === "hangs") {
      await gate;
    }
    handled.push(id);
  });
  const policy = RetryPolicy.exponential(0.01, 2);
  await working(hurried(receiver, inbox, { concurrency: 1, timeLimit: 0.2, policy }), async () => {
    await deliver(receiver, "hangs");
    await deliver(receiver, "another");
    await untilSettled(inbox);
  });
  assert.deepEqual(handled, ["another"]);
  const dead = await inbox.deadLetters();
  assert.deepEqual(dead.map(({ event, error }) => [event.id, error]), [["hangs", "handler_timeout"]]);
  // Those that were given up say nothing any more.
  goOn();
  await until(() => handled.length === 3);
  const counts = { waiting: 0, running: 0, handled: 1, dead: 1 };
  assert.deepEqual(await inbox.counts(), counts);
});

testEach("a lease is renewed while a handler runs", async ({ inbox }) => {
  const { receiver } = observed({ inbox });
  const runs = [];
  receiver.on("*", async ({ id }) => {
    runs.push(id);
    await sleep(2_500);
  });
  const [one, other] = [1, 2].map(() => hurried(receiver, inbox, { lease: 1.5 }));
  await working(one, () =>
    working(other, async () => {
      await deliver(receiver, "evt_1");
      await untilSettled(inbox);
    }),
  );
  assert.deepEqual(runs, ["evt_1"]);
});

testEach("a worker that died is followed by another", async ({ inbox }) => {
  const { receiver } = observed({ inbox });
  const runs = [];
  receiver.on("*", ({ id }) => runs.push(id));
  await deliver(receiver, "evt_1");
  const [dead] = await inbox.take("sha256", 9, 1.2);
  assert.equal(dead.stored.state, "running");
  assert.equal(dead.stored.attempts, 1);
  await working(hurried(receiver, inbox), async () => {
    await sleep(100);
    assert.deepEqual(runs, []);
    await untilSettled(inbox);
  });
  assert.deepEqual(runs, ["evt_1"]);
  // It comes back, and has nothing to say.
  await inbox.renew([dead], 60);
  assert.equal(await inbox.done(dead, 60), false);
  assert.equal(await inbox.failed(dead, "Test", 0), false);
  assert.equal((await inbox.counts()).handled, 1);
});

testEach("an event that kills its workers becomes a dead letter", async ({ inbox }) => {
  const { receiver } = observed({ inbox });
  receiver.on("*", ignore);
  await deliver(receiver, "evt_1");
  for (let at = 0; at < SOON.backoff.attempts; at++) {
    await until(async () => (await inbox.take("sha256", 1, 0.001)).length === 1);
  }
  await working(hurried(receiver, inbox), () => untilSettled(inbox));
  assert.deepEqual((await inbox.deadLetters()).map(({ error }) => error), ["lease_expired"]);
});

testEach("workers end what they have begun", async ({ inbox }) => {
  const { receiver } = observed({ inbox });
  let begun = 0;
  receiver.on("*", async () => {
    begun++;
    await sleep(300);
  });
  const workers = hurried(receiver, inbox, { concurrency: 1, lease: 0.2 });
  workers.start();
  assert.throws(() => workers.start(), /run already/);
  await deliver(receiver, "first");
  await deliver(receiver, "second");
  await until(() => begun === 1);
  assert.ok(await workers.stop());
  assert.deepEqual(await inbox.counts(), { waiting: 1, running: 0, handled: 1, dead: 0 });
  assert.ok(await workers.stop());
  await working(workers, () => untilSettled(inbox));
});

test("workers are stopped at the end of a block, where the runtime knows that", async (context) => {
  const { inbox } = sqliteInbox(context);
  const { receiver } = observed({ inbox });
  const workers = hurried(receiver, inbox);
  workers.start();
  await workers[Symbol.asyncDispose]();
  workers.start();
  assert.ok(await workers.stop());
});

testEach("stop does not wait for good", async ({ inbox }) => {
  const { receiver } = observed({ inbox });
  let goOn;
  receiver.on("*", () => new Promise((resolve) => (goOn = resolve)));
  const workers = hurried(receiver, inbox);
  workers.start();
  await deliver(receiver, "evt_1");
  await until(() => goOn !== undefined);
  assert.equal(await workers.stop(0.1), false);
  assert.equal((await inbox.counts()).running, 1);
  // It is noted all the same, if the process lives on.
  goOn();
  await untilSettled(inbox);
});

testEach("what is due is handled without workers that go on", async ({ inbox }) => {
  const { receiver } = observed({ inbox });
  const handled = [];
  receiver.on("*", async ({ id }) => {
    await sleep(10);
    handled.push(id);
    if (id === "fails") {
      throw new Error();
    }
  });
  const workers = new Workers(receiver, inbox, { policy: RetryPolicy.exponential(60, 3) });
  assert.equal(await workers.handleDue(), null);
  for (let at = 0; at < 9; at++) {
    await deliver(receiver, String(at));
  }
  assert.equal(await workers.handleDue(), null);
  assert.equal(handled.length, 9);
  await deliver(receiver, "fails");
  const [first, second] = [workers.handleDue(), workers.handleDue()];
  await assert.rejects(second, /run already/);
  const wait = await first;
  assert.ok(50 < wait && wait <= 60, `${wait}`);
});

test("workers wake at once for what this process inserts", async (context) => {
  const { inbox } = sqliteInbox(context);
  const { receiver } = observed({ inbox });
  let isHandled = false;
  receiver.on("*", () => (isHandled = true));
  await working(new Workers(receiver, inbox, { poll: 300 }), async () => {
    await sleep(100);
    await deliver(receiver, "evt_1");
    await until(() => isHandled);
  });
});

test("handlers that wait for nothing leave the event loop to others", async (context) => {
  const { inbox } = sqliteInbox(context);
  const { receiver } = observed({ inbox });
  let handled = 0;
  receiver.on("*", () => handled++);
  await Promise.all(Array.from({ length: 200 }, (_, at) => deliver(receiver, String(at))));
  await working(hurried(receiver, inbox), async () => {
    await sleep(0);
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(handled < 200);
    await untilSettled(inbox);
  });
  assert.equal(handled, 200);
});

test("a database that is down ends no worker", async (context) => {
  const { inbox } = sqliteInbox(context);
  const logged = [];
  const { receiver } = observed({ inbox, log: (entry) => logged.push(entry) });
  const runs = [];
  receiver.on("*", ({ id }) => runs.push(id));
  // Each fails once: before the handler and after it.
  for (const name of ["take", "done"]) {
    inbox[name] = async () => {
      delete inbox[name];
      throw new Error("a secret host name");
    };
  }
  await working(hurried(receiver, inbox), async () => {
    await deliver(receiver, "evt_1");
    await untilSettled(inbox);
  });
  assert.deepEqual(runs, ["evt_1"]);
  assert.ok(!JSON.stringify(logged).includes("a secret"));
  assert.deepEqual(logged.map(({ code }) => code), ["store_unavailable", "store_unavailable"]);
});

testEach("nothing secret is stored", async ({ inbox, execute }) => {
  const logged = [];
  const { receiver } = observed({ inbox, log: (entry) => logged.push(entry) });
  receiver.on("*", () => {
    throw new TypeError("hush");
  });
  await deliver(receiver, "evt_1");
  await working(hurried(receiver, inbox), () => untilSettled(inbox));
  const rows = await execute("SELECT * FROM countersign_inbox");
  assert.equal(rows[0].error, "TypeError");
  assert.ok(!JSON.stringify([rows, logged]).includes("hush"));
});

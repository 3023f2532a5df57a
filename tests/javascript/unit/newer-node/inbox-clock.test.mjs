/** When workers try again, by a clock that jumps. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { RetryPolicy } from "countersign";
import { Workers } from "countersign/inbox";

import { deliver, observed } from "../receiver-helpers.mjs";
import { until } from "../servers.mjs";
import { hurried, isSettled, manualClock, sqliteInbox, untilSettled, working } from "./inboxes.mjs";

test("retries wait as the policy says", async (context) => {
  const clock = manualClock();
  const { inbox } = sqliteInbox(context, { clock });
  const { receiver } = observed({ inbox });
  const times = [];
  receiver.on("*", () => {
    times.push(clock.now);
    throw new Error();
  });
  const workers = new Workers(receiver, inbox, { policy: RetryPolicy.exponential(10, 4), poll: 0.005 });
  await working(workers, async () => {
    await deliver(receiver, "evt_1");
    while ((await inbox.counts()).dead === 0) {
      await sleep(20);
      clock.now += 1_000;
    }
  });
  const waits = times.slice(1).map((time, at) => time - times[at]);
  // The clock ticks in whole seconds, and an attempt may see the next ones.
  assert.equal(waits.length, 3);
  for (const [at, wanted] of [10_000, 20_000, 40_000].entries()) {
    assert.ok(wanted <= waits[at] && waits[at] <= wanted + 5_000, `${waits}`);
  }
});

test("a clock that is set back stops nobody", async (context) => {
  const clock = manualClock();
  const { inbox } = sqliteInbox(context, { clock });
  const { receiver } = observed({ inbox });
  const handled = [];
  receiver.on("*", ({ id }) => handled.push(id));
  for (const id of ["of a dead worker", "to be tried again", "waiting"]) {
    await deliver(receiver, id);
  }
  const [, failing] = await inbox.take("sha256", 2, 60);
  await inbox.failed(failing, "Test", 30);
  await working(hurried(receiver, inbox), async () => {
    await until(() => handled.length === 1);
    clock.now -= 86_400_000;
    await deliver(receiver, "after it");
    await until(() => handled.length === 2);
    clock.now += 31_000;
    await until(() => handled.length === 3);
    // Its lease begins again: it may live, and be about to renew it.
    clock.now += 30_000;
    await until(() => handled.length === 4);
  });
  assert.deepEqual(handled, ["waiting", "after it", "to be tried again", "of a dead worker"]);
  assert.ok(await isSettled(inbox));
});

test("a clock that is set forward loses nothing", async (context) => {
  const clock = manualClock();
  const { inbox } = sqliteInbox(context, { clock });
  const { receiver } = observed({ inbox });
  const handled = [];
  receiver.on("*", async ({ id }) => {
    clock.now += 86_400_000;
    await sleep(100);
    handled.push(id);
  });
  await working(hurried(receiver, inbox, { lease: 30 }), async () => {
    for (const id of ["0", "1", "2"]) {
      await deliver(receiver, id);
    }
    await untilSettled(inbox);
  });
  // Nobody takes his own events for those of a dead worker.
  assert.deepEqual(handled.sort(), ["0", "1", "2"]);
});

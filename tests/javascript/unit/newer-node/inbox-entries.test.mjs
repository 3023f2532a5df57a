/** Whoever asks for the inbox by `import` or `require` gets the receiver's classes and instance. */

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import * as imported from "countersign/inbox";
import { Receiver } from "countersign/receiver";

import { deliver, observed } from "../receiver-helpers.mjs";
import { hurried, untilSettled, working } from "./inboxes.mjs";

test("import and require have the same names", () => {
  const required = createRequire(import.meta.url)("countersign/inbox");
  assert.deepEqual(Object.keys(required).sort(), Object.keys(imported).sort());
  assert.deepEqual(Object.keys(imported).sort(), ["DurableObjectInbox", "PostgresInbox", "SqliteInbox", "Workers"]);
});

test("an inbox that is made before the receiver is asked for works with it", async () => {
  const inbox = new imported.SqliteInbox(new DatabaseSync(":memory:"));
  const { receiver } = observed({ inbox });
  assert.ok(receiver instanceof Receiver);
  receiver.on("*", () => {});
  await working(hurried(receiver, inbox), async () => {
    assert.equal(await deliver(receiver, "evt_1"), "200 accepted");
    await untilSettled(inbox);
  });
  assert.equal((await inbox.counts()).handled, 1);
});

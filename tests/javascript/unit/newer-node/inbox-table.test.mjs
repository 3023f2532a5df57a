/** The table, which programs in other languages share: rows as they write them, and as they read them. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { deliver, observed } from "../receiver-helpers.mjs";
import { hurried, sqliteInbox, testEach, untilSettled, working } from "./inboxes.mjs";

const COLUMNS =
  "dedupe_key, scheme, event_id, event_type, event_timestamp, payload, parts, received_ms, state, attempts, due_ms, noted_ms";
const START = 1_700_000_000_000;
const PLACES = Array(12).fill("?").join(", ");

/** A text as the table has it in this kind of database. */
function stored(kind, text) {
  return kind === "PostgreSQL" ? text.replaceAll("\\", "\\\\").replaceAll("\0", "\\0") : text;
}

testEach("a row that Python wrote is read and handled", async ({ inbox, execute }, _context, kind) => {
  // As `countersign.inbox` of the Python package writes it: with spaces in `parts`.
  const { receiver } = observed({ inbox });
  const seen = [];
  receiver.on("*", (event) => seen.push(event));
  await inbox.counts();
  const body = Buffer.from('{"id":"a\\u0000\\\\b","type":"ü","data":{"n":1}}');
  const [start, end] = ['{"n":1}', "}"].map((text) => body.indexOf(text));
  const long = "k".repeat(1_001);
  const key = `sha256:${createHash("sha256").update(`sha256:${long}`).digest("hex")}`;
  const parts = `{"form": false, "payload": [0, ${body.length}], "data": [${start}, ${end + 1}], "key_index": 3, "dedupe_key": "sha256:${long}"}`;
  const text = (value) => stored(kind, value);
  const values = [key, "sha256", text("a\0\\b"), text("ü"), 1.5, body, text(parts), START, "waiting", 2, START, START];
  await execute(`INSERT INTO countersign_inbox (${COLUMNS}) VALUES (${PLACES})`, values);
  const form = Buffer.from("a=1&b=%C3%BC");
  const formParts = `{"form": true, "payload": [0, ${form.length}], "data": null, "key_index": 0}`;
  const others = [null, "sha256", null, null, null, form, formParts, START, "waiting", 0, START, START];
  await execute(`INSERT INTO countersign_inbox (${COLUMNS}) VALUES (${PLACES})`, others);

  const [second, first] = await inbox.events();
  assert.equal(first.attempts, 2);
  assert.equal(first.received, START / 1e3);
  assert.equal(second.event.data, null);
  await working(hurried(receiver, inbox), () => untilSettled(inbox));
  const [event, formEvent] = seen;
  assert.deepEqual(
    [event.id, event.type, event.timestamp, event.dedupeKey, event.keyIndex, event.handshake],
    ["a\0\\b", "ü", 1.5, `sha256:${long}`, 3, null],
  );
  assert.deepEqual(event.data, { n: 1 });
  assert.deepEqual(event.payload, JSON.parse(body));
  assert.deepEqual(Buffer.from(event.raw), body);
  assert.deepEqual([formEvent.id, formEvent.type, formEvent.timestamp, formEvent.dedupeKey], [null, null, null, null]);
  assert.deepEqual(formEvent.payload, { a: "1", b: "ü" });
  // Its key is taken.
  assert.equal(await deliver(receiver, long), "200 duplicate");
});

testEach("rows are as other languages read them", async ({ inbox, execute }, _context, kind) => {
  const { receiver } = observed({ inbox });
  receiver.on("*", () => {});
  const before = Date.now();
  assert.equal(await deliver(receiver, "evt\0\\1", { type: "ping", data: { n: 1 } }), "200 accepted");
  const long = "ü".repeat(501);
  assert.equal(await deliver(receiver, long), "200 accepted");
  assert.equal(await deliver(receiver, long), "200 duplicate");
  const [row, longRow] = await execute("SELECT * FROM countersign_inbox ORDER BY number");
  const { number, payload, parts, received_ms: received, due_ms: due, noted_ms: noted, ...rest } = row;
  assert.equal(Number(number), 1);
  const body = '{"id":"evt\\u0000\\\\1","type":"ping","data":{"n":1}}';
  assert.equal(Buffer.from(payload).toString(), body);
  assert.deepEqual(
    { ...rest },
    {
      dedupe_key: stored(kind, "sha256:evt\0\\1"),
      scheme: "sha256",
      event_id: stored(kind, "evt\0\\1"),
      event_type: "ping",
      event_timestamp: null,
      state: "waiting",
      attempts: 0,
      token: null,
      error: null,
    },
  );
  const { data, ...located } = JSON.parse(parts);
  assert.deepEqual(located, { form: false, payload: [0, body.length], key_index: 0 });
  assert.ok(data === null || data.length === 2);
  assert.ok(Number(received) >= before - 1_000 && received === due && due === noted);
  const hash = createHash("sha256").update(`sha256:${long}`).digest("hex");
  assert.equal(longRow.dedupe_key, `sha256:${hash}`);
  const decoded = kind === "PostgreSQL" ? longRow.parts.replaceAll("\\\\", "\\") : longRow.parts;
  assert.equal(JSON.parse(decoded).dedupe_key, `sha256:${long}`);

  const [taken] = await inbox.take("sha256", 1, 60);
  const [running] = await execute("SELECT state, attempts, token, due_ms, noted_ms FROM countersign_inbox WHERE number = 1");
  assert.match(running.token, /^[0-9a-f]{32}$/);
  assert.deepEqual([running.state, running.attempts], ["running", 1]);
  assert.equal(Number(running.due_ms) - Number(running.noted_ms), 60_000);
  await inbox.failed(taken, "RangeError", 7.0005);
  const [failed] = await execute("SELECT state, error, token, due_ms, noted_ms FROM countersign_inbox WHERE number = 1");
  assert.deepEqual([failed.state, failed.error, failed.token], ["waiting", "RangeError", null]);
  assert.equal(Number(failed.due_ms) - Number(failed.noted_ms), 7_001);
});

test("numbers are never used twice", async (context) => {
  const { inbox } = sqliteInbox(context);
  const { receiver } = observed({ inbox });
  receiver.on("*", () => {});
  await deliver(receiver, "evt_1");
  assert.equal(await inbox.purge("waiting", 0), 1);
  await deliver(receiver, "evt_1");
  assert.equal((await inbox.events())[0].number, 2);
});

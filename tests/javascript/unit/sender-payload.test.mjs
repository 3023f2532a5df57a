/** Payloads that senders write. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { writePayload } from "countersign/sender";

import { NOW, standardRequest } from "./helpers.mjs";

const { webhook } = standardRequest();

test("a payload is what receivers read", () => {
  const type = 'in"voice\\\u2028.\u0001';
  const payload = writePayload("msg_1", type, '{"n": 7}', NOW + 0.25);
  const event = webhook.unwrap(payload, webhook.sign(payload, { id: "msg_1", now: NOW }), { now: NOW });
  assert.equal(event.type, type);
  assert.deepEqual(event.data, { n: 7 });
  assert.equal(event.timestamp, NOW + 0.25);
  assert.equal(JSON.parse(payload).id, "msg_1");
});

test("its time is the host's clock unless it is given", () => {
  const { timestamp } = JSON.parse(writePayload("msg_1", "ping", "null"));
  assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 5000);
});

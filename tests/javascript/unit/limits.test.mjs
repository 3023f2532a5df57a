/** Large requests are answered, and in bounded time. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Secret, Webhook } from "countersign";

import { assertCode, NOW, SECRET, standardRequest } from "./helpers.mjs";

const webhook = new Webhook("standard", SECRET);
const context = { now: NOW };
const MEBIBYTE = 1 << 20;

/** Milliseconds that an action takes. Bounds are far above what is usual, for slow machines. */
function timed(action) {
  const start = performance.now();
  action();
  return performance.now() - start;
}

for (const [name, fill] of [
  ["ASCII text", "a"],
  ["text of three bytes a character", "日"],
]) {
  test(`a body of 10 MiB of ${name} is verified and parsed within bounds`, () => {
    const units = (10 * MEBIBYTE) / Buffer.byteLength(fill);
    const body = `{"type":"ping","data":"${fill.repeat(units)}"}`;
    for (const given of [body, Buffer.from(body)]) {
      const milliseconds = timed(() => {
        const headers = webhook.sign(given, { id: "msg_1", now: NOW });
        assert.equal(webhook.unwrap(given, headers, context).data.length, Math.floor(units));
      });
      assert.ok(milliseconds < 5000, `${milliseconds} ms`);
    }
  });
}

test("a body of 64 MiB is verified, and small ones afterwards", () => {
  const body = Buffer.alloc(64 * MEBIBYTE, 0x61);
  const headers = webhook.sign(body, { id: "msg_1", now: NOW });
  assert.ok(webhook.verify(body, headers, context));
  const small = standardRequest();
  assert.ok(small.webhook.verify(small.body, small.headers, context));
});

test("a signature header of 100,000 entries is answered within bounds", () => {
  const { body, headers } = standardRequest();
  const right = headers["webhook-signature"];
  const wrong = `v1,${"A".repeat(43)}=`;
  const many = (entry) => Array(100_000).fill(entry).join(" ");
  const act = (signature) => webhook.verify(body, { ...headers, "webhook-signature": signature }, context);
  const milliseconds = timed(() => {
    assertCode("signature_mismatch", () => act(many(wrong)));
    assertCode("signature_mismatch", () => act(`${many(wrong)} ${right}`));
    assert.ok(act(`${right} ${many(wrong)}`));
    assert.ok(act(`${many("v2,x")} ${right}`));
    assertCode("unsupported_signature", () => act(many("v2,x")));
    assertCode("malformed_signature", () => act(many("")));
  });
  assert.ok(milliseconds < 5000, `${milliseconds} ms`);
});

test("100,000 headers are answered within bounds", () => {
  const { body, headers } = standardRequest();
  const others = Array.from({ length: 100_000 }, (_, n) => [`x-other-${n}`, "a"]);
  const repeated = Array.from({ length: 100_000 }, () => ["Webhook-Id", "msg_1"]);
  const milliseconds = timed(() => {
    assert.ok(webhook.verify(body, [...others, ...Object.entries(headers)], context));
    assert.ok(webhook.verify(body, { ...Object.fromEntries(others), ...headers }, context));
    assert.ok(webhook.verify(body, [...repeated, ...Object.entries(headers)], context));
    assertCode("conflicting_header", () =>
      webhook.verify(body, [...repeated, ["webhook-id", "b"], ...Object.entries(headers)], context),
    );
  });
  assert.ok(milliseconds < 5000, `${milliseconds} ms`);
});

test("a header of 4 MiB is answered", () => {
  const { body, headers } = standardRequest();
  for (const value of ["a".repeat(4 * MEBIBYTE), "é".repeat(4 * MEBIBYTE)]) {
    const code = value.startsWith("a") ? "signature_mismatch" : "malformed_header";
    assertCode(code, () => webhook.verify(body, { ...headers, "webhook-id": value }, context));
  }
});

test("a hundred secrets are tried in order", () => {
  const secrets = Array.from({ length: 100 }, (_, n) => `secret ${n}`);
  const signed = new Webhook("github", secrets[99]).sign("{}");
  assert.equal(new Webhook("github", secrets).verify("{}", signed).keyIndex, 99);
});

test("deep and long payloads are answered", () => {
  const long = `{"type":"ping","data":[${"1,".repeat(500_000)}1]}`;
  const request = standardRequest(long);
  assert.equal(request.webhook.unwrap(long, request.headers, context).data.length, 500_001);
  const deep = "[".repeat(MEBIBYTE);
  const refused = standardRequest(`{"a":${deep}`);
  assertCode("payload_too_deep", () => refused.webhook.unwrap(refused.body, refused.headers, context));
});

test("a secret of any length is answered before it reaches the module's memory", () => {
  const bytes = new Uint8Array(1 << 30);
  const text = "x".repeat(1 << 28);
  assertCode("malformed_secret", () => Secret.fromBytes(bytes));
  assertCode("malformed_secret", () => new Secret(text));
  assertCode("malformed_secret", () => new Webhook("github", Array(20).fill(text)));
  assert.ok(Secret.fromBytes(bytes.subarray(0, 4096)));
});

test("headers, URL and id beyond what an engine joins are too large", () => {
  const { body, headers } = standardRequest();
  const half = "x".repeat(1 << 27);
  const long = { ...headers, "webhook-signature": half, "webhook-id": half };
  assertCode("payload_too_large", () => webhook.verify(body, long, context));
  assertCode("payload_too_large", () => webhook.sign(body, { id: half + half, now: NOW }));
  assert.ok(webhook.verify(body, headers, context));
});

test("a growable shared body is read once", () => {
  const shared = new SharedArrayBuffer(8, { maxByteLength: 1 << 16 });
  const view = new Uint8Array(shared);
  const signed = webhook.sign(view, { id: "msg_1", now: NOW });
  shared.grow(1 << 16);
  assert.ok(webhook.verify(new Uint8Array(8), signed, context));
  assertCode("signature_mismatch", () => webhook.verify(view, signed, context));
});

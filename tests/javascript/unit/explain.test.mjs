/** Reports on refused requests: their arguments, and what holds for all of them. */

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";

import { Scheme, Secret, Tolerance, Webhook } from "countersign";
import { detect, explain } from "countersign/explain";

import { assertCode, assertUnsupported, NOW } from "./helpers.mjs";

const secrets = "It's a Secret to Everybody";
const webhook = { scheme: "github", secrets };
const body = '{"zen":"Keep it simple."}';
const headers = new Webhook("github", secrets).sign(body);
const spaced = '{"zen": "Keep it simple."}';

test("an accepted request has no findings", () => {
  const { text, ...rest } = explain(webhook, { body, headers });
  assert.deepEqual(rest, { accepted: true, keyIndex: 0, code: null, message: null, findings: [] });
  assert.match(text, /accepted/);
});

test("a body that was written again is found", () => {
  const { accepted, keyIndex, code, findings, text } = explain(webhook, { body: spaced, headers });
  assert.deepEqual([accepted, keyIndex, code], [false, null, "signature_mismatch"]);
  assert.equal(findings.length, 1);
  const [{ suggestion, ...finding }] = findings;
  assert.deepEqual(finding, {
    code: "body_reserialised",
    certainty: "proven",
    evidence: { layout: "compact", escapes: "kept" },
  });
  assert.ok(text.includes(suggestion));
  assert.ok(!text.includes("Keep it simple"));
});

test("headers and bodies are taken in every form", () => {
  const name = "X-Hub-Signature-256";
  const value = headers[name.toLowerCase()];
  for (const form of [
    headers,
    new Headers(headers),
    new Map([[name, value]]),
    [[name, [value, value]]],
    { [name]: value, "x-other": undefined },
  ]) {
    assert.ok(explain(webhook, { body, headers: form }).accepted);
    assert.deepEqual(detect(form), ["github", "meta"]);
  }
  const bytes = new TextEncoder().encode(body);
  for (const form of [bytes, bytes.buffer, new DataView(bytes.buffer)]) {
    assert.ok(explain(webhook, { body: form, headers }).accepted);
  }
});

test("what verify takes as headers is taken, and what is no text is passed over", () => {
  const name = "x-hub-signature-256";
  const verifier = new Webhook("github", secrets);
  for (const form of [
    { ...headers, "content-length": 5, "x-flag": true, "x-object": { a: 1 }, "x-list": [5, "a", null] },
    { ":status": 200, ":method": "POST", ...headers },
    [["content-length", 5], [name, headers[name]]],
    new Map([["content-length", 5], [name, headers[name]]]),
  ]) {
    assert.equal(verifier.verify(body, form).keyIndex, 0);
    assert.ok(explain(webhook, { body, headers: form }).accepted);
    assert.deepEqual(detect(form), ["github", "meta"]);
  }
  assert.deepEqual(detect({ [name]: 7 }), []);
});

test("an object that lists no headers is asked for those of the scheme", () => {
  const form = { get: (name) => headers[name] ?? null, has: (name) => name in headers };
  const key = new TextEncoder().encode(secrets);
  for (const given of [secrets, [secrets], [key], new Set([secrets]).values()]) {
    assert.ok(explain({ scheme: "github", secrets: given }, { body, headers: form }).accepted);
  }
  assert.equal(explain(webhook, { body: spaced, headers: form }).findings[0].code, "body_reserialised");
  // Of a scheme whose keys `Webhook` of "countersign" does not know.
  const { x } = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
  const discord = { scheme: "discord", secrets: Buffer.from(x, "base64url").toString("hex") };
  assert.equal(explain(discord, { body, headers: form }).code, "missing_header");
  assert.deepEqual(detect(form), []);
});

test("a Webhook is not what is explained, since it gives no secret away", () => {
  const given = new Webhook("github", secrets);
  assert.throws(() => explain(given, { body, headers }), { name: "TypeError", message: /takes \{ scheme, secrets \}/ });
});

test("schemes and secrets are those of a webhook", () => {
  const description = { name: "acme", headers: { signature: "x-sig", timestamp: "x-time" }, content: "{timestamp}{body}" };
  const scheme = new Scheme({ ...description, tolerance: { past: 5, future: null } });
  const sent = new Webhook(scheme, "hush").sign(body, { now: NOW });
  const report = (more, now) => explain({ scheme, secrets: "hush", ...more }, { body, headers: sent, now });
  assert.ok(report({}, NOW + 5).accepted);
  assert.deepEqual(report({}, NOW + 6).findings[0].evidence, { seconds: 6, tolerance: 5, direction: "past" });
  assert.ok(report({ tolerance: new Tolerance(6) }, NOW + 6).accepted);
  assert.ok(report({ tolerance: Tolerance.unchecked() }, NOW * 2).accepted);
  assert.equal(report({ secrets: ["other", new TextEncoder().encode("hush")] }, NOW).keyIndex, 1);
  assert.ok(explain({ scheme: Scheme.named("github"), secrets: new Set([secrets]) }, { body, headers }).accepted);
  assert.equal(explain({ scheme: "stripe", secrets }, { body, headers }).findings[0].evidence.scheme, "github");
});

test("the clock is the host's", () => {
  const stripe = new Webhook("stripe", secrets);
  assert.ok(explain({ scheme: "stripe", secrets }, { body, headers: stripe.sign(body) }).accepted);
});

test("errors are those of a webhook", () => {
  const request = { body, headers };
  assertCode("unknown_scheme", () => explain({ scheme: "gihtub", secrets }, request));
  assertCode("no_secrets", () => explain({ scheme: "github", secrets: [] }, request));
  assertCode("empty_secret", () => explain({ scheme: "github", secrets: ["hush", ""] }, request));
  assertCode("malformed_secret", () => explain({ scheme: "standard", secrets: "?" }, request));
  assertCode("malformed_secret", () => explain({ scheme: "github", secrets: "x".repeat(10_000) }, request));
  assertCode("payload_too_large", () => explain(webhook, { body: new Uint8Array(2 ** 26 + 1), headers }));
  assertUnsupported(() => explain(webhook, { body: {}, headers }));
  for (const call of [
    () => explain({ scheme: "github" }, request),
    () => explain({ scheme: 7, secrets }, request),
    () => explain({ scheme: "github", secrets: new Secret("hush") }, request),
    () => explain({ scheme: "github", secrets, tolerance: 7 }, request),
    () => explain(webhook, { body, headers: null }),
    () => explain(webhook, { body, headers: [["a"]] }),
    () => explain(webhook, { body, headers, now: "now" }),
    () => explain(webhook, { body, headers, url: 7 }),
    () => detect("x"),
  ]) {
    assert.throws(call, TypeError);
  }
});

/** Webhooks, what they verify to, and the events in it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";

import { PayloadError, Scheme, Secret, Tolerance, VerificationError, Webhook } from "countersign";

import { assertCode, BODY, NOW, SECRET, standardRequest, thrownBy } from "./helpers.mjs";

const { webhook, headers, context } = standardRequest();

test("a webhook says what it is", () => {
  assert.equal(webhook.schemeName, "standard");
  assert.deepEqual(webhook.headerNames, ["webhook-signature", "webhook-id", "webhook-timestamp"]);
  assert.ok(Object.isFrozen(webhook.headerNames));
  assert.deepEqual({ ...webhook.tolerance }, { past: 300, future: 300 });
  assert.equal(webhook.dedupeLifetime, 86_400);
  const long = new Webhook("standard", SECRET, { tolerance: new Tolerance(100_000) });
  assert.equal(long.dedupeLifetime, 200_000);
});

test("verify says who signed and what the headers say", () => {
  const verified = webhook.verify(BODY, headers, context);
  assert.equal(verified.keyIndex, 0);
  assert.equal(verified.id, "msg_1");
  assert.equal(verified.timestamp, NOW);
  assert.equal(verified.dedupeKey, "standard:msg_1");
});

test("an event has the envelope and the data", () => {
  const event = webhook.unwrap(BODY, headers, context);
  assert.equal(event.id, "msg_1");
  assert.equal(event.type, "ping");
  assert.equal(event.timestamp, NOW);
  assert.deepEqual(event.data, { n: 1 });
  assert.deepEqual(event.payload, JSON.parse(BODY));
  assert.equal(event.dedupeKey, "standard:msg_1");
  assert.equal(event.keyIndex, 0);
});

test("unwrap gives what verify and event give", () => {
  const [one, two] = [webhook.unwrap(BODY, headers, context), webhook.verify(BODY, headers, context).event()];
  assert.deepEqual(one.toJSON(), two.toJSON());
  assert.deepEqual(one.raw, two.raw);
});

test("absent values are null", () => {
  const github = new Webhook("github", "hush");
  const verified = github.verify("{}", github.sign("{}"));
  assert.deepEqual([verified.id, verified.timestamp, verified.dedupeKey], [null, null, null]);
  const event = verified.event();
  assert.deepEqual([event.id, event.type, event.timestamp, event.dedupeKey], [null, null, null, null]);
  const bare = standardRequest("{}");
  assert.equal(bare.webhook.unwrap("{}", bare.headers, context).data, null);
});

test("data and payload are parsed once", () => {
  const event = webhook.unwrap(BODY, headers, context);
  assert.equal(event.data, event.data);
  assert.equal(event.payload, event.payload);
  assert.equal(event.raw, event.raw);
});

test("a form becomes an object of strings, the last of several fields of one name", () => {
  const slack = new Webhook("slack", "hush");
  const body = "command=%2Fdeploy&text=a+b&text=c&__proto__=x&constructor=y";
  const event = slack.unwrap(body, slack.sign(body, { now: NOW }), context);
  assert.equal(event.type, "/deploy");
  const expected = [
    ["command", "/deploy"],
    ["text", "c"],
    ["__proto__", "x"],
    ["constructor", "y"],
  ];
  assert.deepEqual(Object.entries(event.data), expected);
  assert.equal({}.x, undefined);

  const asked = "?command=x&text=";
  assert.deepEqual(slack.unwrap(asked, slack.sign(asked, { now: NOW }), context).data, { "?command": "x", text: "" });
});

test("a text as an object is no list of secrets", () => {
  assert.throws(() => new Webhook("github", new String("abc")), TypeError);
});

test("names of a prototype's properties in a payload are names as any other", () => {
  const body = '{"type":"ping","data":{"__proto__":{"admin":true},"constructor":1,"toString":2}}';
  const request = standardRequest(body);
  const { data } = request.webhook.unwrap(body, request.headers, context);
  assert.deepEqual(Object.keys(data), ["__proto__", "constructor", "toString"]);
  assert.equal(Object.getPrototypeOf(data), Object.prototype);
  assert.equal({}.admin, undefined);
});

test("a payload that is none is a PayloadError, after the verdict", () => {
  const codes = [
    ["[]", "payload_not_object"],
    ["", "payload_not_json"],
    ["{", "payload_not_json"],
  ];
  codes.push(["[".repeat(200), "payload_too_deep"], ['{"type":5}', "malformed_field"]);
  for (const [body, code] of codes) {
    const request = standardRequest(body);
    const verified = request.webhook.verify(body, request.headers, context);
    assert.ok(assertCode(code, () => verified.event()) instanceof PayloadError);
    assertCode(code, () => request.webhook.unwrap(body, request.headers, context));
  }
  const stripe = new Webhook("stripe", "hush");
  assertCode("missing_field", () => stripe.unwrap("{}", stripe.sign("{}", { now: NOW }), context));
});

test("bytes that are not UTF-8 can be verified and not parsed", () => {
  const body = new Uint8Array([0x7b, 0xff, 0x7d]);
  const request = standardRequest(body);
  const error = assertCode("payload_not_utf8", () => request.webhook.unwrap(body, request.headers, context));
  assert.match(error.message, /byte 1/);
});

test("the first secret signs, any verifies", () => {
  const [old, young] = ["old secret", "young secret"].map((secret) => new Webhook("github", secret));
  const both = new Webhook("github", ["young secret", "old secret"]);
  assert.deepEqual(both.sign(BODY), young.sign(BODY));
  assert.equal(both.verify(BODY, young.sign(BODY)).keyIndex, 0);
  assert.equal(both.unwrap(BODY, old.sign(BODY)).keyIndex, 1);
  assertCode("signature_mismatch", () => young.verify(BODY, old.sign(BODY)));
});

test("every secret signs if that is said, where there is room", () => {
  const secrets = [SECRET, "whsec_8PHy8/T19vf4+fr7/P3+/w=="];
  const both = new Webhook("standard", secrets, { everySecretSigns: true });
  const signed = both.sign(BODY, { id: "msg_1", now: NOW });
  const entries = signed["webhook-signature"].split(" ");
  assert.equal(entries.length, 2);
  assert.equal(entries[0], headers["webhook-signature"]);
  for (const secret of secrets) {
    assert.equal(new Webhook("standard", secret).verify(BODY, signed, context).id, "msg_1");
  }
  const alone = new Webhook("github", ["new", "old"], { everySecretSigns: true });
  assert.deepEqual(alone.sign(BODY), new Webhook("github", "new").sign(BODY));
  assert.throws(() => new Webhook("github", "new", { everySecretSigns: 1 }), TypeError);
});

test("secrets are texts or Secrets, one or any iterable of them", () => {
  const given = ["hush", new Secret("hush"), ["hush"], new Set(["hush"]), [new Secret("hush"), "other"]];
  const expected = new Webhook("github", "hush").sign(BODY);
  for (const secrets of given) {
    assert.deepEqual(new Webhook("github", secrets).sign(BODY), expected);
  }
  assert.deepEqual(new Webhook("github", Secret.fromBytes(Buffer.from("hush"))).sign(BODY), expected);
  assertCode("no_secrets", () => new Webhook("github", []));
});

test("now is the host's clock unless it is given", () => {
  const signed = webhook.sign(BODY, { id: "msg_1" });
  assert.ok(webhook.verify(BODY, signed));
  assert.ok(webhook.verify(BODY, signed, { now: null }));
  assert.ok(webhook.verify(BODY, signed, { now: undefined }));
  assert.ok(Math.abs(Number(signed["webhook-timestamp"]) - Date.now() / 1000) < 5);
  const error = assertCode("timestamp_too_old", () => webhook.verify(BODY, headers));
  assert.ok(error instanceof VerificationError);
});

test("a tolerance is met to the millisecond", () => {
  assert.ok(webhook.verify(BODY, headers, { now: NOW + 300 }));
  assert.ok(webhook.verify(BODY, headers, { now: NOW + 300.0004 }));
  assertCode("timestamp_too_old", () => webhook.verify(BODY, headers, { now: NOW + 300.001 }));
  assert.ok(webhook.verify(BODY, headers, { now: NOW - 300 }));
  assertCode("timestamp_too_new", () => webhook.verify(BODY, headers, { now: NOW - 300.001 }));
});

test("a tolerance of one's own replaces the scheme's, and zero is zero", () => {
  const strict = new Webhook("standard", SECRET, { tolerance: new Tolerance(0) });
  assert.ok(strict.verify(BODY, headers, context));
  assertCode("timestamp_too_old", () => strict.verify(BODY, headers, { now: NOW + 1 }));
  const lax = new Webhook("standard", SECRET, { tolerance: Tolerance.unchecked() });
  for (const now of [0, 1, 1e12, 1e300, Number.MAX_VALUE]) {
    assert.ok(lax.verify(BODY, headers, { now }));
  }
});

test("a clock that is no time is a TypeError", () => {
  for (const now of [NaN, Infinity, -1, "1700000000", true, 1n, new Date(), {}]) {
    for (const act of [
      () => webhook.verify(BODY, headers, { now }),
      () => webhook.unwrap(BODY, headers, { now }),
      () => webhook.sign(BODY, { id: "msg_1", now }),
    ]) {
      assert.match(thrownBy(act).message, /now must be a finite number/);
    }
  }
});

test("method and URL are signed where the scheme says so", () => {
  const scheme = new Scheme({
    name: "acme",
    headers: { signature: "x-a" },
    content: "{method} {url} {body}",
  });
  const acme = new Webhook(scheme, "hush");
  const request = { method: "POST", url: "https://example.com/é?a=b" };
  const signed = acme.sign(BODY, request);
  assert.ok(acme.verify(BODY, signed, request));
  assertCode("signature_mismatch", () => acme.verify(BODY, signed, { ...request, method: "PUT" }));
  assertCode("signature_mismatch", () =>
    acme.verify(BODY, signed, { ...request, url: "https://example.com/" }),
  );
  for (const missing of [{ url: request.url }, { method: "POST" }, {}, undefined, null]) {
    assertCode("missing_context", () => acme.verify(BODY, signed, missing));
    assertCode("missing_context", () => acme.sign(BODY, missing));
  }
  for (const url of ["\ud800", 5, new URL("https://example.com/")]) {
    assert.ok(thrownBy(() => acme.verify(BODY, signed, { ...request, url })) instanceof TypeError);
  }
});

test("sign gives a plain object with lower-case names, anew each time", () => {
  const first = webhook.sign(BODY, { id: "msg_1", now: NOW });
  assert.deepEqual(Object.keys(first), ["webhook-id", "webhook-timestamp", "webhook-signature"]);
  first["webhook-id"] = "changed";
  assert.deepEqual(webhook.sign(BODY, { id: "msg_1", now: NOW }), headers);
  assert.ok(new Request("http://localhost/", { method: "POST", headers, body: BODY }));
});

test("an id that no header can hold is refused with the verifier's code", () => {
  for (const id of ["", "é", "a\nb", "\ud800", "msg.1", "a\0"]) {
    assertCode("malformed_header", () => webhook.sign(BODY, { id }));
  }
  assertCode("missing_context", () => webhook.sign(BODY));
});

test("a clock beyond all timestamps cannot be signed", () => {
  for (const now of [1e19, 1e300]) {
    const act = () => webhook.sign(BODY, { id: "msg_1", now });
    const error = thrownBy(act);
    assert.equal(error.code, "malformed_timestamp", String(error));
  }
});

test("an object of the package can be inspected and serialised without showing a secret", () => {
  const secret = new Secret(SECRET);
  const objects = [webhook, secret, new Webhook("standard", secret), Scheme.named("standard")];
  objects.push(webhook.verify(BODY, headers, context), webhook.unwrap(BODY, headers, context));
  for (const object of objects) {
    const options = { depth: 10, showHidden: true, getters: true };
    const texts = [inspect(object), inspect(object, options), String(object), JSON.stringify(object) ?? ""];
    texts.push(inspect(Object.entries(Object.getOwnPropertyDescriptors(object)), { depth: 5 }));
    for (const text of texts) {
      assert.ok(!text.includes("MfKQ9r8GKYqr"), text);
    }
  }
  assert.equal(String(secret), "Secret(..)");
  assert.equal(JSON.stringify({ secret }), '{"secret":{}}');
});

test("events and verdicts serialise as what they say", () => {
  const shown = JSON.parse(JSON.stringify(webhook.unwrap(BODY, headers, context)));
  const parts = { id: "msg_1", type: "ping", timestamp: NOW, dedupeKey: "standard:msg_1", keyIndex: 0 };
  assert.deepEqual(shown, { ...parts, data: { n: 1 } });
  const verdict = JSON.parse(JSON.stringify(webhook.verify(BODY, headers, context)));
  assert.deepEqual(verdict, { keyIndex: 0, id: "msg_1", timestamp: NOW, dedupeKey: "standard:msg_1" });
});

test("an event's parts cannot be replaced from outside", () => {
  const event = webhook.unwrap(BODY, headers, context);
  assert.throws(() => (event.data = 1), TypeError);
  assert.throws(() => (event.raw = 1), TypeError);
  assert.throws(() => (webhook.headerNames[0] = "x"), TypeError);
  assert.throws(() => (webhook.schemeName = "x"), TypeError);
});

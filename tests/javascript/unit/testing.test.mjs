/** The subpath with which users test their handlers. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Scheme, Secret, Webhook } from "countersign";
import { Webhook as AsymmetricWebhook } from "countersign/asymmetric";
import { signedRequest } from "countersign/testing";

import { assertCode, isLeftOut, NOW, SECRET, thrownBy } from "./helpers.mjs";

/** What Rust makes of the samples. */
const SAMPLES = JSON.parse(readFileSync(new URL("../samples.json", import.meta.url), "utf8"));
const URL_OF_SAMPLES = "https://example.com/webhooks";

test("samples are the same in every language", () => {
  const requests = SAMPLES.requests.filter(({ scheme }) => !isLeftOut(scheme));
  for (const { scheme, secret, payload, called, body, headers, ...chosen } of requests) {
    const url = called ?? URL_OF_SAMPLES;
    const request = signedRequest(scheme, secret, payload, { ...chosen, now: SAMPLES.now });
    assert.equal(new TextDecoder().decode(request.body), body, scheme);
    assert.deepEqual(request.headers, headers, scheme);
    assert.deepEqual([request.method, request.url], ["POST", url]);
    const context = { now: SAMPLES.now, url, method: "POST" };
    assert.ok(new Webhook(scheme, secret).unwrap(request.body, request.headers, context), scheme);
  }
  const names = Scheme.names().filter((name) => !isLeftOut(name));
  assert.deepEqual(new Set(requests.map(({ scheme }) => scheme)), new Set(names));
});

test("webhooks with private keys sign the samples that Rust signs", () => {
  const requests = SAMPLES.requests.filter(({ scheme }) => isLeftOut(scheme));
  assert.ok(requests.some(({ scheme }) => scheme === "discord"));
  for (const { scheme, secret, body, headers, ...chosen } of requests) {
    const webhook = new AsymmetricWebhook(scheme, secret);
    const request = signedRequest(webhook, null, { ...chosen, now: SAMPLES.now });
    assert.equal(new TextDecoder().decode(request.body), body, scheme);
    assert.deepEqual(request.headers, headers, scheme);
  }
});

test("fal signs for a user with a pair of keys", () => {
  const pair = "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8DoQe/884Qvh1w3RjnS8CZZ+TWMJulDV8d3IZkElUxuA==";
  const publicKey = "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
  const { body, headers } = signedRequest(new AsymmetricWebhook("fal", ["user_1", pair]));
  const event = new AsymmetricWebhook("fal", ["user_1", publicKey]).unwrap(body, headers);
  assert.deepEqual([event.type, event.keyIndex], ["OK", 0]);
  const ofOther = new AsymmetricWebhook("fal", ["user_2", publicKey]);
  assertCode("signature_mismatch", () => ofOther.verify(body, headers));
});

test("a webhook signs as it was made", () => {
  const secrets = ["new", "old"];
  const scheme = new Scheme({ name: "acme", headers: { signature: "x-s" }, prefix: "v1=", separator: "," });
  const webhook = new Webhook(scheme, secrets, { everySecretSigns: true });
  const { body, headers } = signedRequest(webhook, { a: 1 }, { headers: { "x-own": "1" } });
  assert.equal(new TextDecoder().decode(body), '{"a":1}');
  assert.equal(headers["x-own"], "1");
  for (const secret of secrets) {
    assert.equal(new Webhook(scheme, secret).verify(body, headers).keyIndex, 0);
  }
  assertCode("asymmetric_left_out", () => signedRequest("discord", "hush"));
  assert.throws(() => signedRequest(webhook, 5), TypeError);
  assert.throws(() => signedRequest(webhook, null, "no options"), TypeError);
});

test("every registered scheme verifies a payload that is given", () => {
  for (const scheme of Scheme.names().filter((name) => !isLeftOut(name))) {
    const secret = scheme.startsWith("adyen") ? "00ff" : SECRET;
    const url = "https://example.com/hook";
    // Linear's time is in the body, and so are the items that Adyen signs.
    const notificationItems = [{ NotificationRequestItem: { pspReference: "p1" } }];
    const payload = { id: "evt_1", type: "ping", webhookTimestamp: Date.now(), notificationItems };
    const request = signedRequest(scheme, secret, payload, { url });
    const { body, headers, method } = request;
    assert.ok(new Webhook(scheme, secret).verify(body, headers, { url: request.url, method }), scheme);
    assert.equal(method, "POST");
    assert.equal(request.url.split("?bodySHA256=")[0], url);
    assert.match(headers["content-type"], /^application\/json/);
  }
});

test("id, type and time stand where the provider has them", () => {
  const { body, headers } = signedRequest("stripe", "hush", null, { id: "evt_7", type: "charge.failed", now: NOW });
  const event = new Webhook("stripe", "hush").unwrap(body, headers, { now: NOW });
  assert.deepEqual([event.id, event.type, event.timestamp], ["evt_7", "charge.failed", NOW]);
  const command = signedRequest("slack", "hush", undefined, { type: "/deploy" });
  assert.equal(new Webhook("slack", "hush").unwrap(command.body, command.headers).type, "/deploy");
});

test("a scheme of one's own has a payload too", () => {
  const scheme = new Scheme({ name: "acme", headers: { signature: "x-s" }, eventType: "body:type" });
  const { body, headers } = signedRequest(scheme, "hush");
  assert.equal(new Webhook(scheme, "hush").unwrap(body, headers).type, "example.created");
});

test("the sample of a scheme of one's own follows its description", () => {
  const headers = { signature: "x-s" };
  const nested = { eventId: "body:event.id", eventType: "body:event.name" };
  const fields = '"event":{"id":"I1","name":"T1"}';
  const usual = '"timestamp":"2025-11-29T21:00:00.123Z","data":{"name":"Example"}}';
  // As `core/src/testing/described.rs` makes them.
  for (const [description, written] of [
    [{ headers, timestampField: "ts", ...nested }, `{"ts":1764450000,${fields},${usual}`],
    [{ headers, payload: "form", ...nested, eventTime: "body:at" }, "event.id=I1&event.name=T1&at=1764450000"],
    [{ headers, eventId: "header:x-id", eventType: "header:x-type" }, `{"id":"I1","type":"T1",${usual}`],
    [{ headers, ...nested, required: ["id", "type"] }, `{${fields},${usual}`],
    [{ headers, eventId: "joined:a,b", eventType: ["joined:c,d", "body:e"] }, `{"a":"I1","b":"I1","e":"T1",${usual}`],
    [{ signatureItems: "all.items", signatureField: "hash", content: "{field:order}", ...nested }],
  ]) {
    const scheme = new Scheme({ name: "acme", ...description });
    const request = signedRequest(scheme, "hush", null, { id: "I1", type: "T1", now: SAMPLES.now });
    const event = new Webhook(scheme, "hush").unwrap(request.body, request.headers, { now: SAMPLES.now });
    assert.deepEqual([event.id, event.type], [description.eventId === "joined:a,b" ? "I1:I1" : "I1", "T1"]);
    const isForm = description.payload === "form";
    assert.equal(request.headers["content-type"], isForm ? "application/x-www-form-urlencoded" : "application/json");
    const body = new TextDecoder().decode(request.body);
    assert.equal(body, written ?? body);
    if (description.signatureItems) {
      assert.equal(JSON.parse(body).all.items.length, 1);
    }
  }
});

test("headers that are sources are sent with a payload too", () => {
  const scheme = new Scheme({ name: "acme", headers: { signature: "x-s" }, eventType: "header:x-type" });
  const { body, headers } = signedRequest(scheme, "hush", "{}", { type: "T1" });
  assert.equal(new TextDecoder().decode(body), "{}");
  assert.equal(new Webhook(scheme, "hush").unwrap(body, headers).type, "T1");
});

test("a payload is sent as it is, as JSON, or as a form", () => {
  const bodyOf = (payload) => new TextDecoder().decode(signedRequest("github", "hush", payload).body);
  assert.equal(bodyOf({ a: [1, "é"] }), '{"a":[1,"é"]}');
  assert.equal(bodyOf([1]), "[1]");
  assert.equal(bodyOf('{ "a": 1 }'), '{ "a": 1 }');
  assert.equal(bodyOf(new TextEncoder().encode("raw")), "raw");
  const form = signedRequest("slack", "hush", new URLSearchParams({ command: "/a b" }));
  assert.equal(new TextDecoder().decode(form.body), "command=%2Fa+b");
  assert.equal(form.headers["content-type"], "application/x-www-form-urlencoded");
});

test("id, clock, URL, method and headers are those that are given", () => {
  const description = {
    name: "acme",
    headers: { signature: "x-a", timestamp: "x-t" },
    content: "{timestamp}{method}{url}{body}",
  };
  const scheme = new Scheme(description);
  const options = {
    now: NOW,
    url: "https://example.com/hook",
    method: "PUT",
    headers: { "X-Own": "1", "Content-Type": "text/plain" },
  };
  const request = signedRequest(scheme, new Secret("hush"), "{}", options);
  assert.equal(request.headers["x-t"], String(NOW));
  assert.equal(request.headers["x-own"], "1");
  assert.equal(request.headers["content-type"], "text/plain");
  const { url, method } = request;
  assert.deepEqual([url, method], ["https://example.com/hook", "PUT"]);
  assert.ok(new Webhook(scheme, "hush").verify("{}", request.headers, { now: NOW, url, method }));
  assert.equal(signedRequest("standard", SECRET, {}, { id: "msg_9" }).headers["webhook-id"], "msg_9");
});

test("a signature is put into the body", () => {
  const request = signedRequest("mailgun", "hush", { "event-data": { event: "opened" } });
  assert.deepEqual(Object.keys(request.headers), ["content-type", "user-agent"]);
  const webhook = new Webhook("mailgun", "hush");
  const event = webhook.unwrap(request.body, request.headers);
  assert.deepEqual([event.type, event.dedupeKey], ["opened", "mailgun:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a697887"]);
  assert.deepEqual([webhook.signsInBody, webhook.headerNames], [true, []]);
  assertCode("missing_signature", () => signedRequest("mailgun", "hush", "a=1"));
  assertCode("missing_signature", () => webhook.sign("{}"));
  const github = new Webhook("github", "hush");
  assert.equal(github.signsInBody, false);
  const bytes = new Uint8Array([0xff]);
  assert.deepEqual(github.signBody(bytes), bytes);
  assert.notEqual(github.signBody(bytes), bytes);
  const scheme = new Scheme({ name: "x", signatureField: "proof", content: "{field:n}" });
  const own = new Webhook(scheme, "hush");
  assert.equal(own.verify(own.signBody('{"n":"é"}'), {}).keyIndex, 0);
  assert.throws(() => own.signBody("{}", { id: 7 }), TypeError);
});

test("the digest of JSON is in the URL where the provider has it there", () => {
  const webhook = new Webhook("twilio", "hush");
  const called = (payload, url) => {
    const request = signedRequest("twilio", "hush", payload, { url });
    assert.ok(webhook.verify(request.body, request.headers, { url: request.url }));
    return request.url;
  };
  const digest = "bodySHA256=015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862";
  assert.equal(called('{"a":1}'), `${URL_OF_SAMPLES}?${digest}`);
  assert.equal(called({ a: 1 }, "https://example.com/a?b=c"), `https://example.com/a?b=c&${digest}`);
  assert.equal(called({ a: 1 }, `https://example.com/?${digest}`), `https://example.com/?${digest}`);
  assert.equal(called("a=1"), URL_OF_SAMPLES);
  assert.equal(called(), URL_OF_SAMPLES);
  const { headers } = signedRequest("twilio", "hush", { a: 1 });
  assert.equal(headers["content-type"], "application/json");
});

test("signed headers win over one's own", () => {
  const request = signedRequest("github", "hush", {}, { headers: { "X-Hub-Signature-256": "sha256=00" } });
  assert.ok(new Webhook("github", "hush").verify(request.body, request.headers));
});

test("toRequest gives a request that a handler verifies", async () => {
  const request = signedRequest("github", "hush", { zen: "é" }, { url: "https://example.com/a" }).toRequest();
  assert.equal(request.url, "https://example.com/a");
  const body = await request.arrayBuffer();
  assert.deepEqual(new Webhook("github", "hush").unwrap(body, request.headers).data, { zen: "é" });
  assert.equal(signedRequest("github", "hush", {}).toRequest().url, URL_OF_SAMPLES);
});

test("the body is a copy", () => {
  const payload = new TextEncoder().encode('{"a":1}');
  const request = signedRequest("github", "hush", payload);
  payload.fill(0);
  assert.ok(new Webhook("github", "hush").verify(request.body, request.headers));
});

test("what cannot be sent is refused", () => {
  const cyclic = {};
  cyclic.self = cyclic;
  for (const payload of [
    5,
    true,
    Symbol("a"),
    () => 1,
    cyclic,
    { n: 1n },
    "\ud800",
    { toJSON: () => undefined },
  ]) {
    assert.ok(thrownBy(() => signedRequest("github", "hush", payload)) instanceof TypeError);
  }
  assertCode("unknown_scheme", () => signedRequest("none", "hush", {}));
  assertCode("empty_secret", () => signedRequest("github", "", {}));
  assertCode("malformed_header", () => signedRequest("standard", SECRET, {}, { id: "é" }));
});

/** Every public function with every kind of wrong argument at every place. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import * as countersign from "countersign";
import { signedRequest } from "countersign/testing";

import { assertDeliberate, BODY, NOW, SECRET, standardRequest, strangeValues } from "./helpers.mjs";

const { Backoff, parseRetryAfter, RetryPolicy, Scheme, Secret, Tolerance, Webhook } = countersign;

const { webhook, headers } = standardRequest();
const policy = RetryPolicy.standard();
const backoff = Backoff.standard();
const description = { name: "acme", headers: { signature: "x-signature" } };

/** A call of each function with one argument or option left open. */
const CALLS = {
  "new Webhook(?, ...)": (value) => new Webhook(value, SECRET),
  "new Webhook(.., ?)": (value) => new Webhook("standard", value),
  "new Webhook(.., [?])": (value) => new Webhook("standard", [value]),
  "new Webhook(.., .., ?)": (value) => new Webhook("standard", SECRET, value),
  "new Webhook with tolerance": (value) => new Webhook("standard", SECRET, { tolerance: value }),
  "new Webhook with everySecretSigns": (value) => new Webhook("standard", SECRET, { everySecretSigns: value }),
  "verify(?, ...)": (value) => webhook.verify(value, headers, { now: NOW }),
  "verify(.., ?)": (value) => webhook.verify(BODY, value, { now: NOW }),
  "verify with a header": (value) => webhook.verify(BODY, { ...headers, "webhook-id": value }, { now: NOW }),
  "verify with a header of an array": (value) =>
    webhook.verify(BODY, { ...headers, "webhook-id": [value] }, { now: NOW }),
  "verify with a pair's name": (value) => webhook.verify(BODY, [[value, "a"]], { now: NOW }),
  "verify with a pair's value": (value) => webhook.verify(BODY, [["webhook-id", value]], { now: NOW }),
  "verify with an item": (value) => webhook.verify(BODY, [value], { now: NOW }),
  "verify with a map": (value) => webhook.verify(BODY, new Map([[value, value]]), { now: NOW }),
  "verify with get": (value) => webhook.verify(BODY, { get: () => value, has: () => true }, { now: NOW }),
  "verify(.., .., ?)": (value) => webhook.verify(BODY, headers, value),
  "verify with now": (value) => webhook.verify(BODY, headers, { now: value }),
  "verify with url": (value) => webhook.verify(BODY, headers, { now: NOW, url: value }),
  "verify with method": (value) => webhook.verify(BODY, headers, { now: NOW, method: value }),
  "unwrap(?, ...)": (value) => webhook.unwrap(value, headers, { now: NOW }),
  "unwrap(.., ?)": (value) => webhook.unwrap(BODY, value, { now: NOW }),
  "unwrap(.., .., ?)": (value) => webhook.unwrap(BODY, headers, value),
  "sign(?)": (value) => webhook.sign(value, { id: "msg_1" }),
  "sign(.., ?)": (value) => webhook.sign(BODY, value),
  "sign with id": (value) => webhook.sign(BODY, { id: value }),
  "sign with now": (value) => webhook.sign(BODY, { id: "msg_1", now: value }),
  "sign with url": (value) => webhook.sign(BODY, { id: "msg_1", url: value }),
  "sign with method": (value) => webhook.sign(BODY, { id: "msg_1", method: value }),
  "new Secret(?)": (value) => new Secret(value),
  "Secret.fromBytes(?)": (value) => Secret.fromBytes(value),
  "new Scheme(?)": (value) => new Scheme(value),
  "Scheme.named(?)": (value) => Scheme.named(value),
  "new Tolerance(?)": (value) => new Tolerance(value),
  "new Tolerance with past": (value) => new Tolerance({ past: value, future: null }),
  "new Tolerance with future": (value) => new Tolerance({ past: 1, future: value }),
  "new Backoff(?)": (value) => new Backoff(value),
  "Backoff.fixed(?)": (value) => Backoff.fixed(value),
  "Backoff.fixed([?])": (value) => Backoff.fixed([value]),
  "Backoff.fixed(.., ?)": (value) => Backoff.fixed([1], value),
  "Backoff.fixed with jitter": (value) => Backoff.fixed([1], { jitter: value }),
  "Backoff.exponential(?)": (value) => Backoff.exponential(value, { attempts: 2 }),
  "Backoff.exponential(.., ?)": (value) => Backoff.exponential(1, value),
  "Backoff.exponential with attempts": (value) => Backoff.exponential(1, { attempts: value }),
  "Backoff.exponential with factor": (value) => Backoff.exponential(1, { attempts: 2, factor: value }),
  "Backoff.exponential with cap": (value) => Backoff.exponential(1, { attempts: 2, cap: value }),
  "Backoff.standard(?)": (value) => Backoff.standard(value),
  "delay(?)": (value) => backoff.delay(value, 0),
  "delay(.., ?)": (value) => backoff.delay(1, value),
  "delays(?)": (value) => backoff.delays(value),
  "delays([?])": (value) => backoff.delays([value]),
  "new RetryPolicy(?)": (value) => new RetryPolicy(value),
  "new RetryPolicy(.., ?)": (value) => new RetryPolicy(backoff, value),
  "new RetryPolicy with retryAfterCap": (value) => new RetryPolicy(backoff, { retryAfterCap: value }),
  "new RetryPolicy with retryStatuses": (value) => new RetryPolicy(backoff, { retryStatuses: value }),
  "new RetryPolicy with a status": (value) => new RetryPolicy(backoff, { retryStatuses: [value] }),
  "RetryPolicy.exponential(?)": (value) => RetryPolicy.exponential(value, 2),
  "RetryPolicy.exponential(.., ?)": (value) => RetryPolicy.exponential(1, value),
  "decide(?)": (value) => policy.decide(value, { status: 500 }),
  "decide(.., ?)": (value) => policy.decide(1, value),
  "decide with status": (value) => policy.decide(1, { status: value }),
  "decide with retryAfter": (value) => policy.decide(1, { status: 500, retryAfter: value }),
  "decide with now": (value) => policy.decide(1, { status: 500, now: value }),
  "decide with entropy": (value) => policy.decide(1, { status: 500, entropy: value }),
  "parseRetryAfter(?)": (value) => parseRetryAfter(value),
  "parseRetryAfter(.., ?)": (value) => parseRetryAfter("1", value),
  "signedRequest(?, ...)": (value) => signedRequest(value, SECRET, {}),
  "signedRequest(.., ?)": (value) => signedRequest("github", value, {}),
  "signedRequest(.., .., ?)": (value) => signedRequest("github", "hush", value),
  "signedRequest(.., .., .., ?)": (value) => signedRequest("github", "hush", {}, value),
  "signedRequest with headers": (value) => signedRequest("github", "hush", {}, { headers: value }),
  "signedRequest with a header": (value) =>
    signedRequest("github", "hush", {}, { headers: { "X-A": value } }),
  "signedRequest with method": (value) => signedRequest("github", "hush", {}, { method: value }),
  "signedRequest with url": (value) => signedRequest("github", "hush", {}, { url: value }),
  "signedRequest with type": (value) => signedRequest("github", "hush", null, { type: value }),
  "signedRequest with id": (value) => signedRequest("standard", SECRET, {}, { id: value }),
};

for (const key of ["headers", "prefix", "separator", "timestampLabel", "algorithm", "encoding", "key"]) {
  CALLS[`new Scheme with ${key}`] = (value) => new Scheme({ ...description, [key]: value });
}
for (const key of ["secretPrefix", "content", "timestampFormat", "tolerance", "payload", "data", "name"]) {
  CALLS[`new Scheme with ${key}`] = (value) => new Scheme({ ...description, [key]: value });
}
for (const key of ["eventId", "eventType", "eventTime", "dedupe", "eventTimeFormat", "required"]) {
  CALLS[`new Scheme with ${key}`] = (value) => new Scheme({ ...description, [key]: value });
  CALLS[`new Scheme with an item of ${key}`] = (value) => new Scheme({ ...description, [key]: [value] });
}
for (const key of ["signature", "id", "timestamp"]) {
  CALLS[`new Scheme with headers.${key}`] = (value) =>
    new Scheme({ name: "acme", headers: { signature: "x-signature", [key]: value } });
}

// A failure in the module's memory would show in what comes after it.
afterEach(() => {
  const event = webhook.unwrap(BODY, headers, { now: NOW });
  assert.deepEqual(event.data, { n: 1 });
});

for (const [name, call] of Object.entries(CALLS)) {
  test(`${name} answers every value or gives a deliberate error`, () => {
    for (const [kind, value] of strangeValues()) {
      try {
        call(value);
      } catch (error) {
        assertDeliberate(error, `${name} with ${kind}`);
      }
    }
    assert.equal({}.polluted, undefined);
  });
}

test("methods refuse to be called on another object", () => {
  const foreign = {};
  const calls = [
    () => Webhook.prototype.verify.call(foreign, BODY, headers),
    () => Webhook.prototype.unwrap.call(foreign, BODY, headers),
    () => Webhook.prototype.sign.call(foreign, BODY),
    () => Backoff.prototype.delay.call(foreign, 1),
    () => RetryPolicy.prototype.decide.call(foreign, 1, { status: 500 }),
  ];
  for (const call of calls) {
    assert.throws(call, TypeError);
  }
});

test("classes refuse to be called without new", () => {
  for (const type of [Webhook, Secret, Scheme, Tolerance, RetryPolicy]) {
    assert.throws(() => type(), TypeError);
  }
});

test("each class and function that is exported has its call here", () => {
  const errors = Object.values(countersign).filter((value) => value.prototype instanceof Error);
  const names = Object.keys(countersign).filter((name) => !errors.includes(countersign[name]));
  const tested = Object.keys(CALLS).join(" ");
  // These two take no argument.
  const missing = names.filter(
    (name) => !tested.includes(name) && !["errorCodes", "generateSecret"].includes(name),
  );
  // The prototypes of what calls return are exported as types only.
  assert.deepEqual(missing, []);
});

/** Every method of a sender with every kind of wrong argument at every place. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Validator } from "@cfworker/json-schema";
import { generateSecret, Scheme, Webhook } from "countersign";
import { MemorySenderStore, Sender } from "countersign/sender";

import { assertDeliberate, strangeValues } from "./helpers.mjs";

const fetch = async () => new Response("");
const make = (options) => new Sender({ store: new MemorySenderStore(), fetch, log: null, ...options });
const URL = "https://example.com/in";
const endpoint = { id: "a", url: URL, secrets: generateSecret() };

const CALLS = {
  "new Sender(?)": (value) => new Sender(value),
  "new MemorySenderStore(?)": (value) => new MemorySenderStore(value),
  "send(?)": (value, sender) => sender.send(value, "ping", {}),
  "send(.., ?)": (value, sender) => sender.send("a", value, {}),
  "send(.., .., ?)": (value, sender) => sender.send("a", "ping", value),
  "send(.., .., .., ?)": (value, sender) => sender.send("a", "ping", {}, value),
  "publish(?)": (value, sender) => sender.publish(value, {}),
  "publish(.., ?)": (value, sender) => sender.publish("ping", value),
  "publish(.., .., ?)": (value, sender) => sender.publish("ping", {}, value),
  "putEndpoint(?)": (value, sender) => sender.putEndpoint(value),
  "endpoint(?)": (value, sender) => sender.endpoint(value),
  "endpoints(?)": (value, sender) => sender.endpoints(value),
  "endpoints(.., ?)": (value, sender) => sender.endpoints("", value),
  "deleteEndpoint(?)": (value, sender) => sender.deleteEndpoint(value),
  "disable(?)": (value, sender) => sender.disable(value),
  "enable(?)": (value, sender) => sender.enable(value),
  "rotateSecret(?)": (value, sender) => sender.rotateSecret(value, generateSecret()),
  "rotateSecret(.., ?)": (value, sender) => sender.rotateSecret("a", value),
  "retireSecrets(?)": (value, sender) => sender.retireSecrets(value),
  "deliveries(?)": (value, sender) => sender.deliveries(value),
  "delivery(?)": (value, sender) => sender.delivery(value),
  "attempts(?)": (value, sender) => sender.attempts(value),
  "attempts(.., ?)": (value, sender) => sender.attempts(1, value),
  "payload(?)": (value, sender) => sender.payload(value),
  "replay(?)": (value, sender) => sender.replay(value),
  "standings(?)": (value, sender) => sender.standings(value),
  "latestAttempts(?)": (value, sender) => sender.latestAttempts(value),
  "replays(?)": (value, sender) => sender.replays(value),
  "replayAll(?)": (value, sender) => sender.replayAll(value, { perSecond: 5 }),
  "replayAll(.., ?)": (value, sender) => sender.replayAll({}, value),
  "replayAll with perSecond": (value, sender) => sender.replayAll({}, { perSecond: value }),
  "cancelReplay(?)": (value, sender) => sender.cancelReplay(value),
  "observe(?)": (value, sender) => sender.observe(value),
  "stop(?)": (value, sender) => sender.stop(value),
};
const OPTIONS = [
  "store",
  "webhook",
  "schemes",
  "retryPolicy",
  "healthPolicy",
  "timeouts",
  "concurrency",
  "endpointConcurrency",
  "lease",
  "poll",
  "payloadLimit",
  "retention",
  "schemas",
  "fetch",
  "resolve",
  "clock",
  "random",
  "log",
];
for (const name of OPTIONS) {
  CALLS[`new Sender with ${name}`] = (value) => make({ [name]: value });
}
for (const name of ["id", "idempotencyKey", "owner"]) {
  CALLS[`publish with ${name}`] = (value, sender) => sender.publish("ping", {}, { [name]: value });
}
const SETTINGS = ["id", "url", "owner", "scheme", "secrets", "eventTypes", "concurrency", "perSecond", "fifo"];
CALLS["new Sender with a schema"] = (value) => make({ schemas: { ping: value }, validator: Validator });
CALLS["new Sender with a validator"] = (value) => make({ schemas: { ping: true }, validator: value });
for (const name of [...SETTINGS, "retryPolicy", "timeouts", "headers", "allowHttp", "allowNetworks"]) {
  CALLS[`putEndpoint with ${name}`] = (value, sender) => sender.putEndpoint({ ...endpoint, [name]: value });
}
for (const name of ["secrets", "eventTypes", "allowNetworks"]) {
  CALLS[`putEndpoint with an item of ${name}`] = (value, sender) => sender.putEndpoint({ ...endpoint, [name]: [value] });
}
CALLS["putEndpoint with a header"] = (value, sender) => sender.putEndpoint({ ...endpoint, headers: { "x-a": value } });
CALLS["putEndpoint with a timeout"] = (value, sender) => sender.putEndpoint({ ...endpoint, timeouts: { total: value } });
for (const name of ["state", "endpoint", "type", "reason", "since", "until", "before", "limit"]) {
  CALLS[`deliveries with ${name}`] = (value, sender) => sender.deliveries({ [name]: value });
}

for (const [name, call] of Object.entries(CALLS)) {
  test(`${name} answers every value or gives a deliberate error`, async () => {
    const sender = make();
    await sender.putEndpoint(endpoint);
    for (const [kind, value] of strangeValues()) {
      try {
        await call(value, sender);
      } catch (error) {
        assertDeliberate(error, `${name} with ${kind}`);
      }
    }
  });
}

test("what is wrong with a message or an endpoint has its code", async () => {
  const sender = make({ payloadLimit: 200 });
  await sender.putEndpoint(endpoint);
  const code = async (promise) => (await promise.catch((error) => error)).code;
  const message = [
    sender.send("a", "", {}),
    sender.send("a", "a b", {}),
    sender.send("a", "x".repeat(257), {}),
    sender.send("a", "ping", undefined),
    sender.send("a", "ping", 1n),
    sender.send("a", "ping", "x".repeat(200)),
    sender.send("a", "ping", {}, { id: "é" }),
    sender.send("a", "ping", {}, { idempotencyKey: "" }),
    sender.putEndpoint({ ...endpoint, id: "https://example.org/" }),
    sender.putEndpoint({ ...endpoint, perSecond: 0 }),
    sender.putEndpoint({ ...endpoint, headers: { Host: "a" } }),
    sender.putEndpoint({ ...endpoint, headers: { "a b": "a" } }),
    sender.putEndpoint({ ...endpoint, headers: { a: "b\r\nc: d" } }),
    sender.putEndpoint({ ...endpoint, timeouts: { total: 46 } }),
  ];
  for (const [place, promise] of message.entries()) {
    assert.equal(await code(promise), "malformed_message", place);
  }
  assert.equal(await code(sender.send("b", "ping", {})), "unknown_endpoint");
  assert.equal(await code(sender.putEndpoint({ ...endpoint, eventTypes: ["a*"] })), "malformed_pattern");
  assert.equal(await code(sender.putEndpoint({ ...endpoint, allowNetworks: ["10.0.0.1/8"] })), "malformed_network");
  assert.equal(await code(sender.putEndpoint({ ...endpoint, scheme: "acme" })), "unknown_scheme");
  assert.equal(await code(sender.putEndpoint({ ...endpoint, scheme: "mailgun" })), "malformed_scheme");
  assert.equal(await code(sender.putEndpoint({ ...endpoint, secrets: [] })), "no_secrets");
  assert.equal(await code(sender.putEndpoint({ ...endpoint, secrets: "whsec_" })), "empty_secret");
  assert.equal(await code(sender.putEndpoint({ ...endpoint, url: "https://localhost:x/" })), "malformed_url");
  assert.throws(() => make({ lease: 59 }), /lease/);
  const inBody = new Webhook("figma", "hush");
  assert.throws(() => make({ webhook: inBody }), { code: "malformed_scheme", name: "ConfigurationError" });
  const refusedSchemas = { malformed_schema: { ping: { type: "nothing" } }, malformed_pattern: { "a*": true } };
  for (const [code, schemas] of Object.entries(refusedSchemas)) {
    assert.throws(() => make({ schemas, validator: Validator }), { code, name: "ConfigurationError" });
  }
});

test("schemes of one's own and headers of any case are taken", async () => {
  const posted = [];
  const acme = new Scheme({ name: "acme", headers: { signature: "x-acme" } });
  const spy = async (_, init) => posted.push(init.headers) && new Response("");
  const sender = make({ schemes: [acme], fetch: spy, webhook: new Webhook("github", "hush") });
  await sender.putEndpoint({ id: "a", url: URL, scheme: "acme", secrets: "hush", headers: { "X-Tenant": "7" } });
  await sender.putEndpoint({ id: "b", url: URL });
  await sender.send("a", "ping", {});
  await sender.send("b", "ping", {});
  await sender.deliverDue();
  assert.equal(posted[0].get("x-tenant"), "7");
  assert.ok(posted[0].get("x-acme") && posted[1].get("x-hub-signature-256"));
});

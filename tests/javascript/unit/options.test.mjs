/** Options that there are not: a guard whose name is misspelt must not be silently off. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Backoff, RetryPolicy, Scheme, Webhook } from "countersign";
import { KeyFetcher } from "countersign/asymmetric";
import { explain } from "countersign/explain";
import { fetchHandler } from "countersign/fetch";
import { Monitor, StatusPage, trace } from "countersign/monitor";
import { AddressPolicy, MemoryRateStore, MemoryReplayStore, RateLimit, Receiver, RedisStore } from "countersign/receiver";
import { DestinationRules, HEALTHY, HealthPolicy, MemorySenderStore, PostgresSenderStore, Sender } from "countersign/sender";
import { signedRequest } from "countersign/testing";

const webhook = new Webhook("github", "hush");
const receiver = () => new Receiver(webhook, { log: null });
const sender = () => new Sender({ store: new MemorySenderStore(), log: null });
const client = { sendCommand: async () => null, evalSha: async () => null, eval: async () => null };
const pool = { query: async () => ({ rows: [] }), connect: async () => null };
const outcome = { status: 500 };
const endpoint = { id: "a", url: "https://a.example/", secrets: "hush" };

/** Each call with options, one of them misspelt, and what was meant. */
const CALLS = {
  "new Webhook": [(given) => new Webhook("whatsapp", "hush", given), "verify_token", "verifyToken"],
  "sign": [(given) => webhook.sign("{}", given), "nwo", undefined],
  "signBody": [(given) => new Webhook("figma", "hush").signBody("{}", given), "Method", "method"],
  "checkHead": [(given) => webhook.checkHead({ method: "POST", ...given }, 10), "content_encoding", "contentEncoding"],
  "signedRequest": [(given) => signedRequest("github", "hush", null, given), "tpye", undefined],
  "explain": [(given) => explain({ scheme: "github", secrets: "hush", ...given }, { body: "", headers: {} }), "tolerence", "tolerance"],
  "Backoff.fixed": [(given) => Backoff.fixed([1], given), "jiter", "jitter"],
  "Backoff.standard": [(given) => Backoff.standard(given), "jiter", "jitter"],
  "Backoff.exponential": [(given) => Backoff.exponential(1, { attempts: 2, ...given }), "kap", "cap"],
  "new RetryPolicy": [(given) => new RetryPolicy(Backoff.standard(), given), "retryStatus", "retryStatuses"],
  "decide": [(given) => RetryPolicy.standard().decide(1, { ...outcome, ...given }), "retry_after", "retryAfter"],
  "new KeyFetcher": [(given) => new KeyFetcher(given), "by_key_id", "byKeyId"],
  "new Receiver": [(given) => new Receiver(webhook, given), "adress", "address"],
  "new AddressPolicy": [(given) => new AddressPolicy(given), "allowed", "allow"],
  "new RateLimit": [(given) => new RateLimit({ requests: 1, window: 1, ...given }), "windows", "window"],
  "new MemoryReplayStore": [(given) => new MemoryReplayStore(given), "capasity", "capacity"],
  "new MemoryRateStore": [(given) => new MemoryRateStore(given), "size", undefined],
  "new RedisStore": [(given) => new RedisStore(client, given), "time_out", "timeout"],
  "fetchHandler": [(given) => fetchHandler(receiver(), given), "Peer", "peer"],
  "new Monitor": [(given) => new Monitor(given), "mostType", "mostTypes"],
  "new StatusPage": [(given) => new StatusPage(new Monitor(), "a token of the reader's", given), "paths", "path"],
  "trace": [(given) => trace(receiver(), { tracer: { startSpan() {} }, ...given }), "name", undefined],
  "new Sender": [(given) => new Sender({ store: new MemorySenderStore(), ...given }), "payload_limit", "payloadLimit"],
  "timeouts": [(timeouts) => new Sender({ store: new MemorySenderStore(), timeouts }), "first_byte", "firstByte"],
  "retention": [(retention) => new Sender({ store: new MemorySenderStore(), retention }), "deaf", "dead"],
  "new MemorySenderStore": [(given) => new MemorySenderStore(given), "clok", "clock"],
  "new PostgresSenderStore": [(given) => new PostgresSenderStore(pool, given), "timeOut", "timeout"],
  "new DestinationRules": [(given) => new DestinationRules(given), "allow_http", "allowHttp"],
  "new HealthPolicy": [(given) => new HealthPolicy(given), "disable_after", "disableAfter"],
  "observe": [(given) => new HealthPolicy().observe(HEALTHY, { ...outcome, ...given }), "retryafter", "retryAfter"],
  "putEndpoint": [(given) => sender().putEndpoint({ ...endpoint, ...given }), "event_types", "eventTypes"],
  "send": [(given) => sender().send("https://a.example/", "ping", {}, given), "owner", undefined],
  "publish": [(given) => sender().publish("ping", {}, given), "idempotency_key", "idempotencyKey"],
  "deliveries": [(given) => sender().deliveries(given), "endpiont", "endpoint"],
  "deadLetters": [(given) => sender().deadLetters(given), "limits", "limit"],
  "replay": [(given) => sender().replay(given), "raeson", "reason"],
  "replayAll": [(given) => sender().replayAll(given, { perSecond: 1 }), "state", undefined],
  "a pace": [(given) => sender().replayAll({}, { perSecond: 1, ...given }), "per_second", "perSecond"],
  "standings": [(given) => sender().standings(given), "limt", "limit"],
};

for (const [name, [call, misspelt, meant]] of Object.entries(CALLS)) {
  test(`${name}: a key that there is not is refused, with the one that is meant`, async () => {
    const error = await refused(() => call({ [misspelt]: undefined }));
    const [, key, suggested] = /^(\S+) is no key of [a-z' ]+(?:; is (\S+) meant\?)?$/.exec(error.message) ?? [];
    assert.deepEqual([key, suggested], [misspelt, meant], error.message);
  });
}

const OPTIONAL = ["new Webhook", "new KeyFetcher", "new Receiver", "new AddressPolicy", "new HealthPolicy", "deliveries", "replay"];
/** What has no keys of its own, or none that are looked at. */
const OTHERS = {
  "an array": () => ["10.0.0.0/8"],
  "an empty array": () => [],
  "a set": () => new Set(["10.0.0.0/8"]),
  "a map": () => new Map([["allow", []]]),
  "a policy": () => new AddressPolicy(),
  "a limit's store": () => new MemoryRateStore(),
  "a function": () => () => undefined,
};

for (const name of OPTIONAL) {
  test(`${name}: what is no object with keys is refused`, async () => {
    const [call] = CALLS[name];
    for (const make of Object.values(OTHERS)) {
      const { message } = await refused(() => call(make()));
      assert.match(message, /must be an object/);
      assert.ok(!message.includes("10.0.0.0"), message);
    }
  });
}

test("options of every origin are taken", () => {
  class Options {
    get bodyLimit() {
      return 7;
    }
  }
  const inherited = Object.create({ bodyLimit: 7 });
  const bare = Object.assign(Object.create(null), { bodyLimit: 7 });
  const frozen = Object.freeze({ bodyLimit: 7, [Symbol("mine")]: 7 });
  for (const given of [new Options(), inherited, bare, frozen, {}, Object.create(null), null, undefined]) {
    assert.ok(new Receiver(webhook, given) instanceof Receiver);
  }
});

test("names that the prototype has are no options", async () => {
  for (const key of ["constructor", "toString", "hasOwnProperty"]) {
    const { message } = await refused(() => new Receiver(webhook, { [key]: 1 }));
    assert.ok(message.startsWith(`${key} is no key of the options`), message);
  }
});

test("the context of a request may be the request, and the reported one that which was signed", () => {
  const secret = "hush";
  const request = signedRequest("github", secret);
  assert.equal(webhook.verify(request.body, request.headers, request).keyIndex, 0);
  assert.equal(webhook.verify(request.body, request.headers, request.toRequest()).keyIndex, 0);
  assert.ok(explain({ scheme: "github", secrets: secret }, request).accepted);
  for (const context of [[], new Map()]) {
    assert.throws(() => webhook.verify(request.body, request.headers, context), TypeError);
  }
});

test("headers to send are an object: others would be left out", async () => {
  for (const headers of [new Headers({ "x-a": "b" }), new Map([["x-a", "b"]]), [["x-a", "b"]]]) {
    await refused(() => sender().putEndpoint({ ...endpoint, headers }));
    await refused(() => signedRequest("github", "hush", null, { headers }));
  }
});

test("a description that says the same in both spellings is refused", () => {
  const description = { name: "acme", headers: { signature: "x-a" }, event_id: ["body:id"] };
  assert.throws(() => new Scheme({ ...description, eventId: ["body:uuid"] }), {
    name: "TypeError",
    message: "a scheme's description has event_id in both spellings",
  });
  assert.equal(new Scheme({ ...description, eventId: undefined }).name, "acme");
});

/** The `TypeError` that this throws or rejects with. */
async function refused(action) {
  try {
    await action();
  } catch (error) {
    assert.ok(error instanceof TypeError, error.stack);
    return error;
  }
  return assert.fail("it was taken");
}

/** Schemes, secrets and tolerances. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";

import { ConfigurationError, generateSecret, Scheme, Secret, Tolerance, Webhook } from "countersign";

import { assertCode, BODY, isLeftOut, NOW, SECRET, thrownBy } from "./helpers.mjs";

const description = { name: "acme", headers: { signature: "x-signature" } };

test("all registered schemes can be had by name", () => {
  const names = Scheme.names();
  for (const name of ["standard", "svix", "github", "stripe", "slack", "shopify", "sha256"]) {
    assert.ok(names.includes(name), name);
  }
  for (const name of names) {
    assert.equal(Scheme.named(name).name, name);
    if (isLeftOut(name)) {
      continue;
    }
    const secret = name.startsWith("adyen") ? "00ff" : SECRET;
    const [one, two] = [name, Scheme.named(name)].map((scheme) => new Webhook(scheme, secret));
    assert.deepEqual(one.headerNames, two.headerNames);
  }
  names.push("mine");
  assert.ok(!Scheme.names().includes("mine"));
});

test("schemes have other names, and say whether their provider confirms them", () => {
  assert.equal(Scheme.named("whatsapp").name, "meta");
  assert.ok(Scheme.named("meta").aliases.includes("whatsapp"));
  assert.ok(!Scheme.names().includes("whatsapp"));
  assert.ok(Scheme.named("stripe").isConfirmed);
  assert.ok(!Scheme.named("vercel").isConfirmed);
  const own = new Scheme(description);
  assert.deepEqual([own.aliases, own.isConfirmed], [[], true]);
});

test("a name that is not registered is unknown_scheme, whatever it is", () => {
  for (const name of [
    "",
    "Stripe",
    "constructor",
    "__proto__",
    "standard ",
    "standard\0",
    "日本",
    "x".repeat(1 << 20),
  ]) {
    assertCode("unknown_scheme", () => Scheme.named(name));
    assertCode("unknown_scheme", () => new Webhook(name, "hush"));
  }
  assert.ok(thrownBy(() => Scheme.named("\ud800")) instanceof TypeError);
});

const FULL = {
  name: "full",
  headers: [{ signature: "x-signature", id: "x-id", timestamp: "x-time" }],
  prefix: "v1=",
  separator: ",",
  algorithm: "hmac-sha512",
  encoding: "base64",
  key: "hex",
  secretPrefix: "key_",
  content: "{id}.{timestamp}.{body}",
  timestampFormat: "milliseconds",
  tolerance: new Tolerance({ past: 10, future: null }),
  payload: "json",
  eventId: "id",
  eventType: ["body:event.name", "header:x-type"],
  eventTime: "body:at",
  dedupe: ["id"],
  eventTimeFormat: "rfc3339",
  required: ["type"],
  data: "event.data",
};

test("a description is read in camelCase and in snake_case", () => {
  const snake = Object.entries(FULL).map(([key, value]) => [
    key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
    value,
  ]);
  const body = '{"event":{"name":"ping","data":[1]},"at":"2023-11-14T22:13:20.5Z"}';
  for (const given of [FULL, Object.fromEntries(snake)]) {
    const webhook = new Webhook(new Scheme(given), "key_00ff");
    const signed = webhook.sign(body, { id: "m", now: NOW + 0.25 });
    assert.equal(signed["x-time"], "1700000000250");
    const event = webhook.unwrap(body, signed, { now: NOW + 10.25 });
    assert.deepEqual(event.toJSON(), {
      id: "m",
      type: "ping",
      timestamp: NOW + 0.5,
      data: [1],
      dedupeKey: "full:m",
      keyIndex: 0,
    });
    assertCode("timestamp_too_old", () => webhook.verify(body, signed, { now: NOW + 10.251 }));
    assert.deepEqual({ ...webhook.tolerance }, { past: 10, future: null });
  }
});

test("null and undefined mean the default of a part that has one", () => {
  const optional = Object.keys(FULL).filter((key) => !["name", "headers"].includes(key));
  const expected = new Webhook(new Scheme(description), "hush").sign(BODY);
  for (const absent of [null, undefined]) {
    const given = { ...description, ...Object.fromEntries(optional.map((key) => [key, absent])) };
    assert.deepEqual(new Webhook(new Scheme(given), "hush").sign(BODY), expected);
  }
});

test("a key that there is not is a TypeError", () => {
  const wrong = [
    { prefx: "a=" },
    { Prefix: "a=" },
    { "event-id": "id" },
    { constructor: 1 },
    JSON.parse('{"__proto__":1}'),
  ];
  for (const more of wrong) {
    const given = { ...description };
    Object.defineProperties(given, Object.getOwnPropertyDescriptors(more));
    assert.ok(thrownBy(() => new Scheme(given)) instanceof TypeError, JSON.stringify(more));
  }
  const set = { signature: "x-signature", time: "x-time" };
  assert.ok(thrownBy(() => new Scheme({ name: "acme", headers: set })) instanceof TypeError);
});

test("a description that breaks a rule is malformed_scheme with the rule", () => {
  const cases = [
    [{ name: "Acme" }, /its name is not/],
    [{ headers: [] }, /no signature header/],
    [{ headers: {} }, /no signature header/],
    [{ headers: { signature: "X-Signature" } }, /header name/],
    [{ headers: Array(5).fill({ signature: "x-a" }) }, /more than 4 header sets/],
    [{ algorithm: "md5" }, /algorithm is not one of hmac-sha256/],
    [{ encoding: "" }, /encoding is not one of/],
    [{ content: "{nobody}" }, /unknown part/],
    [{ separator: "ab" }, /separator/],
    [{ required: ["data"] }, /required is not one of id, type/],
    [{ eventId: Array(5).fill("body:a") }, /more than 4 sources/],
  ];
  for (const [part, message] of cases) {
    const error = assertCode("malformed_scheme", () => new Scheme({ ...description, ...part }));
    assert.ok(error instanceof ConfigurationError);
    assert.match(error.message, message);
  }
});

test("changing a description afterwards changes no scheme", () => {
  const given = { ...description, headers: { signature: "x-one" } };
  const webhook = new Webhook(new Scheme(given), "hush");
  given.headers.signature = "x-two";
  assert.deepEqual(webhook.headerNames, ["x-one"]);
});

test("a description of enormous parts is answered", () => {
  const long = "a".repeat(1 << 20);
  for (const part of [
    { name: long },
    { prefix: `${long}=` },
    { content: `{body}${"{id}".repeat(1e5)}` },
    { data: long },
  ]) {
    try {
      new Scheme({ ...description, ...part });
    } catch (error) {
      assert.equal(error.code, "malformed_scheme");
    }
  }
  const sources = { ...description, eventId: Array(1e5).fill("body:a") };
  assertCode("malformed_scheme", () => new Scheme(sources));
});

test("a secret that is empty, padded or of another form is refused by name", () => {
  assertCode("empty_secret", () => new Secret(""));
  assertCode("empty_secret", () => Secret.fromBytes(new Uint8Array(0)));
  assertCode("empty_secret", () => new Webhook("standard", "whsec_"));
  for (const space of [" ", "\n", "\t", "\u00a0", "\u2028", "\ufeff", "\u3000"]) {
    assertCode("malformed_secret", () => new Secret(`hush${space}`));
    assertCode("malformed_secret", () => new Webhook("github", `${space}hush`));
  }
  assertCode("malformed_secret", () => new Webhook("standard", "not base64!"));
  assertCode("malformed_secret", () => new Webhook(new Scheme({ ...description, key: "hex" }), "abc"));
});

test("a secret of another type is a TypeError that asks for the setting", () => {
  for (const secret of [undefined, null]) {
    assert.match(thrownBy(() => new Webhook("github", secret)).message, /is the setting that holds it set\?/);
    assert.match(thrownBy(() => new Webhook("github", ["hush", secret])).message, /is the setting/);
  }
  for (const secret of [5, true, {}, [5], Buffer.from("hush"), ["hush", Buffer.from("hush")]]) {
    assert.ok(thrownBy(() => new Webhook("github", secret)) instanceof TypeError);
  }
  assert.ok(thrownBy(() => new Secret("hush\ud800")) instanceof TypeError);
  assert.ok(thrownBy(() => Secret.fromBytes("hush")) instanceof TypeError);
});

test("a secret may be any text", () => {
  for (const text of ["é", "日本", "😀", "a\0b", "x".repeat(4096)]) {
    const webhook = new Webhook("github", text);
    assert.ok(webhook.verify(BODY, webhook.sign(BODY)));
    const bytes = new Webhook("github", Secret.fromBytes(new TextEncoder().encode(text)));
    assert.deepEqual(bytes.sign(BODY), webhook.sign(BODY));
  }
});

test("a key's bytes can be changed afterwards", () => {
  const key = new Uint8Array([1, 2, 3]);
  const webhook = new Webhook("github", Secret.fromBytes(key));
  const before = webhook.sign(BODY);
  key.fill(9);
  assert.deepEqual(webhook.sign(BODY), before);
});

test("a secret shows nothing of itself", () => {
  const secret = new Secret("hush-hush");
  for (const text of [
    String(secret),
    `${secret}`,
    inspect(secret, { showHidden: true }),
    JSON.stringify([secret]),
  ]) {
    assert.ok(!text.includes("hush"), text);
  }
  assert.deepEqual(Object.keys(secret), []);
});

test("generated secrets are secrets of Standard Webhooks, each another one", () => {
  const secrets = Array.from({ length: 100 }, generateSecret);
  assert.equal(new Set(secrets).size, 100);
  for (const secret of secrets) {
    assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
    assert.equal(Buffer.from(secret.slice(6), "base64").length, 32);
    assert.ok(new Webhook("standard", secret));
  }
});

test("a tolerance has two sides", () => {
  assert.deepEqual({ ...new Tolerance(60) }, { past: 60, future: 60 });
  assert.deepEqual({ ...new Tolerance({ past: 1, future: null }) }, { past: 1, future: null });
  assert.deepEqual({ ...Tolerance.unchecked() }, { past: null, future: null });
  assert.ok(Object.isFrozen(new Tolerance(1)));
});

test("a tolerance of anything but whole seconds is a TypeError", () => {
  for (const seconds of [-1, NaN, Infinity, 0.5, "300", true, null, undefined, 1n, [], () => 1]) {
    assert.ok(thrownBy(() => new Tolerance(seconds)) instanceof TypeError);
    assert.ok(thrownBy(() => new Tolerance({ past: seconds ?? "x", future: 1 })) instanceof TypeError);
  }
  for (const sides of [{}, { past: 1 }, { future: 1 }, { past: undefined, future: 1 }]) {
    assert.ok(thrownBy(() => new Tolerance(sides)) instanceof TypeError);
  }
  assert.ok(new Webhook("standard", SECRET, { tolerance: new Tolerance(2 ** 60) }));
});

test("a tolerance that runs code when it is read does not disturb the description", () => {
  const webhook = new Webhook("github", "hush");
  const tolerance = Object.create(Tolerance.prototype, {
    past: {
      get() {
        webhook.sign("{}");
        return 5;
      },
    },
    future: { value: 7 },
  });
  const scheme = new Scheme({ name: "acme", headers: { signature: "x-acme-signature" }, tolerance });
  assert.equal(scheme.name, "acme");
});

test("a description of hundreds of megabytes is a TypeError", () => {
  const name = "a".repeat(1 << 28);
  assert.ok(thrownBy(() => new Scheme({ name, headers: { signature: "x" } })) instanceof TypeError);
});

/** Headers in every form that frameworks have, and what is none. */

import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { test } from "node:test";

import { Webhook } from "countersign";

import { assertCode, BODY, NOW, standardRequest, thrownBy } from "./helpers.mjs";

const { webhook, headers, context } = standardRequest();
const pairs = Object.entries(headers);
const upper = pairs.map(([name, value]) => [name.toUpperCase(), value]);
const odd = pairs.map(([name, value]) => [name.replace(/[eoh]/g, (letter) => letter.toUpperCase()), value]);

function verify(given) {
  return webhook.verify(BODY, given, context);
}

const FORMS = {
  Headers: () => new Headers(headers),
  "the headers of a Request": () => new Request("http://localhost/", { headers }).headers,
  "an object": () => headers,
  "an object without prototype": () => Object.assign(Object.create(null), headers),
  "a frozen object": () => Object.freeze({ ...headers }),
  "an object with arrays": () => Object.fromEntries(pairs.map(([name, value]) => [name, [value]])),
  "an object with equal values": () =>
    Object.fromEntries(pairs.map(([name, value]) => [name, [value, value]])),
  "an object in upper case": () => Object.fromEntries(upper),
  "an object in odd case": () => Object.fromEntries(odd),
  "an object with absent values": () => ({
    ...headers,
    "X-Absent": undefined,
    "webhook-ID": null,
    "Webhook-Id": [],
  }),
  "an object with other names": () => ({
    ...headers,
    constructor: "a",
    toString: "b",
    "": "c",
    host: ["d", "e"],
  }),
  "an object with an own __proto__": () =>
    JSON.parse(JSON.stringify(headers).replace("{", '{"__proto__":{"a":1},')),
  "an instance of a class": () => Object.assign(new (class Bag {})(), headers),
  "a Map": () => new Map(pairs),
  "a Map with arrays": () => new Map(pairs.map(([name, value]) => [name, [value]])),
  "a subclass of Map": () => new (class Own extends Map {})(pairs),
  pairs: () => pairs,
  "pairs in upper case": () => upper,
  "pairs with equal values": () => [...pairs, ...upper, ...odd],
  "entries of Headers": () => new Headers(headers).entries(),
  "a generator": () =>
    (function* () {
      yield* pairs;
    })(),
  "an iterable of one's own": () => ({ [Symbol.iterator]: () => pairs.values() }),
  "an object with get and has": () => ({
    get: (name) => headers[name] ?? null,
    has: (name) => name in headers,
  }),
};

for (const [name, make] of Object.entries(FORMS)) {
  test(`${name}: accepted`, () => {
    assert.equal(verify(make()).id, "msg_1");
  });
}

test("the headers of a request that Node received are accepted in all their forms", async () => {
  const server = createServer((incoming, response) => {
    const rawPairs = [];
    for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
      rawPairs.push(incoming.rawHeaders.slice(at, at + 2));
    }
    const ids = [incoming.headers, incoming.headersDistinct, rawPairs].map((form) => verify(form).id);
    response.end(JSON.stringify(ids));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const text = await new Promise((resolve, reject) => {
    const sent = request({ port: server.address().port, host: "127.0.0.1", headers }, async (response) => {
      resolve((await response.toArray()).join(""));
    });
    sent.on("error", reject).end();
  });
  server.close();
  assert.deepEqual(JSON.parse(text), ["msg_1", "msg_1", "msg_1"]);
});

test("different values under one name are a conflict, however they are given", () => {
  const other = "msg_2";
  const conflicts = [
    { ...headers, "Webhook-Id": other },
    { ...headers, "webhook-id": ["msg_1", other] },
    [...pairs, ["WEBHOOK-ID", other]],
    new Map([...pairs, ["Webhook-ID", other]]),
    new Map([...pairs, ["webhook-id", ["msg_1", other]]]),
  ];
  for (const given of conflicts) {
    assertCode("conflicting_header", () => verify(given));
  }
});

test("an absent value is an absent header", () => {
  for (const absent of [undefined, null, [], [undefined], [null]]) {
    const error = assertCode("missing_header", () => verify({ ...headers, "webhook-id": absent }));
    assert.match(error.message, /webhook-id/);
  }
  assertCode("missing_header", () => verify({}));
  assertCode("missing_header", () => verify([]));
  assertCode("missing_header", () => verify(new Headers()));
});

test("an empty value is there and malformed", () => {
  assertCode("malformed_header", () => verify({ ...headers, "webhook-id": "" }));
  assertCode("conflicting_header", () => verify({ ...headers, "webhook-id": ["msg_1", ""] }));
});

test("inherited properties are no headers", () => {
  assertCode("missing_header", () => verify(Object.create(headers)));
});

test("values beyond visible ASCII are malformed, whatever they hold", () => {
  const values = [
    "é",
    "日本",
    "😀",
    "\ud800",
    "\udc00",
    "a\nb",
    "a\0b",
    "\x7f",
    "\u2028",
    "\ufeffmsg",
    "é".repeat(5000),
    "a\tb",
  ];
  for (const value of values) {
    const forms = [
      { ...headers, "webhook-id": value },
      [...pairs.filter(([name]) => name !== "webhook-id"), ["webhook-id", value]],
    ];
    for (const given of forms) {
      assertCode("malformed_header", () => verify(given));
    }
  }
});

test("two halves of a surrogate pair in neighbouring values do not become one character", () => {
  const split = [
    ["webhook-id", "\ud83d"],
    ["webhook-timestamp", "\ude00"],
    ["webhook-signature", "v1,a"],
  ];
  assertCode("malformed_header", () => verify(split));
});

test("names that are only like a header's name are other names", () => {
  const [, id] = pairs.find(([name]) => name === "webhook-id");
  // The long s and the Kelvin sign have ASCII letters as other case.
  for (const name of [
    "webhoo\u212a-id",
    "web\u017fhook-id",
    "webhook_id",
    " webhook-id",
    "webhook-id ",
    "webhook-id\0",
    "webhook-ıd",
  ]) {
    const given = { ...headers, [name]: id };
    delete given["webhook-id"];
    assertCode("missing_header", () => verify(given));
  }
});

test("a header that the scheme does not read may hold anything", () => {
  const given = { ...headers, cookie: 5, "x-object": {}, "x-symbol": Symbol("a"), "x-text": "\ud800" };
  assert.ok(verify(given));
});

const WRONG = [
  5,
  "text",
  true,
  () => headers,
  Symbol("a"),
  1n,
  undefined,
  null,
  [1],
  ["ab"],
  [["a"]],
  [["a", "b", "c"]],
  [[1, "a"]],
  [null],
];

test("what is no headers is a TypeError that says what is wanted", () => {
  for (const given of WRONG) {
    const error = thrownBy(() => verify(given));
    assert.ok(error instanceof TypeError, String(error));
    assert.match(error.message, /header/);
  }
});

test("a value of another type is a TypeError that names the header", () => {
  for (const value of [
    5,
    true,
    {},
    { toString: () => "msg_1" },
    Symbol("a"),
    1n,
    [5],
    [["msg_1"]],
    Object("msg_1"),
    new Date(),
  ]) {
    const error = thrownBy(() => verify({ ...headers, "webhook-id": value }));
    assert.ok(error instanceof TypeError, String(error));
    assert.match(error.message, /webhook-id/);
  }
});

test("headers that verify another request while they are read do not disturb this one", () => {
  const other = new Webhook("github", "hush");
  const signed = other.sign("{}");
  const reentrant = {
    get "webhook-id"() {
      assert.ok(other.verify("{}", signed));
      return headers["webhook-id"];
    },
    "webhook-timestamp": headers["webhook-timestamp"],
    "webhook-signature": headers["webhook-signature"],
  };
  assert.equal(verify(reentrant).id, "msg_1");
});

test("an error thrown by the headers themselves passes, and the next request is verified", () => {
  const own = new Error("mine");
  const failing = {
    get "webhook-id"() {
      throw own;
    },
  };
  assert.equal(
    thrownBy(() => verify(failing)),
    own,
  );
  assert.ok(verify(headers));
});

test("headers that a scheme reads for the event are looked up as the others", () => {
  const github = new Webhook("github", "hush");
  const signed = { ...github.sign("{}", { id: "d-1" }), "X-GitHub-Event": ["push"] };
  const event = github.unwrap("{}", signed);
  assert.equal(event.type, "push");
  assert.equal(event.id, "d-1");
  assert.equal(
    github.unwrap("{}", new Headers(Object.entries(signed).map(([n, v]) => [n, String(v)]))).type,
    "push",
  );
  assertCode("conflicting_header", () => github.unwrap("{}", { ...signed, "x-github-event": "pull" }));
});

test("fallback sets are taken in their order", () => {
  const svix = new Webhook("svix", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  assert.equal(svix.verify(BODY, headers, context).id, "msg_1");
  const both = { ...headers, ...svix.sign(BODY, { id: "msg_svix", now: NOW }) };
  assert.equal(svix.verify(BODY, both, context).id, "msg_svix");
});

/** JSON Schemas 2020-12: what they mean, which are refused, and whose events they are for. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { Validator } from "@cfworker/json-schema";
import { Miniflare } from "miniflare";

import { bundle, COMPATIBILITY_DATE } from "../runtimes/workerd/bundle.mjs";

import { assertCode } from "./helpers.mjs";
import { deliver, observed } from "./receiver-helpers.mjs";
import { differences } from "./schemas/cases.mjs";

test("each keyword means what 2020-12 says", async () => {
  assert.deepEqual(await differences(), []);
});

test("they work where eval is forbidden", async () => {
  const miniflare = new Miniflare({
    modules: await bundle(fileURLToPath(new URL("schemas/guest.mjs", import.meta.url))),
    compatibilityDate: COMPATIBILITY_DATE,
  });
  try {
    const response = await miniflare.dispatchFetch("http://localhost/");
    assert.deepEqual(await response.json(), []);
  } finally {
    await miniflare.dispose();
  }
});

const CIRCULAR = {};
CIRCULAR.properties = { a: CIRCULAR };

const REFUSED = {
  "no schema": [null, 1, "text", [], [{}], undefined, () => true, CIRCULAR, 10n],
  "a type that there is not": [{ type: "money" }, { type: [] }, { type: ["string", "string"] }, { type: null }],
  "values of the wrong type": [
    { required: "a" },
    { minimum: "1" },
    { maxLength: -1 },
    { minItems: 1.5 },
    { multipleOf: 0 },
    { enum: 1 },
    { properties: { a: 1 } },
    { properties: [] },
    { allOf: [] },
    { anyOf: {} },
    { items: [{ type: "string" }] },
    { not: 5 },
    { $ref: 1 },
    { $anchor: "1a" },
    { $id: "https://schemas.example.com/#fragment" },
  ],
  "deep inside": [{ properties: { a: { items: { anyOf: [true, { if: { minimum: null } }] } } } }],
  "another version": [{ $schema: "http://json-schema.org/draft-07/schema#" }],
  "a malformed pattern": [{ pattern: "(" }, { patternProperties: { "[": true } }, { pattern: "\\_" }],
  "dynamic references": [{ $dynamicRef: "#a", $defs: { a: { $dynamicAnchor: "a" } } }, { $recursiveRef: "#" }],
  "a reference to elsewhere": [
    { $ref: "https://schemas.example.com/event.json" },
    { $ref: "event.json" },
    { $ref: "//schemas.example.com/" },
    { $ref: "https://json-schema.org/draft/2020-12/schema" },
    { items: { $ref: "file:///etc/passwd" } },
    { $id: "https://schemas.example.com/a", $ref: "b" },
  ],
  "a reference to nothing": [{ $ref: "#/$defs/a" }, { $ref: "#a" }, { $ref: "#/$defs/%", $defs: { "%": true } }, { $ref: "http://[" }],
  "a reference to no schema": [{ $ref: "#/examples/0", examples: [{}] }, { $ref: "#/$defs", $defs: {} }, { $ref: "#/x/y", x: { y: {} } }],
  "a circle": [
    { $ref: "#" },
    { allOf: [{ $ref: "#" }] },
    { $ref: "#a", $defs: { a: { $anchor: "a", if: { $ref: "#/$defs/b" } }, b: { dependentSchemas: { c: { $ref: "#a" } } } } },
    { properties: { a: { $ref: "#/properties/a" } } },
  ],
  "one name twice": [{ $defs: { a: { $id: "https://schemas.example.com/a" }, b: { $id: "https://schemas.example.com/a" } } }],
};

for (const [what, schemas] of Object.entries(REFUSED)) {
  test(`a receiver is not made with ${what}`, () => {
    for (const schema of schemas) {
      assertCode("malformed_schema", () => observed({ schemas: { "*": schema }, validator: Validator }));
    }
  });
}

test("nothing is fetched, and the schema that was given is left as it was", async (context) => {
  const fetched = context.mock.method(globalThis, "fetch", () => assert.fail("something was fetched"));
  const schema = { $ref: "#/$defs/a%3F", $defs: { "a?": { type: "object", format: "email" } } };
  const before = structuredClone(schema);
  const { receiver } = observed({ schemas: { "*": Object.freeze(schema) }, validator: Validator });
  receiver.on("*", () => {});
  assert.equal(await deliver(receiver, "evt_1"), "200 handled");
  assert.deepEqual(schema, before);
  assert.deepEqual(Reflect.ownKeys(schema), Reflect.ownKeys(before));
  assert.equal(fetched.mock.callCount(), 0);
});

test("the most specific pattern's schema is the one that counts", async () => {
  const wanting = (name) => ({ properties: { data: { required: [name] } } });
  const schemas = { "*": wanting("a"), "payment.*": wanting("b"), "payment.failed": wanting("c") };
  const { receiver, outcomes } = observed({ schemas, validator: Validator });
  const seen = [];
  receiver.on("*", ({ type }) => seen.push(type));
  const send = (type, data) => deliver(receiver, `${type} ${JSON.stringify(data)}`, { type, data });
  assert.equal(await send("ping", { a: 1 }), "200 handled");
  assert.equal(await send("ping", { b: 1 }), "400 schema_mismatch");
  assert.equal(await send("payment.paid", { b: 1 }), "200 handled");
  assert.equal(await send("payment.paid", { a: 1 }), "400 schema_mismatch");
  assert.equal(await send("payment.failed", { c: 1 }), "200 handled");
  assert.equal(await send("payment.failed", { b: 1 }), "400 schema_mismatch");
  assert.deepEqual(seen, ["ping", "payment.paid", "payment.failed"]);
  assert.equal(outcomes.at(-1).eventType, "payment.failed");
});

test("events without a schema are not looked at, and a mismatch claims nothing", async () => {
  const schemas = { "payment.*": { required: ["id"], properties: { data: { type: "number" } } } };
  const { receiver } = observed({ schemas, validator: Validator });
  receiver.on("*", () => {});
  assert.equal(await deliver(receiver, "evt_1", { data: "text" }), "200 handled");
  const type = "payment.paid";
  assert.equal(await deliver(receiver, "evt_2", { type, data: "text" }), "400 schema_mismatch");
  assert.equal(await deliver(receiver, "evt_2", { type, data: 1 }), "200 handled");
});

test("patterns are those of handlers, and options of the wrong type are TypeErrors", () => {
  assertCode("malformed_pattern", () => observed({ schemas: { "a.*.b": true }, validator: Validator }));
  for (const schemas of [[], new Map([["*", true]]), "*", 1, false, new Set()]) {
    assert.throws(() => observed({ schemas, validator: Validator }), { name: "TypeError", message: /the schemas must be/ });
  }
  for (const validator of [undefined, null, {}, "Validator"]) {
    assert.throws(() => observed({ schemas: {}, validator }), { name: "TypeError", message: /the validator must be/ });
  }
  observed({ schemas: null });
});

/** Schemas with data that satisfies them and data that does not. Bound to no runtime. */

import { Validator } from "@cfworker/json-schema";
import { Webhook } from "countersign";
import { fetchHandler } from "countersign/fetch";
import { Receiver } from "countersign/receiver";
import { signedRequest } from "countersign/testing";

const SELF = "https://json-schema.org/draft/2020-12/schema";

/** Each with the schema of `data`, what fits and what does not. */
export const CASES = {
  true: [true, [null, 1], []],
  false: [false, [], [null, 1]],
  "no other properties": [{ properties: { a: true }, additionalProperties: false }, [{}, { a: 1 }, 3], [{ b: 1 }]],
  types: [{ $schema: SELF, type: ["integer", "null"] }, [1, 1.0, null], [1.5, "1", {}, [], false]],
  numbers: [{ minimum: 1, exclusiveMaximum: 3, multipleOf: 0.01 }, [1, 1.13, 2.99], [0.99, 3, 1.005]],
  text: [{ pattern: "^\\p{Lu}.$", maxLength: 2 }, ["Ö😀"], ["ö1", "Ö12"]],
  choice: [{ enum: [1, "a", { b: [null] }] }, [1, "a", { b: [null] }], [2, "1", { b: [] }]],
  constant: [{ const: { a: 1, b: 2 } }, [{ b: 2, a: 1 }], [{ a: 1 }, null]],
  tuples: [{ prefixItems: [{ type: "string" }], items: false }, [[], ["a"]], [[1], ["a", "b"]]],
  contains: [{ contains: { type: "number" }, minContains: 2, maxContains: 3 }, [[1, 2], ["a", 1, 2, 3]], [[1], [1, 2, 3, 4]]],
  unique: [{ uniqueItems: true, minItems: 1 }, [[1, "1"]], [[], [{ a: 1 }, { a: 1 }]]],
  required: [{ required: ["a"], minProperties: 2 }, [{ a: 1, b: 1 }, "text"], [{ a: 1 }, { b: 1, c: 1 }]],
  "required by others": [{ dependentRequired: { a: ["b"] } }, [{}, { b: 1 }, { a: 1, b: 1 }], [{ a: 1 }]],
  "schemas of others": [{ dependentSchemas: { a: { required: ["b"] } } }, [{ c: 1 }, { a: 1, b: 1 }], [{ a: 1 }]],
  "names of properties": [{ propertyNames: { pattern: "^a" } }, [{}, { ab: 1 }], [{ b: 1 }]],
  "patterns of properties": [{ patternProperties: { "^n_": { type: "number" } } }, [{ n_a: 1, b: "c" }], [{ n_a: "1" }]],
  "what is left": [
    { allOf: [{ properties: { a: true } }], properties: { b: true }, unevaluatedProperties: false },
    [{ a: 1, b: 1 }],
    [{ a: 1, c: 1 }],
  ],
  "items that are left": [{ prefixItems: [true], unevaluatedItems: { type: "null" } }, [[1, null]], [[1, 2]]],
  alternatives: [{ oneOf: [{ type: "number" }, { minimum: 5 }] }, [1, "a"], [6]],
  "one of some": [{ anyOf: [{ type: "number" }, { type: "null" }] }, [1, null], ["a"]],
  not: [{ not: { type: "null" } }, [1], [null]],
  conditions: [
    { if: { required: ["a"] }, then: { required: ["b"] }, else: { required: ["c"] } },
    [{ a: 1, b: 1 }, { c: 1 }],
    [{ a: 1 }, {}],
  ],
  definitions: [{ $ref: "#/$defs/a~1b%3F", $defs: { "a/b?": { type: "number" } } }, [1], ["1"]],
  anchors: [{ $ref: "#count", $defs: { a: { $anchor: "count", type: "number" } } }, [1], ["1"]],
  resources: [
    {
      $id: "https://schemas.example.com/root",
      $ref: "leaf#/$defs/b",
      $defs: { a: { $id: "leaf", $defs: { b: { type: "number" } } } },
    },
    [1],
    ["1"],
  ],
  recursion: [
    { type: "object", properties: { next: { $ref: "#" } }, additionalProperties: false },
    [{}, { next: { next: {} } }],
    [{ next: { next: 1 } }],
  ],
  "a note, not a rule": [{ format: "email", deprecated: true, contentMediaType: "image/png" }, ["no address"], []],
  "words of other versions": [
    { id: "https://elsewhere.example.com/", dependencies: { a: ["b"] }, $ref: "#/$defs/a", $defs: { a: true } },
    [{ a: 1 }],
    [],
  ],
};

/** The differences between what should become of each delivery and what does. */
export async function differences() {
  const found = [];
  for (const [name, [schema, fitting, others]] of Object.entries(CASES)) {
    const answers = [fitting, others].map((values) => Promise.all(values.map((value) => answerTo(schema, value))));
    const expected = [fitting.map(() => "200 handled"), others.map(() => "400 schema_mismatch")];
    const [given, wanted] = [await Promise.all(answers), expected].map((each) => JSON.stringify(each));
    if (given !== wanted) {
      found.push(`${name}: ${given}`);
    }
  }
  return found;
}

async function answerTo(schema, data) {
  const schemas = { "*": isolated(schema) };
  const receiver = new Receiver(new Webhook("sha256", "hush"), { log: null, schemas, validator: Validator });
  const { headers, body } = signedRequest("sha256", "hush", { id: "evt_1", type: "ping", data });
  const request = new Request("https://hooks.example.com/", { method: "POST", headers, body });
  const response = await fetchHandler(receiver.on("*", () => {}))(request);
  const { status, error } = await response.json();
  return `${response.status} ${status ?? error}`;
}

/** A schema of the whole payload by one of `data`, which keeps a URI of its own. */
function isolated(schema) {
  const named = typeof schema === "object" ? { $id: "https://schemas.example.com/data", ...schema } : schema;
  return { properties: { data: named } };
}

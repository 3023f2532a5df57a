/**
 * What is a JSON Schema 2020-12, as one schema without dynamic references, which validators that
 * need no `eval` do not follow. Source: https://json-schema.org/draft/2020-12/schema.
 */

const SCHEMA = { $ref: "#" };
const SCHEMAS = { type: "array", minItems: 1, items: SCHEMA };
const MAP = { type: "object", additionalProperties: SCHEMA };
const TEXT = { type: "string" };
const NUMBER = { type: "number" };
const COUNT = { type: "integer", minimum: 0 };
const NAMES = { type: "array", items: TEXT, uniqueItems: true };
const FLAG = { type: "boolean" };
const TYPE = { enum: ["array", "boolean", "integer", "null", "number", "object", "string"] };

/** The keywords whose value is a schema. */
export const SCHEMA_KEYWORDS = [
  "additionalProperties",
  "contains",
  "contentSchema",
  "else",
  "if",
  "items",
  "not",
  "propertyNames",
  "then",
  "unevaluatedItems",
  "unevaluatedProperties",
] as const;
/** The keywords whose value is an array of schemas. */
export const ARRAY_KEYWORDS = ["allOf", "anyOf", "oneOf", "prefixItems"] as const;
/** The keywords whose value is an object of schemas. */
export const MAP_KEYWORDS = ["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"] as const;
/** The keywords whose schemas are applied to the same value. */
export const IN_PLACE_KEYWORDS = ["allOf", "anyOf", "else", "if", "not", "oneOf", "then"] as const;

export const META_SCHEMA = {
  type: ["object", "boolean"],
  properties: {
    ...Object.fromEntries(SCHEMA_KEYWORDS.map((keyword) => [keyword, SCHEMA])),
    ...Object.fromEntries(ARRAY_KEYWORDS.map((keyword) => [keyword, SCHEMAS])),
    ...Object.fromEntries(MAP_KEYWORDS.map((keyword) => [keyword, MAP])),
    $id: { type: "string", pattern: "^[^#]*#?$" },
    $schema: { const: "https://json-schema.org/draft/2020-12/schema" },
    $ref: TEXT,
    $anchor: { type: "string", pattern: "^[A-Za-z_][-A-Za-z0-9._]*$" },
    $comment: TEXT,
    $vocabulary: { type: "object", additionalProperties: FLAG },
    type: { anyOf: [TYPE, { type: "array", items: TYPE, minItems: 1, uniqueItems: true }] },
    enum: { type: "array" },
    multipleOf: { type: "number", exclusiveMinimum: 0 },
    maximum: NUMBER,
    exclusiveMaximum: NUMBER,
    minimum: NUMBER,
    exclusiveMinimum: NUMBER,
    maxLength: COUNT,
    minLength: COUNT,
    pattern: TEXT,
    maxItems: COUNT,
    minItems: COUNT,
    uniqueItems: FLAG,
    maxContains: COUNT,
    minContains: COUNT,
    maxProperties: COUNT,
    minProperties: COUNT,
    required: NAMES,
    dependentRequired: { type: "object", additionalProperties: NAMES },
    title: TEXT,
    description: TEXT,
    deprecated: FLAG,
    readOnly: FLAG,
    writeOnly: FLAG,
    examples: { type: "array" },
    format: TEXT,
    contentEncoding: TEXT,
    contentMediaType: TEXT,
    // They would be passed over, and with them what they forbid.
    $dynamicRef: false,
    $recursiveRef: false,
  },
};

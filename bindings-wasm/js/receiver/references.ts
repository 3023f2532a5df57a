/** Makes a copy of a schema ready for validation, and finds what it refers to outside of itself. */

import { ARRAY_KEYWORDS, MAP_KEYWORDS, SCHEMA_KEYWORDS } from "./meta-schema.js";

type Schema = Record<string, unknown>;

/** A name that nobody can fetch, for schemas without one. */
const BASE = "countersign:/schema";

/** Whether every `$ref` leads to a part of the schema itself, and every pattern is one. */
export class References {
  /** The schemas that have a URI, by that. */
  readonly #resources = new Map<string, unknown>();
  readonly #anchors = new Set<string>();
  readonly #wanted: URL[] = [];

  /** @throws If a URI or a pattern is malformed. */
  constructor(schema: unknown) {
    const base = new URL(BASE);
    this.#resources.set(withoutFragment(base), schema);
    this.#visit(schema, base);
  }

  areInside(): boolean {
    return this.#wanted.every((url) => {
      const fragment = decodeURIComponent(url.hash.slice(1));
      const resource = this.#resources.get(withoutFragment(url));
      if (resource === undefined) {
        return false;
      }
      if (fragment === "" || fragment.startsWith("/")) {
        return isSchema(follow(resource, fragment));
      }
      return this.#anchors.has(url.href);
    });
  }

  #visit(schema: unknown, outer: URL): void {
    if (typeof schema !== "object" || schema === null) {
      return;
    }
    const known = schema as Schema;
    let base = outer;
    if (typeof known.$id === "string") {
      base = new URL(known.$id, outer);
      this.#resources.set(withoutFragment(base), schema);
    }
    if (typeof known.$anchor === "string") {
      this.#anchors.add(new URL(`#${known.$anchor}`, base).href);
    }
    if (typeof known.$ref === "string") {
      this.#wanted.push(new URL(known.$ref, base));
    }
    // In 2020-12 it is a note to the reader, while some validators take it for a rule.
    delete known.format;
    const patterns = Object.keys((known.patternProperties ?? {}) as Schema);
    for (const pattern of typeof known.pattern === "string" ? [known.pattern, ...patterns] : patterns) {
      new RegExp(pattern, "u");
    }
    for (const inner of innerOf(known)) {
      this.#visit(inner, base);
    }
  }
}

function innerOf(schema: Schema): unknown[] {
  const single = SCHEMA_KEYWORDS.map((keyword) => schema[keyword]);
  const several = [...ARRAY_KEYWORDS, ...MAP_KEYWORDS].flatMap((keyword) => Object.values((schema[keyword] ?? {}) as Schema));
  return [...single, ...several];
}

function withoutFragment(url: URL): string {
  return url.href.split("#", 1)[0]!;
}

/** What a JSON Pointer (RFC 6901) leads to. */
function follow(from: unknown, pointer: string): unknown {
  const steps = pointer.split("/").slice(1);
  return steps.reduce<unknown>((at, step) => {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    return typeof at === "object" && at !== null && Object.hasOwn(at, key) ? (at as Schema)[key] : undefined;
  }, from);
}

function isSchema(value: unknown): boolean {
  return typeof value === "boolean" || (typeof value === "object" && value !== null && !Array.isArray(value));
}

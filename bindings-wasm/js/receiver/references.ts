/** Makes a copy of a schema ready for validation, and finds where its references lead. */

import { ARRAY_KEYWORDS, IN_PLACE_KEYWORDS, MAP_KEYWORDS, SCHEMA_KEYWORDS } from "./meta-schema.js";

type Schema = Record<string, unknown>;

/** A name that nobody can fetch, for schemas without one. */
const BASE = "countersign:/schema";

/**
 * What is a note to the reader in 2020-12, or of another version and nothing, while some validators
 * take it for a rule.
 */
const NO_RULES = ["$recursiveAnchor", "additionalItems", "dependencies", "format", "id"] as const;

/** Where the references of a schema lead. */
export class References {
  /** Every schema inside of the schema. */
  readonly #schemas = new Set<unknown>();
  /** Those that have a URI, by that. */
  readonly #resources = new Map<string, unknown>();
  readonly #anchors = new Map<string, unknown>();
  /** Where the reference of a schema points to. */
  readonly #wanted = new Map<Schema, URL>();

  /** @throws If a URI or a pattern is malformed. */
  constructor(schema: unknown) {
    const base = new URL(BASE);
    this.#resources.set(withoutFragment(base), schema);
    this.#visit(schema, base);
  }

  /** Whether every `$ref` leads to a schema inside, and none leads back without taking a step into the payload. */
  areSound(): boolean {
    const targets = [...this.#wanted.values()].map((url) => this.#target(url));
    return targets.every((target) => typeof target === "boolean" || this.#schemas.has(target)) && !this.#haveLoop();
  }

  #target(url: URL): unknown {
    const fragment = decodeURIComponent(url.hash.slice(1));
    if (fragment === "" || fragment.startsWith("/")) {
      return follow(this.#resources.get(withoutFragment(url)), fragment);
    }
    return this.#anchors.get(url.href);
  }

  /** Whether a validator would never come to an end. */
  #haveLoop(): boolean {
    const done = new Set<unknown>();
    const open = new Set<unknown>();
    const leadsBack = (schema: unknown): boolean => {
      if (typeof schema !== "object" || schema === null || done.has(schema)) {
        return false;
      }
      if (open.has(schema)) {
        return true;
      }
      open.add(schema);
      const wanted = this.#wanted.get(schema as Schema);
      const applied = inPlaceOf(schema as Schema);
      const found = (wanted === undefined ? applied : [this.#target(wanted), ...applied]).some(leadsBack);
      open.delete(schema);
      done.add(schema);
      return found;
    };
    return [...this.#schemas].some(leadsBack);
  }

  #visit(schema: unknown, outer: URL): void {
    if (typeof schema !== "object" || schema === null) {
      return;
    }
    const known = schema as Schema;
    this.#schemas.add(known);
    let base = outer;
    if (typeof known.$id === "string") {
      base = new URL(known.$id, outer);
      this.#resources.set(withoutFragment(base), schema);
    }
    if (typeof known.$anchor === "string") {
      this.#anchors.set(new URL(`#${known.$anchor}`, base).href, known);
    }
    if (typeof known.$ref === "string") {
      const url = new URL(known.$ref, base);
      this.#wanted.set(known, url);
      known.$ref = asValidatorsWriteIt(known.$ref, url);
    }
    for (const keyword of NO_RULES) {
      delete known[keyword];
    }
    const patterns = Object.keys((known.patternProperties ?? {}) as Schema);
    for (const pattern of typeof known.pattern === "string" ? [known.pattern, ...patterns] : patterns) {
      new RegExp(pattern, "u");
    }
    for (const inner of innerOf(known)) {
      this.#visit(inner, base);
    }
  }
}

/** Validators compare fragments as text, and escape no more than must be. */
function asValidatorsWriteIt(reference: string, { hash }: URL): string {
  return hash === "" ? reference : `${reference.split("#", 1)[0]}#${encodeURI(decodeURIComponent(hash.slice(1)))}`;
}

function innerOf(schema: Schema): unknown[] {
  const single = SCHEMA_KEYWORDS.map((keyword) => schema[keyword]);
  const several = [...ARRAY_KEYWORDS, ...MAP_KEYWORDS].flatMap((keyword) => Object.values((schema[keyword] ?? {}) as Schema));
  return [...single, ...several];
}

/** The schemas that a schema applies to the very value that it is applied to. */
function inPlaceOf(schema: Schema): unknown[] {
  const given = IN_PLACE_KEYWORDS.map((keyword) => schema[keyword]);
  const several = Object.values((schema.dependentSchemas ?? {}) as Schema);
  return [...given.flat(), ...several];
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

/** What payloads must be, by event type. */

import { text, wrong } from "../check.js";
import { attempt, type CountersignError } from "../errors.js";
import { META_SCHEMA } from "./meta-schema.js";
import { References } from "./references.js";

/** JSON Schemas 2020-12 by pattern of event types, as in {@link Routes}. */
export type SchemasByPattern = Readonly<Record<string, object | boolean>>;

/**
 * The class `Validator` of the package `@cfworker/json-schema`, which works where `eval` is
 * forbidden, or one of the same form.
 */
export type SchemaValidator = new (
  // Any object is offered, and each package has a type of its own for schemas.
  schema: any,
  draft: "2020-12",
  shortCircuit: boolean,
) => { validate(instance: unknown): { readonly valid: boolean } };

/** What the core does for schemas: receivers and senders have it in modules of their own. */
export interface SchemaCore {
  readonly routes: { add(pattern: string): number; find(eventType?: string | null): number | undefined };
  readonly refusal: (code: "malformed_schema" | "schema_mismatch") => CountersignError;
}

/** Schemas that were checked. */
export class Schemas {
  readonly #core: SchemaCore;
  /** By the numbers of the patterns. */
  readonly #validators: InstanceType<SchemaValidator>[] = [];

  /**
   * @throws {@link ConfigurationError} `malformed_schema`, also for a reference to another
   * document: nothing is ever fetched; `malformed_pattern`, `duplicate_handler`.
   */
  constructor(schemas: unknown, validator: unknown, core: SchemaCore) {
    this.#core = core;
    // What can be iterated, such as a Map, has no patterns as its keys.
    if (typeof schemas !== "object" || schemas === null || Symbol.iterator in schemas) {
      throw wrong("the schemas", "an object of schemas by pattern", schemas);
    }
    if (typeof validator !== "function") {
      throw wrong("the validator", "the class Validator of @cfworker/json-schema", validator);
    }
    const Validator = validator as SchemaValidator;
    const meta = new Validator(structuredClone(META_SCHEMA), "2020-12", true);
    for (const [pattern, schema] of Object.entries(schemas)) {
      const compiled = compile(Validator, meta, schema);
      if (compiled === null) {
        throw core.refusal("malformed_schema");
      }
      this.#validators[attempt(() => core.routes.add(text("the pattern", pattern)))] = compiled;
    }
  }

  /** @throws {@link PayloadError} `schema_mismatch`; {@link ConfigurationError} `malformed_schema`. */
  check(eventType: string | null, payload: unknown): void {
    const place = this.#core.routes.find(eventType);
    if (place === undefined) {
      return;
    }
    let valid: boolean;
    try {
      ({ valid } = this.#validators[place]!.validate(payload));
    } catch {
      // The schema is to blame, in a way that could not be seen before.
      throw this.#core.refusal("malformed_schema");
    }
    if (!valid) {
      throw this.#core.refusal("schema_mismatch");
    }
  }
}

/** `null` if it is malformed. */
function compile(
  Validator: SchemaValidator,
  meta: InstanceType<SchemaValidator>,
  schema: unknown,
): InstanceType<SchemaValidator> | null {
  try {
    // Validators leave marks in what they are given.
    const copy: unknown = JSON.parse(JSON.stringify(schema));
    if (meta.validate(copy).valid && new References(copy).areSound()) {
      return new Validator(copy, "2020-12", true);
    }
  } catch {
    // No JSON, a malformed URI or pattern, or something that the validator does not take.
  }
  return null;
}

import { text, wrong } from "./check.js";
import { glue } from "./core.js";
import { type FlatDescription, type SchemeDescription, flatten } from "./description.js";
import { attempt } from "./errors.js";
import { release, shared, stage, staged } from "./exchange.js";

/**
 * How one provider signs its webhooks: a description, not code.
 *
 * @example
 * ```ts
 * import { Scheme, Tolerance, Webhook } from "countersign";
 *
 * const scheme = new Scheme({
 *   name: "acme",
 *   headers: { signature: "x-acme-signature", timestamp: "x-acme-time" },
 *   prefix: "v1=",
 *   separator: ",",
 *   content: "{timestamp}:{body}",
 *   tolerance: new Tolerance(60),
 *   eventType: "body:event.name",
 * });
 * new Webhook(scheme, "hush").headerNames; // ["x-acme-signature", "x-acme-time"]
 * ```
 */
export class Scheme {
  readonly #handle: glue.SchemeHandle;
  /** The registered name, or what was described. */
  readonly #source: string | FlatDescription;

  /**
   * @throws {@link ConfigurationError} `malformed_scheme` with the first rule that is broken;
   * `TypeError` for keys that there are not and values of another type.
   */
  constructor(description: SchemeDescription);
  constructor(description: SchemeDescription | glue.SchemeHandle) {
    if (description instanceof glue.SchemeHandle) {
      this.#handle = description;
      this.#source = description.name();
    } else {
      this.#source = flatten(description);
      this.#handle = describe(this.#source);
    }
  }

  /**
   * The registered scheme of this name.
   *
   * @throws {@link ConfigurationError} `unknown_scheme`. The message does not repeat the name, in
   * case it is a secret that was passed in the wrong place.
   */
  static named(name: string): Scheme {
    return new Scheme(handleNamed(name) as unknown as SchemeDescription);
  }

  /** The names of all registered schemes. */
  static names(): string[] {
    return glue.scheme_names().split("\n");
  }

  /** The name, which also begins the dedupe keys of its deliveries. */
  get name(): string {
    return this.#handle.name();
  }

  /** Other names of a registered scheme, such as `whatsapp` for `meta`. */
  get aliases(): string[] {
    return this.#handle.aliases().split("\n").filter((name) => name !== "");
  }

  /**
   * Whether the description was read at the provider's own documentation or code, and not only at
   * third parties.
   */
  get isConfirmed(): boolean {
    return this.#handle.is_confirmed();
  }

  /** @internal The registered name, or what was described: other modules do not share the handle. */
  static sourceOf(scheme: unknown): string | FlatDescription {
    if (scheme instanceof Scheme) {
      return scheme.#source;
    }
    if (typeof scheme !== "string") {
      throw wrong("the scheme", "a name or a Scheme", scheme);
    }
    return text("the scheme's name", scheme);
  }

  /** @internal Gives the action the scheme's handle, which is freed afterwards if it is new. */
  static use<T>(scheme: unknown, action: (handle: glue.SchemeHandle) => T): T {
    if (scheme instanceof Scheme) {
      return action(scheme.#handle);
    }
    if (typeof scheme !== "string") {
      throw wrong("the scheme", "a name or a Scheme", scheme);
    }
    const handle = handleNamed(scheme);
    try {
      return action(handle);
    } finally {
      handle.free();
    }
  }
}

function handleNamed(name: unknown): glue.SchemeHandle {
  const checked = text("the scheme's name", name);
  return attempt(() => glue.SchemeHandle.named(checked));
}

function describe({ message, tolerance }: FlatDescription): glue.SchemeHandle {
  const isGiven = tolerance !== undefined;
  const [past, future] = [tolerance?.past, tolerance?.future];
  stage(message, "");
  const { entries, texts } = staged;
  try {
    return attempt(() => glue.SchemeHandle.described(shared(), entries, texts, isGiven, past, future));
  } finally {
    release();
  }
}

import { text, wrong } from "./check.js";
import { glue } from "./core.js";
import { type FlatDescription, flatten, type SchemeDescription } from "./description.js";
import { attempt } from "./errors.js";
import type { SchemeHandle } from "./glue.js";
import { common, type Instance } from "./instance.js";

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
  /** Of the instance beside it. */
  readonly #handle: SchemeHandle;
  readonly #instance: Instance;
  readonly #source: Source;

  /**
   * @throws {@link ConfigurationError} `malformed_scheme` with the first rule that is broken;
   * `TypeError` for keys that there are not and values of another type.
   */
  constructor(description: SchemeDescription);
  constructor(description: SchemeDescription | RegisteredName) {
    this.#source = description instanceof RegisteredName ? description : flatten(description);
    this.#instance = common();
    this.#handle = make(this.#source, this.#instance);
  }

  /**
   * The registered scheme of this name.
   *
   * @throws {@link ConfigurationError} `unknown_scheme`. The message does not repeat the name, in
   * case it is a secret that was passed in the wrong place.
   */
  static named(name: string): Scheme {
    return new Scheme(registered(name) as unknown as SchemeDescription);
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

  /** @internal The registered name, or what was described, for modules of another kind. */
  static sourceOf(scheme: unknown): string | FlatDescription {
    const source = scheme instanceof Scheme ? scheme.#source : registered(scheme);
    return source instanceof RegisteredName ? source.name : source;
  }

  /** @internal Gives the action the scheme's handle in this instance, which is freed afterwards if it is new. */
  static use<T>(scheme: unknown, instance: Instance, action: (handle: SchemeHandle) => T): T {
    if (scheme instanceof Scheme && scheme.#instance === instance) {
      return action(scheme.#handle);
    }
    if (!(scheme instanceof Scheme) && typeof scheme !== "string") {
      throw wrong("the scheme", "a name or a Scheme", scheme);
    }
    const handle = make(scheme instanceof Scheme ? scheme.#source : registered(scheme), instance);
    try {
      return action(handle);
    } finally {
      handle.free();
    }
  }
}

/** What a scheme is made of, in whichever instance. */
type Source = FlatDescription | RegisteredName;

class RegisteredName {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

function registered(name: unknown): RegisteredName {
  return new RegisteredName(text("the scheme's name", name));
}

function make(source: Source, { glue, exchange }: Instance): SchemeHandle {
  if (source instanceof RegisteredName) {
    return attempt(() => glue.SchemeHandle.named(source.name));
  }
  const { message, tolerance } = source;
  const isGiven = tolerance !== undefined;
  const [past, future] = [tolerance?.past, tolerance?.future];
  exchange.stage(message, "");
  const { entries, texts } = exchange.staged;
  try {
    return attempt(() => glue.SchemeHandle.described(exchange.shared, entries, texts, isGiven, past, future));
  } finally {
    exchange.release();
  }
}

import { bytesOf } from "./body.js";
import { text, wrong } from "./check.js";
import { glue } from "./core.js";
import { attempt } from "./errors.js";

/** One unit more than the core takes of a secret: enough for its verdict, and for its memory. */
const TOO_LONG = 4_097;

/**
 * A shared secret. It stays in the module's memory, and is neither shown by `console.log` nor by
 * `JSON.stringify`.
 *
 * A string passed to `Webhook` does the same; this class is for keys that are bytes, and for
 * secrets that are handed around.
 */
export class Secret {
  readonly #handle: glue.SecretHandle;

  /**
   * A secret as the provider shows it, such as `whsec_...`. Whether it is base64, hexadecimal or
   * the key itself is part of the scheme, so `Webhook` checks that.
   *
   * @throws {@link ConfigurationError} `empty_secret`; `malformed_secret` when it begins or ends
   * with whitespace.
   *
   * @example
   * ```ts
   * import { Secret, Webhook } from "countersign";
   *
   * const webhook = new Webhook("github", new Secret("It's a Secret to Everybody"));
   * ```
   */
  constructor(secret: string);
  constructor(secret: string | glue.SecretHandle) {
    this.#handle = secret instanceof glue.SecretHandle ? secret : parse(secret);
  }

  /**
   * A secret as the bytes of its key, for every scheme.
   *
   * @throws {@link ConfigurationError} `empty_secret`; `malformed_secret` for more than 4,096
   * bytes.
   */
  static fromBytes(key: Uint8Array | ArrayBuffer): Secret {
    const bytes = bytesOf("the key", key);
    if (bytes === undefined) {
      throw wrong("the key", "a Uint8Array or an ArrayBuffer", key);
    }
    const handle = attempt(() => glue.SecretHandle.from_bytes(bytes.subarray(0, TOO_LONG)));
    return new Secret(handle as unknown as string);
  }

  /** `Secret(..)`, whatever the secret is. */
  toString(): string {
    return "Secret(..)";
  }

  /** @internal Gives the action the secret's handle, which is wiped afterwards if it is new. */
  static use<T>(secret: unknown, action: (handle: glue.SecretHandle) => T): T {
    if (secret instanceof Secret) {
      return action(secret.#handle);
    }
    const handle = parse(secret);
    try {
      return action(handle);
    } finally {
      handle.free();
    }
  }
}

function parse(secret: unknown): glue.SecretHandle {
  if (secret === undefined || secret === null) {
    throw new TypeError(
      `a secret must be a string or a Secret, not ${secret}; is the setting that holds it set?`,
    );
  }
  if (typeof secret !== "string") {
    throw wrong("a secret", "a string or a Secret", secret);
  }
  const checked = text("a secret", secret);
  return attempt(() => glue.SecretHandle.parse(checked.slice(0, TOO_LONG)));
}

/**
 * The text of a new Standard Webhooks secret: `whsec_` and 32 random bytes in base64.
 *
 * @example
 * ```ts
 * import { generateSecret, Webhook } from "countersign";
 *
 * const webhook = new Webhook("standard", generateSecret());
 * ```
 */
export function generateSecret(): string {
  const entropy = crypto.getRandomValues(new Uint8Array(32));
  const secret = glue.generate_secret(entropy);
  if (secret === undefined) {
    throw new Error("the core refused 32 bytes of entropy");
  }
  return secret;
}

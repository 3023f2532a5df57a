import { bytesOf } from "./body.js";
import { text, wrong } from "./check.js";
import { glue } from "./core.js";
import { attempt } from "./errors.js";
import type { SecretHandle } from "./glue.js";
import { common, type Instance } from "./instance.js";

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
  /** Of the instance beside it. */
  readonly #handle: SecretHandle;
  readonly #instance = common();

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
  constructor(secret: string | KeyBytes) {
    this.#handle = secret instanceof KeyBytes ? secret.parse(this.#instance) : parse(secret, this.#instance);
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
    return new Secret(new KeyBytes(bytes) as unknown as string);
  }

  /** `Secret(..)`, whatever the secret is. */
  toString(): string {
    return "Secret(..)";
  }

  /** @internal Gives the action the secret's handle in this instance, which is wiped afterwards if it is new. */
  static use<T>(secret: unknown, instance: Instance, action: (handle: SecretHandle) => T): T {
    if (secret instanceof Secret && secret.#instance === instance) {
      return action(secret.#handle);
    }
    const handle = secret instanceof Secret ? copy(secret.#handle, instance) : parse(secret, instance);
    try {
      return action(handle);
    } finally {
      handle.free();
    }
  }
}

const encoder = new TextEncoder();

class KeyBytes {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  parse(instance: Instance): SecretHandle {
    return made(this.#bytes.subarray(0, TOO_LONG), false, instance);
  }
}

function parse(secret: unknown, instance: Instance): SecretHandle {
  if (secret === undefined || secret === null) {
    throw new TypeError(
      `a secret must be a string or a Secret, not ${secret}; is the setting that holds it set?`,
    );
  }
  if (typeof secret !== "string") {
    throw wrong("a secret", "a string or a Secret", secret);
  }
  const given = encoder.encode(text("a secret", secret).slice(0, TOO_LONG));
  return wiping(given, () => made(given, true, instance));
}

function copy(secret: SecretHandle, instance: Instance): SecretHandle {
  const given = secret.given();
  return wiping(given, () => made(given, secret.is_text(), instance));
}

function made(given: Uint8Array, isText: boolean, { glue }: Instance): SecretHandle {
  return attempt(() => new glue.SecretHandle(given, isText));
}

function wiping<T>(bytes: Uint8Array, action: () => T): T {
  try {
    return action();
  } finally {
    bytes.fill(0);
  }
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

import { glue } from "./core.js";

/** The stable code of an error, the same in every language. */
export type ErrorCode =
  // ConfigurationError
  | "empty_secret"
  | "malformed_secret"
  | "no_secrets"
  | "unknown_scheme"
  | "malformed_scheme"
  | "unsupported_body"
  | "malformed_network"
  | "malformed_limit"
  | "malformed_pattern"
  | "duplicate_handler"
  | "malformed_schema"
  | "asymmetric_left_out"
  // VerificationError
  | "missing_header"
  | "missing_signature"
  | "malformed_header"
  | "conflicting_header"
  | "malformed_timestamp"
  | "malformed_signature"
  | "unsupported_signature"
  | "signature_mismatch"
  | "timestamp_too_old"
  | "timestamp_too_new"
  | "missing_context"
  | "key_needed"
  | "untrusted_key_url"
  | "malformed_key"
  | "untrusted_certificate"
  | "expired_certificate"
  | "unexpected_sender"
  // PayloadError
  | "payload_not_utf8"
  | "payload_not_json"
  | "payload_not_object"
  | "payload_too_deep"
  | "payload_too_large"
  | "missing_field"
  | "malformed_field"
  | "schema_mismatch"
  // GuardError
  | "method_not_allowed"
  | "unsupported_media_type"
  | "address_not_allowed"
  | "rate_limited"
  | "body_timeout"
  | "incomplete_body"
  | "malformed_handshake"
  | "handshake_refused"
  | "duplicate_event"
  | "event_in_progress"
  | "store_unavailable"
  | "key_unavailable"
  | "handler_failed"
  | "handler_timeout"
  // DeliveryError
  | "malformed_url"
  | "insecure_url"
  | "forbidden_destination"
  | "unknown_endpoint"
  | "malformed_message"
  | "unreadable_secret"
  | "outbox_unavailable";

/** The name of an error's class. */
export type ErrorClass =
  | "ConfigurationError"
  | "VerificationError"
  | "PayloadError"
  | "GuardError"
  | "DeliveryError";

/**
 * Any failure that this package answers with. Wrong types of arguments are a `TypeError` instead.
 *
 * The message never holds a secret, a payload, a header's value or an expected signature, so it
 * can be logged and sent back to the caller.
 */
export class CountersignError extends Error {
  /** The stable code, the same in every language. */
  readonly code: ErrorCode;
  /** After how many seconds the sender should come back; `null` if there is no such time. */
  readonly retryAfter: number | null;

  constructor(code: ErrorCode, message: string, retryAfter: number | null = null) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }

  /** The HTTP status that answers it. */
  get status(): number {
    return glue.error_status(this.code);
  }

  static {
    named(this, "CountersignError");
  }
}

/** The program gave a secret, a scheme or a body wrongly. Never caused by a request. */
export class ConfigurationError extends CountersignError {
  static {
    named(this, "ConfigurationError");
  }
}

/** The request does not prove that a holder of the secret sent it now. Answer 401. */
export class VerificationError extends CountersignError {
  // Private, so that what a request says is neither printed nor serialised with the error.
  readonly #keyUrl: string | null;
  readonly #keyId: string | null;

  constructor(
    code: ErrorCode,
    message: string,
    retryAfter: number | null = null,
    keyUrl: string | null = null,
    keyId: string | null = null,
  ) {
    super(code, message, retryAfter);
    this.#keyUrl = keyUrl;
    this.#keyId = keyId;
  }

  /** Where the key is that the request needs, of `key_needed`; the webhook checked it. Else `null`. */
  get keyUrl(): string | null {
    return this.#keyUrl;
  }

  /** The id of the key that the request needs, of `key_needed`; else `null`. */
  get keyId(): string | null {
    return this.#keyId;
  }

  static {
    named(this, "VerificationError");
  }
}

/**
 * The request is authentic and its payload is not what the scheme describes. Answer 400 (413 for
 * `payload_too_large`).
 */
export class PayloadError extends CountersignError {
  static {
    named(this, "PayloadError");
  }
}

/** A receiver does not take the request, or could not finish it. */
export class GuardError extends CountersignError {
  static {
    named(this, "GuardError");
  }
}

/** A message may not be sent to the URL that it is addressed to. */
export class DeliveryError extends CountersignError {
  static {
    named(this, "DeliveryError");
  }
}

/** On the prototype, as the built-in errors have it; a literal, so that minifiers keep it. */
function named(error: typeof CountersignError, name: string): void {
  Object.defineProperty(error.prototype, "name", { value: name, configurable: true, writable: true });
}

const CLASSES = { ConfigurationError, VerificationError, PayloadError, GuardError, DeliveryError };

/**
 * Every code with the name of its class.
 *
 * @example
 * ```ts
 * import { errorCodes } from "countersign";
 *
 * errorCodes().get("signature_mismatch"); // "VerificationError"
 * ```
 */
export function errorCodes(): ReadonlyMap<ErrorCode, ErrorClass> {
  const lines = glue.error_codes().split("\n");
  const codes = new Map<ErrorCode, ErrorClass>();
  for (let at = 0; at + 1 < lines.length; at += 2) {
    codes.set(lines[at] as ErrorCode, lines[at + 1] as ErrorClass);
  }
  return codes;
}

/**
 * The error that the core describes by class, code, milliseconds to wait and message; then the URL and
 * the id of a key, of which the id may hold anything.
 */
export function failure(text: string): CountersignError {
  const [name, code, wait, message, keyUrl, ...keyId] = text.split("\n") as [
    ErrorClass, ErrorCode, string, string, string?, ...string[]];
  const retryAfter = wait === "" ? null : Number(wait) / 1e3;
  if (keyUrl !== undefined) {
    return new VerificationError(code, message, retryAfter, keyUrl || null, keyId.length > 0 ? keyId.join("\n") : null);
  }
  return new CLASSES[name](code, message, retryAfter);
}

/** Calls the core, whose errors are thrown as text. */
export function attempt<T>(action: () => T): T {
  try {
    return action();
  } catch (thrown) {
    throw typeof thrown === "string" ? failure(thrown) : thrown;
  }
}

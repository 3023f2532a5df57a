/**
 * Signed requests, to test your own handlers with.
 *
 * @packageDocumentation
 */

import { options, text, wrong } from "./check.js";
import type { Scheme } from "./scheme.js";
import type { Secret } from "./secret.js";
import { type SignOptions, Webhook } from "./webhook.js";

/** Options of {@link signedRequest}. */
export interface SignedRequestOptions extends SignOptions {
  /** Sent besides the signed headers; may replace `content-type`. */
  readonly headers?: Readonly<Record<string, string>> | null | undefined;
}

/** A request as a sender makes it. */
export interface SignedRequest {
  /** The body; send it to the byte. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** `content-type`, your own headers and those of the scheme, in lower case. */
  readonly headers: Record<string, string>;
  readonly method: string;
  /** The URL that was signed, if any. */
  readonly url: string | null;
  /** The request for handlers of the fetch API; to `http://localhost/` if no URL was given. */
  toRequest(): Request;
}

const DEFAULT_ID = "msg_test";

/**
 * A request that `new Webhook(scheme, secret)` verifies at `now`.
 *
 * A `payload` of bytes or a string is sent as it is; an object as compact JSON, a
 * `URLSearchParams` as a form. A scheme that signs an id gets `msg_test` if no id is given. One that
 * has its signature in the body gets it written there.
 *
 * @throws {@link ConfigurationError} and {@link VerificationError} as `Webhook` and
 * `Webhook.sign`; `TypeError` for arguments of another type, or a payload that JSON cannot hold.
 *
 * @example
 * ```ts
 * import { Webhook } from "countersign";
 * import { signedRequest } from "countersign/testing";
 *
 * const { body, headers } = signedRequest("github", "hush", { zen: "Design for failure." });
 * new Webhook("github", "hush").unwrap(body, headers).data; // { zen: "Design for failure." }
 * ```
 */
export function signedRequest(
  scheme: string | Scheme,
  secret: string | Secret,
  payload: string | Uint8Array | URLSearchParams | object,
  requestOptions?: SignedRequestOptions,
): SignedRequest {
  const webhook = new Webhook(scheme, secret);
  const { id, headers: own, now, url, method } = options("the options", requestOptions);
  const sentMethod = text("the method", method ?? "POST");
  const signOptions = { id: id ?? DEFAULT_ID, now, url, method: sentMethod };
  const body = webhook.signBody(bytesOf(payload), signOptions);
  const signed = webhook.signsInBody ? {} : webhook.sign(body, signOptions);
  const headers: Record<string, string> = { "content-type": contentType(body) };
  for (const [name, value] of Object.entries(options("the headers", own))) {
    headers[name.toLowerCase()] = text("a header", value);
  }
  Object.assign(headers, signed);
  return {
    body,
    headers,
    method: sentMethod,
    url: url ?? null,
    toRequest: () => new Request(url ?? "http://localhost/", { method: sentMethod, headers, body }),
  };
}

function bytesOf(payload: unknown): Uint8Array<ArrayBuffer> {
  if (payload instanceof Uint8Array) {
    return new Uint8Array(payload);
  }
  const encoder = new TextEncoder();
  if (typeof payload === "string") {
    return encoder.encode(text("the payload", payload));
  }
  if (payload instanceof URLSearchParams) {
    return encoder.encode(payload.toString());
  }
  if (typeof payload !== "object" || payload === null) {
    throw wrong("the payload", "bytes, a string or an object", payload);
  }
  const json: string | undefined = JSON.stringify(payload);
  if (json === undefined) {
    throw new TypeError("the payload cannot be written as JSON");
  }
  return encoder.encode(json);
}

function contentType(body: Uint8Array): string {
  const first = body.find((byte) => ![0x20, 0x09, 0x0a, 0x0d].includes(byte));
  return first === 0x7b || first === 0x5b ? "application/json" : "application/x-www-form-urlencoded";
}

/**
 * Signed requests as the providers send them, to test your own handlers with.
 *
 * @packageDocumentation
 */

import { fields, type Keys, options, optionalText, text, time, wrong } from "./check.js";
import type { FlatDescription } from "./description.js";
import { bodyOf, contentTypeOf, fillText, select, valuesOf } from "./sample.js";
import { sampleOf } from "./sample-described.js";
import type { Scheme } from "./scheme.js";
import type { Secret } from "./secret.js";
import { Webhook } from "./webhook.js";
import type { SignOptions } from "./webhook-options.js";

/** Options of {@link signedRequest}. */
export interface SignedRequestOptions extends SignOptions {
  /**
   * The id of the event and of the delivery; the sample's if not given, which is always the same.
   */
  readonly id?: string | null | undefined;
  /**
   * The type of the event; the sample's if not given. Where the provider has several samples it also
   * chooses among them: `ping` and `pull_request` of GitHub, `checkout.session.completed` of Stripe,
   * `/weather` and `block_actions` of Slack, `page` of Meta, `call` of Twilio.
   */
  readonly type?: string | null | undefined;
  /**
   * The URL that is called; `https://example.com/webhooks` if not given. Where the scheme has the digest
   * of JSON in the URL, as Twilio does, it is added.
   */
  readonly url?: string | null | undefined;
  /** Sent besides the signed headers; they replace the sample's. */
  readonly headers?: Readonly<Record<string, string>> | null | undefined;
}

/** What is sent instead of a sample's payload. */
export type SamplePayload = string | Uint8Array | URLSearchParams | object | null | undefined;

/** A request as a provider makes it. */
export interface SignedRequest {
  /** The body; send it to the byte. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** The headers of the provider, your own and those of the scheme, in lower case. */
  readonly headers: Record<string, string>;
  readonly method: string;
  /** The URL that is called, and that was signed if the scheme signs one. */
  readonly url: string;
  /** The request for handlers of the fetch API. */
  toRequest(): Request;
}

const KEYS: Keys<SignedRequestOptions> = {
  id: true,
  type: true,
  now: true,
  url: true,
  method: true,
  headers: true,
};
const DEFAULT_URL = "https://example.com/webhooks";

/**
 * A request that `new Webhook(scheme, secret)` verifies at `now`, as the provider would send it: its
 * headers, and a payload of the shape that it has, with invented values.
 *
 * A `payload` is sent instead of the sample's: bytes or a string as it is, an object as compact JSON,
 * a `URLSearchParams` as a form. Then `id` and `type` stand in headers alone, where the provider has
 * them there. A scheme that has its signature in the body gets it written there.
 *
 * A {@link Scheme} that you have described, under a name that is not registered, has a small object, or
 * a form, with the id, type and time where the first of their sources is, and else as `id`, `type` and
 * `timestamp`; with its `data`, with headers for sources that are some, and with one item where items
 * are signed. Of fields that are one source together each has the whole id or type; of two paths of
 * which one leads through the other the first is made; a time that is signed in a body which holds the
 * signature, too, is text, and no event time in seconds or milliseconds.
 *
 * @throws {@link ConfigurationError} and {@link VerificationError} as `Webhook` and
 * `Webhook.sign`; `TypeError` for arguments of another type, or a payload that JSON cannot hold.
 *
 * @example
 * ```ts
 * import { Webhook } from "countersign";
 * import { signedRequest } from "countersign/testing";
 *
 * const { body, headers } = signedRequest("shopify", "hush");
 * const event = new Webhook("shopify", "hush").unwrap<{ total_price: string }>(body, headers);
 * event.type; // "orders/create"
 * event.data.total_price; // "42.00"
 * ```
 */
export function signedRequest(
  scheme: string | Scheme,
  secret: string | Secret | Iterable<string | Secret>,
  payload?: SamplePayload,
  requestOptions?: SignedRequestOptions,
): SignedRequest;
/**
 * The same by a webhook that you have: of `countersign/asymmetric`, to sign with a private key, or one
 * that signs with each of its secrets.
 *
 * @example
 * ```ts
 * import { Webhook } from "countersign/asymmetric";
 * import { signedRequest } from "countersign/testing";
 *
 * const keys = "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8DoQe/884Qvh1w3RjnS8CZZ+TWMJulDV8d3IZkElUxuA==";
 * const { headers } = signedRequest(new Webhook("discord", keys));
 * headers["x-signature-ed25519"]!.length; // 128
 * ```
 */
export function signedRequest(
  webhook: Webhook,
  payload?: SamplePayload,
  requestOptions?: SignedRequestOptions,
): SignedRequest;
export function signedRequest(first: string | Scheme | Webhook, ...others: unknown[]): SignedRequest {
  if (first instanceof Webhook) {
    return requestOf(first, others[0], others[1] as SignedRequestOptions | undefined);
  }
  const [secret, payload, requestOptions] = others;
  const webhook = new Webhook(first, secret as string | Secret | Iterable<string | Secret>);
  return requestOf(webhook, payload, requestOptions as SignedRequestOptions | undefined);
}

function requestOf(
  webhook: Webhook,
  payload: unknown,
  requestOptions: SignedRequestOptions | undefined,
): SignedRequest {
  const given = options("the options", KEYS, requestOptions);
  const type = optionalText("the type", given.type);
  const method = text("the method", given.method ?? "POST");
  const now = time(given.now);
  // Every scheme that is not described has a sample.
  const sample = select(webhook.schemeName, type) ?? sampleOf(webhook.schemeSource as FlatDescription);
  const values = valuesOf(sample, idOf(given.id), type, now);
  const unsigned = bytesOf(payload ?? bodyOf(sample, values));
  const url = webhook.urlToCall(unsigned, optionalText("the URL", given.url) ?? DEFAULT_URL);
  const signOptions = { id: values.deliveryId, now, url, method };
  const body = webhook.signBody(unsigned, signOptions);
  const signed = webhook.signsInBody ? {} : webhook.sign(body, signOptions);

  const isOwn = payload !== undefined && payload !== null;
  const headers: Record<string, string> = {
    "content-type": isOwn ? contentTypeOf(sample, body) : sample.contentType,
  };
  for (const [name, value] of sample.headers) {
    headers[name] = fillText(value, values);
  }
  for (const [name, value] of Object.entries(fields("the headers", given.headers))) {
    headers[name.toLowerCase()] = text("a header", value);
  }
  Object.assign(headers, signed);
  return {
    body,
    headers,
    method,
    url,
    toRequest: () => new Request(url, { method, headers, body }),
  };
}

/** What is no text the core refuses as the id of a header. */
function idOf(id: unknown): string | undefined {
  if (id === undefined || id === null || typeof id === "string") {
    return id ?? undefined;
  }
  throw wrong("the id", "a string", id);
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

/** What {@link Webhook} is told besides secrets, bodies and headers. */

import type { Secret } from "./secret.js";
import type { Tolerance } from "./tolerance.js";
import type { Webhook } from "./webhook.js";

/** Options of {@link Webhook}. */
export interface WebhookOptions {
  /** Replaces the scheme's own tolerance. */
  readonly tolerance?: Tolerance | null | undefined;
  /** The token by which Meta's handshake is known; without one it is not answered. */
  readonly verifyToken?: string | Secret | null | undefined;
  /**
   * Every secret signs instead of the first alone, so that receivers which know any of them can
   * verify while a sender's secret is being replaced. Schemes whose signature header is a list take
   * it: Standard Webhooks, Svix, Stripe and others with a separator.
   */
  readonly everySecretSigns?: boolean | null | undefined;
}

/** What is known of a request before its body is read. Several headers of a name are joined by `, `. */
export interface RequestHead {
  /** The method as received. */
  readonly method: string;
  readonly contentType?: string | null | undefined;
  readonly contentEncoding?: string | null | undefined;
  /** The length that `Content-Length` announces, in bytes. */
  readonly contentLength?: number | null | undefined;
}

/** What a request is: a delivery, whose body is to be read, or a handshake without a body. */
export type Intake = "delivery" | "handshake";

/** What {@link Webhook.verify} can be told besides body and headers. */
export interface RequestContext {
  /** The clock in Unix seconds, floored to milliseconds; the host's if not given. */
  readonly now?: number | null | undefined;
  /** The URL that the sender called, for schemes that sign it. */
  readonly url?: string | null | undefined;
  /** The method, in upper case, for schemes that sign it. */
  readonly method?: string | null | undefined;
  /**
   * The key that was fetched for this request, as it was answered: a certificate in PEM, a JWK or a set
   * of them, or a public key. For schemes whose `verify` answers `key_needed`; a `KeyFetcher` of
   * `countersign/asymmetric` does both.
   */
  readonly key?: string | Uint8Array | ArrayBuffer | null | undefined;
}

/** Options of {@link Webhook.sign}. */
export interface SignOptions extends Omit<RequestContext, "key"> {
  /** The message's id, the same for every attempt. Ignored by schemes that have no place for it. */
  readonly id?: string | null | undefined;
}

/**
 * Signs, verifies and parses webhooks: strict, constant-time, synchronous, the same verdict in
 * every language.
 *
 * @packageDocumentation
 */

export type { Answer } from "./answer.js";
export { Backoff } from "./backoff.js";
export type { BackoffOptions, ExponentialOptions, Jitter } from "./backoff.js";
export type { Body } from "./body.js";
export {
  ConfigurationError,
  CountersignError,
  DeliveryError,
  errorCodes,
  GuardError,
  PayloadError,
  VerificationError,
} from "./errors.js";
export type { ErrorClass, ErrorCode } from "./errors.js";
export type { Event } from "./event.js";
export type { HandshakeReply } from "./handshake.js";
export type { RequestHeaders } from "./headers.js";
export { parseRetryAfter, RetryPolicy } from "./retry.js";
export type { Attempt, Decision, RetryPolicyOptions } from "./retry.js";
export { Scheme } from "./scheme.js";
export type { HeaderNames, SchemeDescription } from "./description.js";
export { generateSecret, Secret } from "./secret.js";
export { Tolerance } from "./tolerance.js";
export type { ToleranceSides } from "./tolerance.js";
export type { Verified } from "./verified.js";
export { Webhook } from "./webhook.js";
export type { Intake, RequestContext, RequestHead, SignOptions, WebhookOptions } from "./webhook-options.js";

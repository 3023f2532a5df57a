// What users write, in every host: each statement must compile under the strictest settings.

import {
  Backoff,
  ConfigurationError,
  CountersignError,
  DeliveryError,
  errorCodes,
  generateSecret,
  GuardError,
  parseRetryAfter,
  PayloadError,
  RetryPolicy,
  Scheme,
  Secret,
  Tolerance,
  VerificationError,
  Webhook,
} from "countersign";
import type {
  Attempt,
  BackoffOptions,
  Body,
  Decision,
  ErrorClass,
  ErrorCode,
  Event,
  ExponentialOptions,
  HeaderNames,
  Jitter,
  RequestContext,
  RequestHeaders,
  RetryPolicyOptions,
  SchemeDescription,
  SignOptions,
  ToleranceSides,
  Verified,
  WebhookOptions,
} from "countersign";
import { signedRequest } from "countersign/testing";
import type { SignedRequest, SignedRequestOptions } from "countersign/testing";

/** Fails to compile unless both are the same type. */
function same<A>() {
  return function check<B>(_: [A] extends [B] ? ([B] extends [A] ? B : never) : never): void {};
}

const secret: Secret = new Secret(generateSecret());
const fromBytes: Secret = Secret.fromBytes(new Uint8Array(32));
const options: WebhookOptions = { tolerance: new Tolerance(60), everySecretSigns: true };
const webhook = new Webhook("standard", [secret, "whsec_aGVsbG8=", fromBytes], options);
new Webhook("github", "hush");
new Webhook("github", new Set(["hush"]), { tolerance: undefined });
new Webhook("github", secret, { tolerance: null });

const bodies: Body[] = ["{}", new Uint8Array(1), new ArrayBuffer(1), new DataView(new ArrayBuffer(1))];
const several: readonly (readonly [string, string])[] = [["webhook-id", "a"]];
const headers: RequestHeaders[] = [
  new Headers(),
  new Map<string, string>(),
  new Map([["a", ["b"]]]),
  several,
  new Headers().entries(),
  { "webhook-id": "a", "x-several": ["a", "b"], absent: undefined, none: null },
];
const context: RequestContext = { now: 1_700_000_000, url: "https://example.com/", method: "POST" };

for (const body of bodies) {
  for (const one of headers) {
    const verified: Verified = webhook.verify(body, one, context);
    same<number>()(verified.keyIndex);
    same<string | null>()(verified.id);
    same<number | null>()(verified.timestamp);
    same<string | null>()(verified.dedupeKey);
    const event: Event = verified.event();
    same<unknown>()(event.data);
  }
}

const event = webhook.unwrap("{}", {});
same<string | null>()(event.id);
same<string | null>()(event.type);
same<number | null>()(event.timestamp);
same<string | null>()(event.dedupeKey);
same<number>()(event.keyIndex);
same<unknown>()(event.data);
same<unknown>()(event.payload);
const raw: Uint8Array = event.raw;

interface Invoice {
  readonly total: number;
}
const typed: Event<Invoice> = webhook.unwrap<Invoice>("{}", {}, { now: undefined, url: null });
same<number>()(typed.data.total);
same<number>()(webhook.verify("{}", {}).event<Invoice>().data.total);

const signOptions: SignOptions = { id: "msg_1", now: 0 };
const signed: Record<string, string> = webhook.sign(raw, signOptions);
void fetch("https://example.com/", { method: "POST", headers: signed, body: "{}" });
same<Uint8Array<ArrayBuffer>>()(webhook.signBody(raw, signOptions));
same<boolean>()(webhook.signsInBody);
same<string>()(webhook.schemeName);
same<Tolerance>()(webhook.tolerance);
same<number>()(webhook.dedupeLifetime);
same<readonly string[]>()(webhook.headerNames);

const names: HeaderNames = { signature: "x-signature", id: "x-id", timestamp: null };
const description: SchemeDescription = {
  name: "acme",
  headers: [names, { signature: "x-other" }],
  prefix: "v1=",
  separator: ",",
  timestampLabel: null,
  algorithm: "hmac-sha512",
  encoding: "hex-any-case",
  key: "base64",
  secretPrefix: "key_",
  content: "{id}.{body}",
  timestampFormat: "rfc3339",
  tolerance: { past: 300, future: null },
  payload: "json-or-form",
  eventId: ["id", "body:id"],
  eventType: "header:x-type",
  eventTime: "body:created",
  dedupe: [],
  eventTimeFormat: "milliseconds",
  required: ["id"],
  data: "data.object",
};
const inBody: SchemeDescription = {
  name: "acme",
  signatureField: "proof",
  signatureItems: null,
  algorithm: "plain-md5",
  content: "{before_signature}{secret}{after_signature}",
};
void inBody;
const scheme: Scheme = new Scheme(description);
same<string>()(scheme.name);
same<string[]>()(Scheme.names());
new Webhook(Scheme.named("stripe"), "hush");

const sides: ToleranceSides = new Tolerance({ past: null, future: 5 });
same<number | null>()(sides.past);
same<Tolerance>()(Tolerance.unchecked());

const jitter: Jitter = "full";
const spread: BackoffOptions = { jitter };
const exponential: ExponentialOptions = { attempts: 5, factor: 2, cap: 60, jitter };
const backoff: Backoff = Backoff.exponential(1, exponential);
Backoff.fixed(new Set([1, 2]), spread);
Backoff.standard();
same<number | null>()(backoff.delay(1, 0));
same<number[]>()(backoff.delays([0]));
same<number>()(backoff.attempts);

const policyOptions: RetryPolicyOptions = { retryAfterCap: 60, retryStatuses: [404] };
const policy = new RetryPolicy(backoff, policyOptions);
const attempt: Attempt = { status: null, retryAfter: null, now: 0, entropy: 0 };
const decision: Decision = policy.decide(1, attempt);
switch (decision.action) {
  case "delivered":
  case "retry_at":
  case "dead_letter":
  case "disable":
    break;
  default:
    decision.action satisfies never;
}
same<number | null>()(decision.at);
same<"exhausted" | "redirected" | "rejected" | "forbidden" | null>()(decision.reason);
same<RetryPolicy>()(RetryPolicy.exponential(1, 3));
same<Backoff>()(RetryPolicy.standard().backoff);
same<number | null>()(parseRetryAfter("120"));
same<number | null>()(parseRetryAfter(new Headers().get("retry-after"), 0));

try {
  webhook.verify("{}", {});
} catch (error) {
  if (error instanceof VerificationError) {
    const code: ErrorCode = error.code;
    same<string>()(error.message);
    same<"signature_mismatch" extends typeof code ? true : false>()(true);
  }
  const classes = [ConfigurationError, PayloadError, GuardError, DeliveryError] as const;
  const known: boolean = classes.some((type) => error instanceof type);
  void known;
  if (error instanceof CountersignError && error.code === "timestamp_too_old") {
    same<"timestamp_too_old">()(error.code);
  }
}
const codes: ReadonlyMap<ErrorCode, ErrorClass> = errorCodes();
void codes;

const requestOptions: SignedRequestOptions = { headers: { "x-own": "1" }, id: "msg_1" };
const request: SignedRequest = signedRequest(scheme, secret, { a: 1 }, requestOptions);
same<Request>()(request.toRequest());
same<string>()(request.url);
const sample: SignedRequest = signedRequest("stripe", "hush", null, { type: "invoice.paid", now: 0 });
signedRequest("slack", "hush").toRequest();
const byWebhook: SignedRequest = signedRequest(new Webhook("slack", "hush"), { a: 1 }, requestOptions);
void [sample, byWebhook];
webhook.verify(request.body, request.headers);

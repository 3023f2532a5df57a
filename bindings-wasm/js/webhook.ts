import { type Body, bodyOf } from "./body.js";
import { fields, flag, type Keys, options, optionalText, text, time, whole, wrong } from "./check.js";
import { addContext, keyText, stageToSign } from "./context.js";
import type { FlatDescription } from "./description.js";
import { attempt } from "./errors.js";
import { Event } from "./event.js";
import type { SchemeHandle, WebhookHandle } from "./glue.js";
import { type HandshakeReply, parseReply } from "./handshake.js";
import { HeaderIndex, type RequestHeaders } from "./headers.js";
import { type Instance, instanceOf } from "./instance.js";
import { keep } from "./keep.js";
import { KEY, Message } from "./message.js";
import { Scheme } from "./scheme.js";
import { Secret } from "./secret.js";
import { Tolerance } from "./tolerance.js";
import { Verified } from "./verified.js";
import type { Intake, RequestContext, RequestHead, SignOptions, WebhookOptions } from "./webhook-options.js";

const HEAD_KEYS: Keys<RequestHead> = { method: true, contentType: true, contentEncoding: true, contentLength: true };

/**
 * One endpoint's scheme and secrets.
 *
 * Several secrets serve rotation: any of them verifies, the first signs, or all of them if that is
 * said.
 *
 * Source of the rules of each scheme: the documentation of its provider, cited at the constants of
 * the Rust crate's `Scheme`.
 *
 * @example
 * ```ts
 * import { Webhook } from "countersign";
 *
 * const webhook = new Webhook("github", ["new secret", "old secret"]);
 * const body = '{"zen":"Design for failure."}';
 * const event = webhook.unwrap(body, webhook.sign(body));
 * event.keyIndex; // 0
 * ```
 */
export class Webhook {
  readonly #instance: Instance;
  readonly #handle: WebhookHandle;
  readonly #headers: HeaderIndex;
  readonly #hasUnsignedPosts: boolean;
  readonly #answerForm: Webhook["answerForm"];
  readonly #source: string | FlatDescription;

  /**
   * @param scheme A registered name, such as `standard`, `stripe` or `github`, or a {@link Scheme}.
   * @param secrets One secret or several.
   * @throws {@link ConfigurationError} `unknown_scheme`, `no_secrets`, `empty_secret`,
   * `malformed_secret`; `TypeError` for arguments of another type.
   */
  constructor(
    scheme: string | Scheme,
    secrets: string | Secret | Iterable<string | Secret>,
    webhookOptions?: WebhookOptions,
  ) {
    const known = { tolerance: true, verifyToken: true, everySecretSigns: true } as const;
    const { tolerance, verifyToken, everySecretSigns } = options("the options", known, webhookOptions);
    if (tolerance !== undefined && tolerance !== null && !(tolerance instanceof Tolerance)) {
      throw wrong("the tolerance", "a Tolerance", tolerance);
    }
    this.#instance = new.target.instance();
    this.#handle = Scheme.use(scheme, this.#instance, (handle) => webhookHandle(this.#instance, handle, secrets));
    this.#source = Scheme.sourceOf(scheme);
    if (tolerance) {
      this.#handle.set_tolerance(tolerance.past, tolerance.future);
    }
    if (verifyToken !== undefined && verifyToken !== null) {
      Secret.use(verifyToken, this.#instance, (handle) => this.#handle.set_verify_token(handle));
    }
    if (flag("everySecretSigns", everySecretSigns)) {
      this.#handle.set_every_secret_signing();
    }
    this.#headers = new HeaderIndex(this.#handle.header_names().split("\n").filter(Boolean));
    this.#hasUnsignedPosts = this.#handle.has_unsigned_posts();
    this.#answerForm = this.#handle.answer_form() as Webhook["answerForm"];
  }

  /** @internal The instance that decides for webhooks of this class. */
  static instance(): Instance {
    return instanceOf("countersign");
  }

  /**
   * Decides whether a holder of one of the secrets sent this request, now. Parses nothing.
   *
   * @param body The body as received, to the byte.
   * @throws {@link VerificationError} with the first check that fails; {@link PayloadError}
   * `payload_too_large` when the body does not fit into memory; {@link ConfigurationError}
   * `unsupported_body` when it was parsed already; `TypeError` for arguments of another type.
   *
   * @example
   * ```ts
   * import { VerificationError, Webhook } from "countersign";
   *
   * const webhook = new Webhook("standard", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
   * const headers = {
   *   "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
   *   "webhook-timestamp": "1614265330",
   *   "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
   * };
   * webhook.verify('{"test": 2432232314}', headers, { now: 1614265331 }).keyIndex; // 0
   * try {
   *   webhook.verify("{}", headers, { now: 1614265331 });
   * } catch (error) {
   *   error instanceof VerificationError && error.code; // "signature_mismatch"
   * }
   * ```
   */
  verify(body: Body, headers: RequestHeaders, context?: RequestContext): Verified {
    const raw = bodyOf(body);
    const message = new Message();
    const now = this.#read(message, headers, context);
    const keyIndex = this.#verify(message, raw, now, false);
    return new Verified({
      keyIndex,
      exchange: this.#instance.exchange,
      handle: this.#handle,
      message,
      body: keep(raw),
    });
  }

  /**
   * Verifies a request and parses its payload.
   *
   * @typeParam T What the caller expects {@link Event.data} to be; nothing checks it.
   * @throws What {@link Webhook.verify} and {@link Verified.event} throw.
   *
   * @example
   * ```ts
   * import { Webhook } from "countersign";
   *
   * const webhook = new Webhook("stripe", "whsec_test");
   * const body = '{"id":"evt_1","type":"charge.succeeded","data":{"object":{"paid":true}}}';
   * const event = webhook.unwrap<{ object: { paid: boolean } }>(body, webhook.sign(body));
   * event.data.object.paid; // true
   * ```
   */
  unwrap<T = unknown>(body: Body, headers: RequestHeaders, context?: RequestContext): Event<T> {
    const raw = bodyOf(body);
    const message = new Message();
    const now = this.#read(message, headers, context);
    const keyIndex = this.#verify(message, raw, now, true);
    return Event.reported<T>(this.#instance.exchange, keyIndex, keep(raw));
  }

  /**
   * The headers that prove this message, for any HTTP client: lower-case names with their values.
   *
   * `now` becomes the attempt timestamp: sign each attempt anew, with the same id.
   *
   * @throws {@link VerificationError} `missing_context`, `malformed_header` (of the id),
   * `malformed_timestamp`; otherwise as {@link Webhook.verify}.
   *
   * @example
   * ```ts
   * import { Webhook } from "countersign";
   *
   * const body = '{"type":"ping"}';
   * const headers = new Webhook("sha256", "hush").sign(body, { id: "evt_1" });
   * headers["x-webhook-event-id"]; // "evt_1"
   * ```
   */
  sign(body: Body, signOptions?: SignOptions): Record<string, string> {
    const { exchange } = this.#instance;
    const now = stageToSign(exchange, body, signOptions);
    const { entries, texts, body: length } = exchange.staged;
    exchange.settle(this.#handle.sign(exchange.shared, entries, texts, length, now));
    const lines = exchange.shared.text().split("\n");
    const headers: Record<string, string> = {};
    for (let at = 0; at + 1 < lines.length; at += 2) {
      headers[lines[at]!] = lines[at + 1]!;
    }
    return headers;
  }

  /** Whether the signature is in the body: then {@link Webhook.signBody} signs, and no headers do. */
  get signsInBody(): boolean {
    return this.#handle.signs_in_body();
  }

  /** For senders, which sign headers: throws `malformed_scheme` if there are none. @internal */
  checkSignsHeaders(): void {
    attempt(() => this.#handle.check_signs_headers());
  }

  /**
   * The JSON body with its signature in it, to test handlers with, for schemes that have it there; of
   * others the body as it is. The attempt timestamp and the id, which tells deliveries apart, are
   * written as well, if the signature covers them.
   *
   * @throws {@link VerificationError} `missing_signature` if the body is no JSON object, or has no
   * items where the scheme signs those; `malformed_signature` if it names a field twice that is
   * signed; otherwise as {@link Webhook.sign}.
   *
   * @example
   * ```ts
   * import { Webhook } from "countersign";
   *
   * const webhook = new Webhook("figma", "passcode");
   * const body = webhook.signBody('{"event_type":"PING"}');
   * webhook.unwrap(body, {}).type; // "PING"
   * ```
   */
  signBody(body: Body, signOptions?: SignOptions): Uint8Array<ArrayBuffer> {
    const raw = bodyOf(body);
    if (!this.signsInBody) {
      return typeof raw === "string" ? new TextEncoder().encode(raw) : new Uint8Array(raw);
    }
    const { exchange } = this.#instance;
    const now = stageToSign(exchange, raw, signOptions);
    const { entries, texts, body: length } = exchange.staged;
    exchange.settle(this.#handle.sign_body(exchange.shared, entries, texts, length, now));
    return new TextEncoder().encode(exchange.shared.text());
  }

  /**
   * For samples: the URL to call with this body, with the digest of JSON in its query where the scheme
   * has it there, as Twilio does.
   *
   * @internal
   */
  urlToCall(body: Body, url: string): string {
    const { exchange } = this.#instance;
    stageToSign(exchange, body, { url });
    const { entries, texts, body: length } = exchange.staged;
    exchange.settle(this.#handle.url_to_call(exchange.shared, entries, texts, length));
    return exchange.shared.text();
  }

  /**
   * Judges a request by its head, before its body is read.
   *
   * @param bodyLimit The largest body that is taken, in bytes.
   * @throws {@link GuardError} `method_not_allowed`, `unsupported_media_type`;
   * {@link PayloadError} `payload_too_large`.
   *
   * @example
   * ```ts
   * import { Webhook } from "countersign";
   *
   * const webhook = new Webhook("stripe", "whsec_test");
   * webhook.checkHead({ method: "POST", contentType: "application/json" }, 1024); // "delivery"
   * ```
   */
  checkHead(head: RequestHead, bodyLimit: number): Intake {
    const { method, contentType, contentEncoding, contentLength } = options("the head", HEAD_KEYS, head);
    const isHandshake = attempt(() =>
      this.#handle.check_head(
        text("the method", method),
        optionalText("the content type", contentType),
        optionalText("the content encoding", contentEncoding),
        contentLength === undefined || contentLength === null ? undefined : whole("the length", contentLength),
        whole("the body limit", bodyLimit),
      ),
    );
    return isHandshake ? "handshake" : "delivery";
  }

  /** The value of the header `Allow`. */
  get allowedMethods(): string {
    return this.#handle.allowed_methods();
  }

  /**
   * What answers a handshake that is not signed; `null` if this is none. Those that are signed come as
   * events: see {@link Event.handshake}.
   *
   * Of the context `url` is the one that was called, of which the query is read; `method` is POST if
   * not given, and a body is read of POST alone.
   *
   * @throws {@link GuardError} `malformed_handshake`; `handshake_refused` if its token is another
   * than the option `verifyToken` or the secret says.
   *
   * @example
   * ```ts
   * import { Webhook } from "countersign";
   *
   * const webhook = new Webhook("meta", "app secret", { verifyToken: "meatyhamhock" });
   * const url = "/hook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meatyhamhock";
   * webhook.handshake("", {}, { method: "GET", url })?.answer.body; // "1158201444"
   * ```
   */
  handshake(body: Body, headers: RequestHeaders, context?: RequestContext): HandshakeReply | null {
    const message = new Message();
    this.#read(message, headers, context);
    const { exchange } = this.#instance;
    exchange.stage(message, bodyOf(body));
    const { entries, texts, body: length } = exchange.staged;
    const found = exchange.settle(this.#handle.handshake(exchange.shared, entries, texts, length));
    return found === 0 ? null : parseReply(exchange.shared.text());
  }

  /** Whether a handshake may come with POST and no signature, so that deliveries have to be tried. */
  get hasUnsignedPosts(): boolean {
    return this.#hasUnsignedPosts;
  }

  /** How the provider wants to be answered: in JSON, without a body, or with 400 in place of 401. */
  get answerForm(): "described" | "empty" | "described-400" {
    return this.#answerForm;
  }

  /** For samples: the scheme's registered name, or what was described. @internal */
  get schemeSource(): string | FlatDescription {
    return this.#source;
  }

  /** The scheme's name. */
  get schemeName(): string {
    return this.#handle.scheme_name();
  }

  /** How far the attempt timestamp may be from now. */
  get tolerance(): Tolerance {
    return new Tolerance({ past: this.#handle.past() ?? null, future: this.#handle.future() ?? null });
  }

  /** How long a delivery's dedupe key must be remembered, in seconds; at least a day. */
  get dedupeLifetime(): number {
    return this.#handle.dedupe_lifetime();
  }

  /** The names of all headers that {@link Webhook.verify} reads, in lower case. */
  get headerNames(): readonly string[] {
    return this.#headers.names;
  }

  /** Adds what the core reads of a request; the instant to judge it by. */
  #read(message: Message, headers: RequestHeaders, context: RequestContext | null | undefined): number {
    this.#headers.collect(headers, message);
    if (context === undefined || context === null) {
      return time(undefined);
    }
    // Lenient, since a server's request may stand here: it has the method and the URL.
    const now = time(fields("the context", context).now);
    addContext(message, context);
    if (context.key !== undefined && context.key !== null) {
      message.add(KEY, keyText(context.key));
    }
    return now;
  }

  /** The index of the secret that fits; parses the payload, if that is wanted. */
  #verify(message: Message, body: string | Uint8Array, now: number, parse: boolean): number {
    const { exchange } = this.#instance;
    exchange.stage(message, body);
    const { entries, texts, body: length } = exchange.staged;
    return exchange.settle(this.#handle.verify(exchange.shared, entries, texts, length, now, parse));
  }
}

/** Nothing of the secrets stays behind but the keys of the webhook. */
function webhookHandle(instance: Instance, scheme: SchemeHandle, secrets: unknown): WebhookHandle {
  const { glue } = instance;
  const list = new glue.SecretList();
  try {
    for (const secret of isSeveral(secrets) ? secrets : [secrets]) {
      Secret.use(secret, instance, (handle) => attempt(() => list.push(handle, scheme)));
    }
    return attempt(() => new glue.WebhookHandle(scheme, list));
  } finally {
    list.free();
  }
}

function isSeveral(secrets: unknown): secrets is Iterable<unknown> {
  if (typeof secrets !== "object" || secrets === null || ArrayBuffer.isView(secrets)) {
    return false;
  }
  // Of a text as an object each character would be a secret.
  return Symbol.iterator in secrets && !(secrets instanceof String);
}

import { type Body, bodyOf, bytesOf } from "../body.js";
import { fields, options, optionalText, text, time, wrong } from "../check.js";
import { keyText } from "../context.js";
import { attempt } from "../errors.js";
import { refuseTooLarge } from "../exchange.js";
import { Scheme } from "../scheme.js";
import { Secret } from "../secret.js";
import { Tolerance } from "../tolerance.js";
import { Webhook } from "../webhook.js";
import type { RequestContext } from "../webhook-options.js";
import { glue } from "./core.js";
import { type EveryHeader, everyHeader } from "./headers.js";

/** A webhook, as its constructor takes it. */
export interface ExplainedWebhook {
  /** A registered name, or a {@link Scheme}. */
  readonly scheme: string | Scheme;
  /**
   * One secret or several: texts as the provider shows them, or bytes of keys. A `Secret` does not
   * give its text away, so that it cannot be given here.
   */
  readonly secrets: string | Uint8Array | Iterable<string | Uint8Array>;
  /** Replaces the scheme's own tolerance. */
  readonly tolerance?: Tolerance | null | undefined;
}

/** A request, as {@link Webhook.verify} takes it. */
export interface ExplainedRequest extends RequestContext {
  /** The body as received, to the byte. */
  readonly body: Body;
  /** All headers as received, not only those of the scheme. */
  readonly headers: EveryHeader;
}

/** `proven`: the signature fits once this is undone, or the fault is plain. `likely`: it looks so. */
export type Certainty = "proven" | "likely";

/** One thing that is wrong with a request. */
export interface Finding {
  /** What it is, the same in every language. */
  readonly code: string;
  readonly certainty: Certainty;
  /** Facts by name: numbers, words and names of headers. */
  readonly evidence: Readonly<Record<string, number | string>>;
  /** What to do about it. */
  readonly suggestion: string;
}

/** Why a request is refused. */
export interface Explanation {
  /** Whether `verify` accepts it. */
  readonly accepted: boolean;
  /** Which secret fits, counted from 0; `null` of a request that is refused. */
  readonly keyIndex: number | null;
  /** The code that `verify` refuses it with; `null` of one that is accepted. */
  readonly code: string | null;
  /** The message of that refusal. */
  readonly message: string | null;
  /** What is wrong, the surest first; empty where nothing was found. */
  readonly findings: readonly Finding[];
  /** The whole report as text. */
  readonly text: string;
}

/** Larger bodies are not looked at: what is tried takes several times their memory. */
const MAX_BODY = 1 << 26;
/** One more than the core takes of a secret: enough for its verdict. */
const TOO_LONG = 4_097;

const encoder = new TextEncoder();

/**
 * Says why `verify` refuses a request, and what would make it pass.
 *
 * It is many times as slow as `verify`, whose verdict it never changes: call it for a request that
 * was refused.
 *
 * @throws {@link ConfigurationError} as the constructor of `Webhook` does, and `unsupported_body`;
 * {@link PayloadError} `payload_too_large` for a body of more than 64 MiB; `TypeError` for arguments
 * of another type.
 *
 * @example
 * ```ts
 * import { Webhook } from "countersign";
 * import { explain } from "countersign/explain";
 *
 * const secret = "It's a Secret to Everybody";
 * const headers = new Webhook("github", secret).sign('{"zen":"Keep it simple."}');
 * const request = { headers, body: '{"zen": "Keep it simple."}' };
 * const { findings } = explain({ scheme: "github", secrets: secret }, request);
 * findings[0]?.code; // "body_reserialised"
 * ```
 */
export function explain(webhook: ExplainedWebhook, request: ExplainedRequest): Explanation {
  if ((webhook as unknown) instanceof Webhook) {
    throw new TypeError("explain takes { scheme, secrets }: a Webhook does not give its secrets away");
  }
  const { scheme, secrets, tolerance } = options(
    "the webhook",
    { scheme: true, secrets: true, tolerance: true },
    webhook,
  );
  // Lenient, since a request that `signedRequest` made, or a server, may stand here.
  const { body, headers, now, url, method, key } = fields("the request", request);
  if (tolerance !== undefined && tolerance !== null && !(tolerance instanceof Tolerance)) {
    throw wrong("the tolerance", "a Tolerance", tolerance);
  }
  const handle = new glue.ExplainHandle();
  try {
    addScheme(handle, scheme);
    const list = listOf(secrets);
    addSecrets(handle, list);
    if (tolerance) {
      handle.set_tolerance(tolerance.past ?? undefined, tolerance.future ?? undefined);
    }
    everyHeader(headers, () => namesOf(scheme, list), (name, value) => handle.add_header(name, value));
    const fetched = key === undefined || key === null ? undefined : keyText(key);
    handle.set_context(optionalText("the method", method), optionalText("the URL", url), fetched);
    const given = bodyOf(body);
    const bytes = typeof given === "string" ? encoder.encode(given) : given;
    if (bytes.length > MAX_BODY) {
      refuseTooLarge();
    }
    const { key_index: keyIndex, ...report } = JSON.parse(attempt(() => handle.explain(bytes, time(now)))) as Omit<
      Explanation,
      "accepted" | "keyIndex"
    > & { key_index: number | null };
    return { accepted: keyIndex !== null, keyIndex, ...report };
  } finally {
    handle.free();
  }
}

/**
 * The names of the registered schemes whose headers these are, the likeliest first. For reports: a
 * verdict is by the scheme that the program names. An object with `get` and `has` alone, which lists
 * nothing, fits none.
 *
 * @example
 * ```ts
 * import { Webhook } from "countersign";
 * import { detect } from "countersign/explain";
 *
 * detect(new Webhook("slack", "hush").sign("{}")); // ["slack"]
 * ```
 */
export function detect(headers: EveryHeader): string[] {
  const handle = new glue.ExplainHandle();
  try {
    everyHeader(headers, () => [], (name, value) => handle.add_header(name, value));
    return glue.detect_schemes(handle).split("\n").filter((name) => name !== "");
  } finally {
    handle.free();
  }
}

function addScheme(handle: glue.ExplainHandle, scheme: unknown): void {
  const source = Scheme.sourceOf(scheme);
  if (typeof source === "string") {
    handle.set_name(source);
    return;
  }
  const values = source.message.texts();
  for (let at = 0; at < values.length; at += 2) {
    handle.add_field(values[at]!, values[at + 1]!);
  }
  if (source.tolerance) {
    handle.set_tolerance(source.tolerance.past ?? undefined, source.tolerance.future ?? undefined);
  }
}

function listOf(secrets: unknown): unknown[] {
  const several =
    typeof secrets === "object" && secrets !== null && Symbol.iterator in secrets && !ArrayBuffer.isView(secrets);
  return several ? [...(secrets as Iterable<unknown>)] : [secrets];
}

/** The headers that the scheme reads; none of one whose keys this program's `Webhook` does not know. */
function namesOf(scheme: unknown, secrets: readonly unknown[]): readonly string[] {
  try {
    const taken = secrets.map((each) => (typeof each === "string" ? each : Secret.fromBytes(each as Uint8Array)));
    return new Webhook(scheme as string | Scheme, taken).headerNames;
  } catch {
    return [];
  }
}

function addSecrets(handle: glue.ExplainHandle, secrets: readonly unknown[]): void {
  for (const secret of secrets) {
    if (typeof secret === "string") {
      handle.add_secret(text("a secret", secret).slice(0, TOO_LONG));
      continue;
    }
    const key = secret instanceof Secret ? undefined : bytesOf("a secret", secret);
    if (key === undefined) {
      throw wrong("a secret", "its text, or the bytes of its key", secret);
    }
    handle.add_key(key.subarray(0, TOO_LONG));
  }
}

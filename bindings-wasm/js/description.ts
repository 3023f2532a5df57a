/** Descriptions of schemes: their type, and their form for the core. */

import { text, wrong } from "./check.js";
import { Message } from "./message.js";
import { Tolerance, type ToleranceSides } from "./tolerance.js";

/** The headers that carry a signature and what it covers, in lower case. */
export interface HeaderNames {
  /** The header of the signature. */
  readonly signature: string;
  /** The header of the message's id. */
  readonly id?: string | null;
  /** The header of the attempt timestamp. */
  readonly timestamp?: string | null;
}

/** How a time is written. */
export type TimestampFormat = "seconds" | "milliseconds" | "rfc3339" | "seconds-or-rfc3339";

/** The parts of a scheme. Keys in snake_case, as in other languages, are accepted too. */
export interface SchemeDescription {
  /** 1 to 64 of `a-z`, `0-9` and `-`. */
  readonly name: string;
  /**
   * The first set that a request has in full is used; 1 to 4 sets. The first is what is signed. None
   * if the signature is in the body.
   */
  readonly headers?: HeaderNames | readonly HeaderNames[];
  /** What stands before each signature: a version label and `=` or `,`. None if not given. */
  readonly prefix?: string;
  /**
   * What separates several signatures in the header: a space, `,` or `;`, of which the last two may
   * have a space after them that is written too.
   */
  readonly separator?: string | null;
  /** The timestamp is the entry `label=...` of the signature header. */
  readonly timestampLabel?: string | null;
  /**
   * The timestamp is this field of the JSON body, as `path.to.it`. It is read, and then checked, once
   * the signature of the body is right.
   */
  readonly timestampField?: string | null;
  /**
   * The signature is this field of the JSON body, as `path.to.it`, and in no header. Of what is read
   * before the signature is checked, no name may stand twice.
   */
  readonly signatureField?: string | null;
  /**
   * The body has several signatures: this field is an array, whose elements are signed one by one. The
   * paths of the signature and of what it covers begin at the element, and so do those of the event and
   * its data, if there is one; of several the event has no field.
   */
  readonly signatureItems?: string | null;
  /** Further headers that may carry a signature, one for each secret; at most 15. */
  readonly furtherSignatures?: string | readonly string[];
  /**
   * The keyed hash; `hmac-sha256` if not given. Or `plain-sha256` or `plain-md5` over content that
   * holds the secret, or `token` where the secret itself is sent, which proves nothing about the body.
   */
  readonly algorithm?: "hmac-sha256" | "hmac-sha1" | "hmac-sha512" | "plain-sha256" | "plain-md5" | "token";
  /** How signatures are written; `hex` (lower case) if not given. */
  readonly encoding?: "hex" | "hex-upper" | "hex-any-case" | "base64" | "base64url";
  /**
   * How secrets give keys; `text` (their UTF-8 bytes) if not given. `base64-or-text` is base64 after
   * the prefix, and without the prefix the text; `base64-and-text` is both, where it can be.
   */
  readonly key?: "text" | "base64" | "hex" | "base64-or-text" | "base64-and-text";
  /** What may stand before a base64 or hexadecimal secret and is no part of the key. */
  readonly secretPrefix?: string;
  /**
   * The signed content: `{body}`, `{id}`, `{timestamp}`, `{method}`, `{url}`, `{form}` (names and
   * values of the body's form, decoded and sorted, each pair once), and for plain hashes `{secret}`;
   * all else stands for itself, `{{` and `}}` for braces. `{body}` if not given. A token has none:
   * give "". Where the signature is in the body: `{field:path.to.it}`, the text of a field, nothing
   * if it is absent or null; `{line:path.to.it}`, path and text with a line break behind each;
   * `{before_signature}` and `{after_signature}`, the body around it.
   */
  readonly content?: string;
  /**
   * In which form the URL is signed; `as-given` if not given. `either-port`: also with the port of its
   * scheme, or without its port. `partly-decoded`: also as HubSpot decodes it.
   */
  readonly urlForm?: "as-given" | "either-port" | "partly-decoded";
  /** A URL with this parameter has the SHA-256 of the body there, and then `{form}` is empty. */
  readonly bodyDigestParameter?: string | null;
  /** How the attempt timestamp is written; `seconds` if not given. */
  readonly timestampFormat?: TimestampFormat;
  /** How far the attempt timestamp may be from now; 300 seconds both ways if not given. */
  readonly tolerance?: Tolerance | ToleranceSides;
  /** What the payload is; `json` if not given. */
  readonly payload?: "json" | "json-batch" | "form" | "json-or-form";
  /**
   * `id` (the id header), `header:name`, `body:path.to.it` or `joined:one.path,another.path` (all of up
   * to 4 fields, a colon between them); the first that is there.
   */
  readonly eventId?: string | readonly string[];
  /** Where the event's type comes from, as for `eventId`. */
  readonly eventType?: string | readonly string[];
  /** Where the event's time comes from, as for `eventId`. */
  readonly eventTime?: string | readonly string[];
  /** Where the delivery's identity comes from; as `eventId` if not given. */
  readonly dedupe?: string | readonly string[] | null;
  /** How the event's time is written; `seconds` if not given. */
  readonly eventTimeFormat?: TimestampFormat;
  /** What every event has; others are refused with `missing_field`. */
  readonly required?: readonly ("id" | "type")[];
  /** The field that is the event's `data`; the whole payload if not given. */
  readonly data?: string | null;
  /** How the provider makes sure of the endpoint before it delivers; not at all if not given. */
  readonly handshake?:
    | "slack-url-verification"
    | "meta-verification"
    | "zoom-url-validation"
    | "twitch-callback-verification"
    | "discord-ping"
    | "sns-confirmation"
    | "dropbox-challenge"
    | "okta-verification"
    | "asana-hook-secret"
    | "notion-verification-token"
    | "mailersend-test"
    | "head-probe"
    | "get-probe"
    | null;
  /**
   * How a receiver answers; `described` (JSON that says what became of the request) if not given.
   * `empty`: without a body. `described-400`: with 400 where it would be 401.
   */
  readonly answers?: "described" | "empty" | "described-400";
}

/** The keys as the core has them, and what their values are. */
const KEYS: ReadonlyMap<string, "text" | "optional" | "list" | "headers" | "tolerance"> = new Map([
  ["name", "text"],
  ["headers", "headers"],
  ["prefix", "text"],
  ["separator", "optional"],
  ["timestamp_label", "optional"],
  ["timestamp_field", "optional"],
  ["signature_field", "optional"],
  ["signature_items", "optional"],
  ["further_signatures", "list"],
  ["algorithm", "optional"],
  ["encoding", "optional"],
  ["key", "optional"],
  ["secret_prefix", "text"],
  ["content", "optional"],
  ["url_form", "optional"],
  ["body_digest_parameter", "optional"],
  ["timestamp_format", "optional"],
  ["tolerance", "tolerance"],
  ["payload", "optional"],
  ["event_id", "list"],
  ["event_type", "list"],
  ["event_time", "list"],
  ["dedupe", "list"],
  ["event_time_format", "optional"],
  ["required", "list"],
  ["data", "optional"],
  ["handshake", "optional"],
  ["answers", "optional"],
]);

/** Keys and values in turn, as the core reads them, and the tolerance. */
export interface FlatDescription {
  readonly message: Message;
  readonly tolerance: Tolerance | undefined;
}

export function flatten(description: unknown): FlatDescription {
  if (!isRecord(description)) {
    throw wrong("the scheme's description", "an object", description);
  }
  const message = new Message();
  let tolerance: Tolerance | undefined;
  const given = new Set<string>();
  for (const [written, value] of Object.entries(description)) {
    const key = written.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const type = KEYS.get(key);
    if (type === undefined) {
      throw new TypeError("a scheme's description has a key that there is not; is it misspelt?");
    }
    if (value === undefined || (value === null && key !== "name" && key !== "headers")) {
      continue;
    }
    // As `event_id` and as `eventId`.
    if (given.has(key)) {
      throw new TypeError(`a scheme's description has ${key} in both spellings`);
    }
    given.add(key);
    if (type === "tolerance") {
      tolerance = value instanceof Tolerance ? value : new Tolerance(value as ToleranceSides);
    } else if (type === "headers") {
      addHeaders(value, message);
    } else if (type === "list") {
      addList(key, value, message);
    } else {
      message.addField(key, text(`the scheme's ${written}`, value));
    }
  }
  return { message, tolerance };
}

function addHeaders(value: unknown, message: Message): void {
  for (const set of Array.isArray(value) ? (value as unknown[]) : [value]) {
    if (!isRecord(set)) {
      throw wrong("a header set", "an object", set);
    }
    if (Object.keys(set).some((key) => !["signature", "id", "timestamp"].includes(key))) {
      throw new TypeError("a header set has the keys signature, id and timestamp, no others");
    }
    const { signature, id, timestamp } = set;
    message.addField("headers.signature", signature === undefined ? "" : text("a header set's signature", signature));
    for (const [key, name] of Object.entries({ id, timestamp })) {
      if (name !== undefined && name !== null) {
        message.addField(`headers.${key}`, text(`a header set's ${key}`, name));
      }
    }
  }
}

function addList(key: string, value: unknown, message: Message): void {
  const items = typeof value === "string" ? [value] : value;
  if (!Array.isArray(items)) {
    throw wrong(`the scheme's ${key}`, "a string or an array of strings", value);
  }
  if (key === "dedupe" && items.length === 0) {
    message.addField("dedupe.none", "");
  }
  for (const item of items) {
    message.addField(key, text(`the scheme's ${key}`, item));
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Random requests, each valid or with one thing wrong, from a seed. */

import { createHash } from "node:crypto";

import { Webhook } from "countersign";

/** What goes wrong where bytes are handled as text, or text is put into a template. */
const AWKWARD = [
  "$& $1 $$", "%s %d ${a} {0}", "\\u00e9 \\/ \\\\", "\r\n", "\t\0\x7f", "é e\u0301 ß İ", "日本語", "🧾\u200d💡",
  "\u2028\u2029", "\ufffd", "</script>&amp;", "1e400", "'\"`", " ", "__proto__",
];
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** The run of characters that is the signature, in any of the headers. */
const SIGNATURE = /[A-Za-z0-9+/_-]{27,}={0,2}/;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** Numbers that look random, the same for a seed. */
export class Random {
  #state;

  constructor(seed) {
    this.#state = createHash("sha256").update(seed).digest().readUInt32LE();
  }

  /** From 0 to below 1, by mulberry32. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from the one to the other, both of which it may be. */
  between(least, most) {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  choice(list) {
    return list[this.between(0, list.length - 1)];
  }

  times(count, action) {
    return Array.from({ length: count }, action);
  }

  bytes(count) {
    return Buffer.from(this.times(count, () => this.between(0, 255)));
  }
}

export function textSecret(random, prefix = "") {
  return prefix + random.times(random.between(24, 64), () => random.choice(LETTERS)).join("");
}

export function base64Secret(random) {
  return `whsec_${random.bytes(random.between(24, 64)).toString("base64")}`;
}

export function hexSecret(random) {
  return random.bytes(32).toString("hex").toUpperCase();
}

export function anyText(random) {
  const words = [...AWKWARD, "id", "value", "x".repeat(random.between(1, 40)), String(random.next())];
  return random.times(random.between(0, 5), () => random.choice(words)).join("");
}

function anyValue(random, depth = 0) {
  const kind = random.between(0, depth < 3 ? 7 : 4);
  if (kind === 5) {
    return random.times(random.between(0, 3), () => anyValue(random, depth + 1));
  }
  if (kind > 5) {
    return Object.fromEntries(random.times(random.between(0, 3), () => [anyText(random), anyValue(random, depth + 1)]));
  }
  const integer = random.between(-(2 ** 40), 2 ** 40);
  return [null, random.next() < 0.5, integer, random.next(), anyText(random)][kind];
}

/** An object, spaced and escaped in any of the ways; now and then a big one. */
export function jsonBody(random, fields = {}) {
  const pairs = random.times(random.between(1, 6), () => [anyText(random), anyValue(random)]);
  const value = { ...Object.fromEntries(pairs), ...fields };
  if (random.next() < 0.03) {
    value.big = anyText(random).repeat(2000);
  }
  let text = JSON.stringify(value, null, random.choice([0, 1, "\t"]));
  if (random.next() < 0.5) {
    text = text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  }
  return Buffer.from(text + random.choice(["", "", "", "\n", "\r\n"]));
}

/** Any text, of which JSON is only the most frequent kind. */
export function textBody(random) {
  const kind = random.between(0, 11);
  if (kind === 0) {
    return Buffer.alloc(0);
  }
  if (kind === 1) {
    return Buffer.from(anyText(random).repeat(random.between(1, 50)));
  }
  return kind === 2 ? Buffer.concat([BOM, jsonBody(random)]) : jsonBody(random);
}

/** The same, or bytes that are no text. */
export function anyBody(random) {
  return random.next() < 0.05 ? random.bytes(random.between(1, 300)) : textBody(random);
}

export function anyUrl(random) {
  const host = random.choice(["example.com", "hooks.example.com", "xn--bcher-kva.example", "127.0.0.1"]);
  const port = random.choice(["", "", ":8443", ":80"]);
  const path = random.choice(["", "/", "/hooks", "/hooks/%C3%A9/", "/a/b.php;v=1", "/a//b", "/~x/@y"]);
  const query = random.choice(["", "", "?a=1&b=2", "?q=%20+%2B", "?b=2&a=1&a=", "?", "?x=a'b", "?to=https%3A%2F%2Fa.example%2F%40b"]);
  return `https://${host}${port}${path}${query}`;
}

/** What arrives, and the secret that it is verified with. */
export class Request {
  constructor(parts) {
    Object.assign(this, parts);
  }

  with(changes) {
    return new Request({ ...this, ...changes });
  }

  /** The body for libraries that take text. */
  get text() {
    return this.body.toString("utf8");
  }

  get hasBom() {
    return this.body.subarray(0, 3).equals(BOM);
  }

  get isText() {
    return this.body.equals(Buffer.from(this.text));
  }
}

/**
 * Where requests of a provider come from.
 *
 * `signature` and `timestamp` are the headers of the signature and of its time, if it has one;
 * `separator` stands between the signatures of a header that may have several; `sign` makes the
 * headers by the provider's library, if it can; `dated` puts a time into the body, where it belongs
 * there; `headers` come too.
 *
 * Where the secret is a public key, `signOtherwise` makes them by a library of neither, and `pair` is
 * what we sign with, if we can; `rewritten` are other texts for a signature, by what they have. `Webhook`
 * is of the entry that knows the scheme.
 */
export function source({ scheme, signature, ...others }) {
  const usual = { Webhook, secret: textSecret, body: anyBody, url: anyUrl, method: "POST" };
  return { ...usual, scheme, signature, ...others };
}

/** The next request: as often valid as not. */
export async function anyRequest(from, random) {
  const [secret, body] = [from.secret(random), from.body(random)];
  const url = from.url(random, body);
  const webhook = new from.Webhook(from.scheme, secret);
  const past = webhook.tolerance.past ?? 300;
  // Never near the end of what is tolerated, where the verdict depends on how fast this runs.
  let age = random.between(0, Math.floor(past / 3));
  let [kind, tamper] = ["valid", undefined];
  if (random.next() < 0.5) {
    const tampers = [bodyTampered, secretTampered, signatureTampered];
    const isTimed = from.timestamp !== undefined || from.dated !== undefined;
    tamper = random.choice(isTimed ? [...tampers, timeTampered] : tampers);
    if (tamper === timeTampered && (from.timestamp === undefined || random.next() < 0.5)) {
      tamper = undefined;
      [kind, age] = random.choice([["old", 2 * past + 60], ["ahead", -2 * past - 60]]);
    }
  }
  const now = Math.floor(Date.now() / 1000) - age;
  let request = new Request({ kind, scheme: from.scheme, secret, body, url, method: from.method, headers: {} });
  if (from.dated !== undefined) {
    request = request.with({ body: from.dated(body, now) });
  }
  const sign = from.sign ?? from.signOtherwise;
  const weSign = from.signOtherwise === undefined || from.pair !== undefined;
  // The libraries sign text, and not all sign nothing.
  const maySign = sign !== undefined && request.isText && request.body.length > 0;
  const signer = from.pair === undefined ? webhook : new from.Webhook(from.scheme, from.pair(secret));
  const headers =
    !weSign || (maySign && random.next() < 0.5)
      ? await sign(request, now)
      : signer.sign(request.body, { id: "msg_1", now, url, method: from.method });
  request = request.with({ headers: { ...headers, ...from.headers } });
  return tamper === undefined ? request : tamper(request, from, random);
}

function bodyTampered(request, from, random) {
  const { body } = request;
  const at = random.between(0, request.text.length);
  const changes = {
    "body: a letter more": request.isText
      ? Buffer.from(`${request.text.slice(0, at)}x${request.text.slice(at)}`)
      : Buffer.concat([body, Buffer.from("x")]),
    "body: a line more": Buffer.concat([body, Buffer.from("\n")]),
    "body: a space first": Buffer.concat([Buffer.from(" "), body]),
    // By a whole character, so that what is text is text still.
    "body: cut": request.isText ? Buffer.from([...request.text].slice(0, -1).join("")) : body.subarray(0, -1),
    "body: none": Buffer.alloc(0),
    "body: a BOM more": Buffer.concat([BOM, body]),
  };
  if (request.isText && request.text.startsWith("{")) {
    changes["body: written anew"] = Buffer.from(JSON.stringify(JSON.parse(request.text)));
  }
  const different = Object.entries(changes).filter(([, changed]) => !changed.equals(body));
  const [kind, changed] = random.choice(different);
  return request.with({ kind, body: changed });
}

function secretTampered(request, from, random) {
  return request.with({ kind: "secret: another", secret: from.secret(random) });
}

function signatureTampered(request, from, random) {
  const value = request.headers[from.signature];
  const [signature] = SIGNATURE.exec(value);
  // Not the last, which may have bits that say nothing.
  const at = random.between(0, signature.replace(/=+$/, "").length - 2);
  const other = signature[at] === "0" ? "1" : "0";
  const another = signature.slice(0, at) + other + signature.slice(at + 1);
  const swapped = signature.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
  const replacements = {
    "a character changed": another,
    cut: signature.slice(0, signature.length / 2),
    "padding lost": signature.replace(/=+$/, ""),
    "in the other case": swapped,
    "of another request": [...signature].reverse().join(""),
    "no text": `\xff${signature.slice(1)}`,
    longer: `${signature}0`,
    ...from.rewritten?.(signature),
  };
  const [kind, changed] = random.choice(Object.entries(replacements));
  const wrong = value.replace(signature, () => changed);
  const headers = {
    empty: "",
    none: undefined,
    "spaces around": ` ${value} `,
    "without its prefix": signature,
    "of another version": value.replace(/\b[vh][01]([=,])/, "v9$1"),
    "header twice": `${value.replace(signature, () => another)}, ${value}`,
  };
  if (from.separator !== undefined) {
    const before = value.split(from.separator);
    const entry = before.pop();
    const replaced = entry.replace(signature, () => another);
    headers["another before"] = [...before, replaced, entry].join(from.separator);
    headers["another after"] = [...before, entry, replaced].join(from.separator);
  }
  const ofHeader = Object.entries(headers).filter(([, header]) => header !== value);
  const chosen = random.choice([...ofHeader.map(() => [kind, wrong]), ...ofHeader]);
  return withHeader(request, `signature: ${chosen[0]}`, chosen[1], from.signature);
}

function timeTampered(request, from, random) {
  const value = request.headers[from.timestamp];
  const [stamp] = /\d{10,}/.exec(value);
  const changes = {
    "a second more": String(Number(stamp) + 1),
    "a second less": String(Number(stamp) - 1),
    "a fraction": `${stamp}.5`,
    signed: `+${stamp}`,
    negative: `-${stamp}`,
    "zeros first": `00${stamp}`,
    "spaces around": ` ${stamp} `,
    "text after": `${stamp}x`,
    "no number": "now",
    empty: "",
    exponent: "1e9",
    "in the other unit": stamp.length === 10 ? `${stamp}000` : stamp.slice(0, -3),
  };
  const [kind, changed] = random.choice(Object.entries(changes));
  return withHeader(request, `time: ${kind}`, value.replace(stamp, changed), from.timestamp);
}

function withHeader(request, kind, value, name) {
  const { [name]: _, ...headers } = request.headers;
  return request.with({ kind, headers: value === undefined ? headers : { ...headers, [name]: value } });
}

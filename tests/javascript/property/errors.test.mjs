/** Whatever is passed: a result, an error of the package, or a TypeError. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  Backoff,
  CountersignError,
  parseRetryAfter,
  RetryPolicy,
  Scheme,
  Secret,
  Tolerance,
  Webhook,
} from "countersign";
import fc from "fast-check";

import { anyBody, anyScheme } from "./arbitraries.mjs";
import { check } from "./settings.mjs";

const text = fc.string({ unit: "binary", maxLength: 60 });
/** Text with halves of surrogate pairs. */
const brokenText = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 })
  .map((units) => String.fromCharCode(...units));
const anything = fc.oneof(
  fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
  }),
  text,
  brokenText,
);

/** What an action gives; `undefined` if it throws one of the errors that it may throw. */
function attempt(action) {
  try {
    return action();
  } catch (error) {
    const allowed = error instanceof CountersignError || error instanceof TypeError;
    assert.ok(allowed, `${error?.stack ?? error}`);
    assert.ok(!(error instanceof WebAssembly.RuntimeError));
    return undefined;
  }
}

const words = fc.constantFrom(
  "name",
  "headers",
  "prefix",
  "separator",
  "algorithm",
  "encoding",
  "key",
  "content",
  "payload",
);
const moreWords = fc.constantFrom(
  "timestampLabel",
  "secretPrefix",
  "timestampFormat",
  "tolerance",
  "eventId",
  "event_type",
);
const lastWords = fc.constantFrom(
  "eventTime",
  "dedupe",
  "eventTimeFormat",
  "required",
  "data",
  "__proto__",
  "constructor",
);
const fragments = fc.constantFrom(
  "{body}",
  "{id}",
  "{timestamp}",
  "{{",
  "}",
  "v1=",
  ",",
  "hex",
  "base64",
  "body:a.b",
  "header:x-a",
  "id",
  "type",
);
const plausible = fc.oneof(
  fragments,
  fc.array(fragments, { maxLength: 6 }),
  fc.array(fragments).map((list) => list.join("")),
  anything,
);
const names = fc.record({ signature: plausible, id: plausible, timestamp: plausible }, { requiredKeys: [] });
const description = fc.oneof(
  fc.dictionary(fc.oneof(words, moreWords, lastWords), plausible),
  fc
    .tuple(fc.dictionary(fc.oneof(words, moreWords, lastWords), plausible), fc.oneof(names, fc.array(names)))
    .map(([parts, headers]) => ({ name: "acme", ...parts, headers })),
  anything,
);

test("any description", () => {
  check(
    fc.property(description, text, anyBody, (given, secret, body) => {
      const scheme = attempt(() => new Scheme(given));
      const webhook = scheme && attempt(() => new Webhook(scheme, secret));
      if (webhook) {
        attempt(() => webhook.sign(body, { id: "a", method: "POST", url: "/" }));
        attempt(() => webhook.verify(body, {}));
      }
    }),
    { runs: 2000 },
  );
});

test("any secrets", () => {
  check(
    fc.property(anyScheme, fc.oneof(anything, fc.array(anything)), ({ scheme }, secrets) => {
      attempt(() => new Webhook(scheme, secrets));
      attempt(() => new Secret(secrets));
      attempt(() => Secret.fromBytes(secrets));
    }),
    { runs: 1000 },
  );
});

test("any body", () => {
  const webhook = new Webhook("slack", "hush");
  check(
    fc.property(fc.oneof(anyBody, anything), (body) => {
      const headers = attempt(() => webhook.sign(body, { now: 1e9 }));
      const event = headers && attempt(() => webhook.unwrap(body, headers, { now: 1e9 }));
      if (event) {
        attempt(() => event.data);
        attempt(() => event.payload);
        assert.ok(event.raw instanceof Uint8Array);
      }
    }),
    { runs: 1000 },
  );
});

test("any JSON is what JSON.parse makes of it", () => {
  const webhook = new Webhook("github", "hush");
  check(
    fc.property(fc.dictionary(text, fc.jsonValue({ noUnicodeString: false })), (value) => {
      const body = JSON.stringify(value);
      fc.pre(body.isWellFormed());
      const event = webhook.unwrap(body, webhook.sign(body));
      assert.deepEqual(event.data, JSON.parse(body));
      assert.deepEqual(webhook.unwrap(Buffer.from(body), webhook.sign(body)).data, JSON.parse(body));
    }),
  );
});

test("any headers", () => {
  const own = fc.constantFrom(
    "webhook-id",
    "Webhook-Timestamp",
    "WEBHOOK-SIGNATURE",
    "svix-id",
    "constructor",
  );
  const value = fc.oneof(
    text,
    brokenText,
    fc.array(text),
    anything,
    fc.constantFrom("v1,", "1700000000", "msg"),
  );
  const pairs = fc.array(fc.tuple(fc.oneof(own, text), value));
  const headers = fc.oneof(
    fc.dictionary(fc.oneof(own, text), value),
    pairs,
    pairs.map((list) => new Map(list)),
    anything,
  );
  const webhooks = [new Webhook("svix", "whsec_aGVsbG8="), new Webhook("stripe", "hush")];
  check(
    fc.property(headers, anyBody, (given, body) => {
      for (const webhook of webhooks) {
        assert.equal(
          attempt(() => webhook.verify(body, given)),
          undefined,
        );
        assert.equal(
          attempt(() => webhook.unwrap(body, given)),
          undefined,
        );
      }
    }),
    { runs: 2000 },
  );
});

test("any options", () => {
  const webhook = new Webhook("standard", "whsec_aGVsbG8=");
  const keys = fc.constantFrom(
    "now",
    "url",
    "method",
    "id",
    "tolerance",
    "jitter",
    "attempts",
    "status",
    "entropy",
    "cap",
  );
  const given = fc.oneof(anything, fc.dictionary(keys, anything));
  check(
    fc.property(anything, given, (value, options) => {
      attempt(() => webhook.sign("{}", options));
      attempt(() => webhook.verify("{}", {}, options));
      attempt(() => new Webhook("github", "hush", options));
      attempt(() => new Tolerance(options));
      attempt(() => Backoff.fixed(value, options));
      attempt(() => Backoff.exponential(value, options));
      attempt(() => new RetryPolicy(Backoff.standard(), options));
      attempt(() => RetryPolicy.standard().decide(value, options));
      attempt(() => parseRetryAfter(value, options));
    }),
    { runs: 1000 },
  );
});

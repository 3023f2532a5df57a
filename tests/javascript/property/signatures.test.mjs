/** What is signed is accepted, and nothing else is. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { CountersignError, Tolerance, VerificationError, Webhook } from "countersign";
import fc from "fast-check";

import { anyMessage, anyScheme } from "./arbitraries.mjs";
import { check } from "./settings.mjs";

function codeOf(action) {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof CountersignError, String(error));
    return error.code;
  }
  return "accepted";
}

function bytesOf(body) {
  return typeof body === "string" ? new TextEncoder().encode(body) : body;
}

function flip(bytes, bit) {
  const flipped = Uint8Array.from(bytes);
  flipped[bit >> 3] ^= 1 << (bit & 7);
  return flipped;
}

function withBit(text, bit) {
  return Buffer.from(flip(Buffer.from(text, "latin1"), bit)).toString("latin1");
}

test("what is signed is accepted, as text and as bytes", () => {
  check(
    fc.property(anyScheme, anyMessage, ({ scheme, secret }, { body, ...context }) => {
      fc.pre(typeof body !== "string" || body.isWellFormed());
      const webhook = new Webhook(scheme, secret);
      const headers = webhook.sign(body, context);
      for (const form of [body, bytesOf(body)]) {
        assert.deepEqual(webhook.sign(form, context), headers);
        const verified = webhook.verify(form, headers, context);
        assert.equal(verified.keyIndex, 0);
      }
      const upper = Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]);
      assert.ok(webhook.verify(body, upper, context));
    }),
  );
});

test("another secret's signature is refused, and accepted where both are known", () => {
  check(
    fc.property(anyScheme, anyMessage, ({ scheme, secret, other }, { body, ...context }) => {
      fc.pre(typeof body !== "string" || body.isWellFormed());
      const headers = new Webhook(scheme, secret).sign(body, context);
      assert.equal(
        codeOf(() => new Webhook(scheme, other).verify(body, headers, context)),
        "signature_mismatch",
      );
      assert.equal(new Webhook(scheme, [other, secret]).verify(body, headers, context).keyIndex, 1);
    }),
  );
});

test("a body with one bit flipped is refused", () => {
  check(
    fc.property(anyScheme, anyMessage, fc.nat(), ({ scheme, secret }, { body, ...context }, where) => {
      fc.pre(typeof body !== "string" || body.isWellFormed());
      const bytes = bytesOf(body);
      fc.pre(bytes.length > 0);
      const webhook = new Webhook(scheme, secret);
      const headers = webhook.sign(bytes, context);
      const changed = flip(bytes, where % (bytes.length * 8));
      assert.equal(
        codeOf(() => webhook.verify(changed, headers, context)),
        "signature_mismatch",
      );
    }),
  );
});

test("every single bit of a short body counts", () => {
  check(
    fc.property(anyScheme, fc.uint8Array({ minLength: 1, maxLength: 8 }), ({ scheme, secret }, body) => {
      const webhook = new Webhook(scheme, secret);
      const context = { id: "msg_1", now: 1e9, method: "POST", url: "/" };
      const headers = webhook.sign(body, context);
      for (let bit = 0; bit < body.length * 8; bit++) {
        assert.equal(
          codeOf(() => webhook.verify(flip(body, bit), headers, context)),
          "signature_mismatch",
        );
      }
    }),
    { runs: 50 },
  );
});

test("a signed header with one bit flipped is refused", () => {
  check(
    fc.property(
      anyScheme,
      anyMessage,
      fc.nat(),
      fc.nat(),
      ({ scheme, secret, anyCase }, { body, ...context }, which, where) => {
        fc.pre(typeof body !== "string" || body.isWellFormed());
        const tolerance = Tolerance.unchecked();
        const webhook = new Webhook(scheme, secret, { tolerance });
        const headers = webhook.sign(body, context);
        // Those that only describe the event may be absent.
        const names = Object.keys(headers).filter((name) => {
          const { [name]: _, ...others } = headers;
          return codeOf(() => webhook.verify(body, others, context)) === "missing_header";
        });
        const name = names[which % names.length];
        const changed = withBit(headers[name], where % (headers[name].length * 8));
        fc.pre(!(anyCase && isSameSignature(headers[name], changed)));
        const act = () => webhook.verify(body, { ...headers, [name]: changed }, context);
        assert.throws(act, VerificationError, `${name}: ${headers[name]} and ${changed}`);
      },
    ),
  );
});

/** Whether only the case of a hexadecimal digit differs, which is one bit. */
function isSameSignature(one, other) {
  const [first, second] = [one, other].map((text) =>
    text.replace(/[0-9a-f]{40,}$/i, (digits) => digits.toLowerCase()),
  );
  return first === second;
}

test("method and URL are covered where they are signed", () => {
  check(
    fc.property(anyScheme, anyMessage, ({ scheme, secret }, { body, ...context }) => {
      fc.pre(typeof body !== "string" || body.isWellFormed());
      const webhook = new Webhook(scheme, secret);
      const headers = webhook.sign(body, context);
      const accepted = (other) => codeOf(() => webhook.verify(body, headers, { ...context, ...other }));
      for (const part of ["url", "method"]) {
        const isSigned = accepted({ [part]: null }) === "missing_context";
        const expected = isSigned ? "signature_mismatch" : "accepted";
        assert.equal(accepted({ [part]: `${context[part]}x` }), expected);
      }
    }),
  );
});

test("a request is fresh for just as long as the tolerance says", () => {
  const tolerance = new Tolerance({ past: 10, future: 5 });
  check(
    fc.property(anyMessage, fc.integer({ min: -20_000, max: 20_000 }), ({ body, id, now }, shift) => {
      fc.pre(typeof body !== "string" || body.isWellFormed());
      const webhook = new Webhook("stripe", "hush", { tolerance });
      const signedAt = Math.floor(now) + 100;
      const headers = webhook.sign(body, { id, now: signedAt });
      const expected =
        shift > 10_000 ? "timestamp_too_old" : shift < -5000 ? "timestamp_too_new" : "accepted";
      const received = (signedAt * 1000 + shift) / 1000;
      assert.equal(
        codeOf(() => webhook.verify(body, headers, { now: received })),
        expected,
      );
    }),
  );
});

test("a request that is refused for its age is refused at every later time", () => {
  const webhook = new Webhook("stripe", "hush");
  const later = fc.double({ min: 0, max: 1e15, noNaN: true });
  check(
    fc.property(later, later, (first, second) => {
      const headers = webhook.sign("{}", { now: 1e9 });
      const refused = (delay) =>
        codeOf(() => webhook.verify("{}", headers, { now: 1e9 + delay })) === "timestamp_too_old";
      assert.ok(!refused(Math.min(first, second)) || refused(Math.max(first, second)));
    }),
  );
});

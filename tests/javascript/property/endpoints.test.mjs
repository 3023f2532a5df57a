/** Endpoints are paused within bounds, whatever a store holds, and a success ends their failures. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { DestinationRules, HEALTHY, HealthPolicy } from "countersign/sender";
import fc from "fast-check";

import { check } from "./settings.mjs";

const NOW = 1_700_000_000;
const time = fc.oneof(
  fc.constant(null),
  fc.integer({ min: 0, max: 10_000_000 }).map((ms) => NOW + (ms - 5_000_000) / 1000),
  fc.integer({ min: 0, max: 10 ** 11 }),
);
const count = fc.oneof(fc.nat(30), fc.constant(2 ** 32 - 1));
const health = fc.record({
  failures: count,
  failingSince: time,
  throttledUntil: time,
  circuitOpenUntil: time,
  openings: count,
  disabled: fc.constant(null),
});
const entropy = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const ended = fc.record({
  status: fc.oneof(fc.constant(null), fc.integer({ min: 100, max: 699 }), fc.constantFrom(408, 410, 429, 502, 503)),
  retryAfter: fc.oneof(fc.constant(null), fc.nat(10 ** 6).map(String), fc.string()),
  now: fc.constant(NOW),
  entropy,
});
/** The longest pause, and how far clocks may differ. */
const LONGEST = 3_600 + 60;

test("no pause is longer than the policy's longest, and it ends", () => {
  const policy = new HealthPolicy();
  check(
    fc.property(health, ended, (known, outcome) => {
      const next = policy.observe(known, outcome);
      let at = NOW;
      for (let pauses = 0; pauses < 2; pauses++) {
        const { until } = policy.availability(next, at);
        assert.ok(until === null || (until > at && until <= at + LONGEST + 1e-3));
        at = until ?? at;
      }
      assert.equal(policy.availability(next, at).until, null);
    }),
  );
});

test("a success leads to ready once throttles are over", () => {
  const policy = new HealthPolicy();
  check(
    fc.property(health, entropy, (known, given) => {
      const next = policy.observe(known, { status: 200, now: NOW, entropy: given });
      assert.deepEqual({ ...next, throttledUntil: null }, HEALTHY);
      assert.equal(policy.availability(next, next.throttledUntil ?? NOW).state, "ready");
    }),
  );
});

test("a destination is refused with a code, or is what every parser reads", () => {
  const rules = new DestinationRules();
  const part = fc.oneof(fc.string(), fc.constantFrom("https://", "example.com", "127.0.0.1", "@", ":443", "/in", "[::1]"));
  check(
    fc.property(fc.oneof(fc.webUrl(), fc.array(part, { maxLength: 5 }).map((parts) => parts.join(""))), (url) => {
      try {
        const { host, port } = rules.parse(url);
        const parsed = new URL(url);
        assert.equal(parsed.hostname.replace(/^\[|\]$/g, ""), host);
        assert.equal(Number(parsed.port || 443), port);
      } catch (error) {
        assert.match(error.code, /^(malformed_url|insecure_url|forbidden_destination)$/, String(error));
      }
    }),
  );
});

/** Schedules keep within their bounds, and decisions do not go back in time. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Backoff, parseRetryAfter, RetryPolicy } from "countersign";
import fc from "fast-check";

import { anyTime } from "./arbitraries.mjs";
import { check } from "./settings.mjs";

const entropy = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const milliseconds = fc.integer({ min: 0, max: 10 ** 10 }).map((value) => value / 1000);
const jitter = fc.constantFrom("none", "full", "equal");
/** Times are numbers of seconds, of which the last bit may differ. */
const SLACK = 1e-3;

const exponential = fc.record({
  base: milliseconds,
  factor: fc.integer({ min: 0, max: 10 }),
  cap: milliseconds,
  attempts: fc.integer({ min: 0, max: 60 }),
});

function build({ base, ...options }, spread = "none") {
  return Backoff.exponential(base, { ...options, jitter: spread });
}

test("a spread delay lies between its bounds", () => {
  check(
    fc.property(fc.array(milliseconds, { maxLength: 20 }), entropy, (delays, given) => {
      for (const [spread, lowest] of [
        ["none", 1],
        ["full", 0],
        ["equal", 0.5],
      ]) {
        const spreadDelays = Backoff.fixed(delays, { jitter: spread }).delays(delays.map(() => given));
        spreadDelays.forEach((delay, at) => {
          assert.ok(
            delay >= delays[at] * lowest - SLACK && delay <= delays[at] + SLACK,
            `${spread}: ${delay}`,
          );
        });
      }
    }),
  );
});

test("an exponential schedule never exceeds its cap, and never falls where it grows", () => {
  check(
    fc.property(exponential, entropy, jitter, (parts, given, spread) => {
      const delays = build(parts, spread).delays(Array(parts.attempts).fill(given));
      assert.equal(delays.length, parts.attempts);
      assert.ok(delays.every((delay) => delay >= 0 && delay <= parts.cap + SLACK));
      assert.equal(delays[0] ?? 0, 0);
      if (parts.factor > 0) {
        delays.forEach((delay, at) => assert.ok(at === 0 || delay >= delays[at - 1]));
      }
    }),
  );
});

test("more entropy is never an earlier attempt", () => {
  check(
    fc.property(
      exponential,
      entropy,
      entropy,
      fc.integer({ min: 1, max: 60 }),
      jitter,
      (parts, one, two, attempt, spread) => {
        const backoff = build(parts, spread);
        const [low, high] = [Math.min(one, two), Math.max(one, two)].map((given) =>
          backoff.delay(attempt, given),
        );
        assert.ok(low === high || low <= high);
      },
    ),
  );
});

const retried = fc.constantFrom(null, 408, 425, 429, 500, 503, 599);

test("the next attempt is never in the past, and a later clock is never an earlier attempt", () => {
  check(
    fc.property(
      exponential,
      retried,
      anyTime,
      anyTime,
      entropy,
      fc.option(fc.nat({ max: 10 ** 6 })),
      (parts, status, one, two, given, asked) => {
        const policy = new RetryPolicy(build(parts, "full"));
        const retryAfter = asked === null ? null : String(asked);
        const at = (now) => policy.decide(1, { status, now, entropy: given, retryAfter }).at;
        const [first, second] = [Math.min(one, two), Math.max(one, two)];
        assert.ok(parts.attempts < 2 || at(first) >= first - SLACK);
        assert.ok(at(first) === at(second) || at(first) <= at(second));
      },
    ),
  );
});

test("Retry-After never shortens a delay, nor exceeds its cap", () => {
  check(
    fc.property(
      exponential,
      milliseconds,
      fc.nat({ max: 10 ** 8 }),
      anyTime,
      (parts, retryAfterCap, asked, now) => {
        fc.pre(parts.attempts > 1);
        const policy = new RetryPolicy(build(parts), { retryAfterCap });
        const delay = (retryAfter) => policy.decide(1, { status: 503, now, retryAfter, entropy: 0 }).at - now;
        const [without, with_] = [delay(null), delay(String(asked))];
        assert.ok(with_ >= without - SLACK);
        assert.ok(with_ <= Math.max(without, Math.min(asked, retryAfterCap)) + SLACK);
      },
    ),
  );
});

test("a dead letter stays one at every later attempt", () => {
  check(
    fc.property(
      exponential,
      fc.integer({ min: 0, max: 70 }),
      fc.integer({ min: 0, max: 70 }),
      (parts, one, two) => {
        const policy = new RetryPolicy(build(parts));
        const action = (attempt) => policy.decide(attempt, { status: 500, now: 0, entropy: 0 }).action;
        const [first, second] = [Math.min(one, two), Math.max(one, two)];
        assert.ok(action(first) !== "dead_letter" || action(second) === "dead_letter");
      },
    ),
  );
});

test("every status has one of four decisions", () => {
  const policy = RetryPolicy.standard();
  check(
    fc.property(fc.integer({ min: 0, max: 65_535 }), fc.nat({ max: 20 }), (status, attempt) => {
      const { action, at, reason } = policy.decide(attempt, { status, now: 0 });
      assert.ok(["delivered", "retry_at", "dead_letter", "disable"].includes(action));
      assert.equal(at === null, action !== "retry_at");
      assert.equal(reason === null, action !== "dead_letter");
      assert.equal(action === "delivered", status >= 200 && status <= 299);
    }),
    { runs: 2000 },
  );
});

test("Retry-After of any text is null or whole seconds", () => {
  const day = 86_400;
  const dates = fc.date({ min: new Date(0), max: new Date("9999-01-01"), noInvalidDate: true });
  const now = 1_700_000_000;
  check(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.nat().map(String)), (value) => {
      const delay = parseRetryAfter(value, now);
      assert.ok(delay === null || (Number.isInteger(delay) && delay >= 0));
    }),
  );
  check(
    fc.property(dates, (date) => {
      const expected = Math.max(0, Math.floor(date.getTime() / 1000) - now);
      assert.equal(parseRetryAfter(date.toUTCString(), now), expected);
      assert.ok(parseRetryAfter(String(day), now) === day);
    }),
  );
});

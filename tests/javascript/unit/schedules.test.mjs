/** Backoff, RetryPolicy and parseRetryAfter. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Backoff, parseRetryAfter, RetryPolicy } from "countersign";

import { NOW, thrownBy } from "./helpers.mjs";

const HOUR = 3600;
const MOST = 2 ** 32 - 1;

function assertTypeError(action, message = /./) {
  const error = thrownBy(action);
  assert.ok(error instanceof TypeError, String(error));
  assert.match(error.message, message);
}

test("a fixed schedule has the delays it was given", () => {
  const backoff = Backoff.fixed([0, 1.5, 60]);
  assert.equal(backoff.attempts, 3);
  assert.deepEqual(backoff.delays(), [0, 1.5, 60]);
  assert.deepEqual(Backoff.fixed(new Set([1, 2])).delays(), [1, 2]);
  assert.deepEqual(Backoff.fixed([]).delays(), []);
  assert.equal(Backoff.fixed([0.0004]).delay(1, 0), 0);
  assert.equal(Backoff.fixed([0.0006]).delay(1, 0), 0.001);
  for (let milliseconds = 1; milliseconds < 5_000; milliseconds += 1) {
    assert.equal(Backoff.fixed([milliseconds / 1e3]).delay(1, 0), milliseconds / 1e3);
  }
});

test("an exponential schedule grows up to its cap", () => {
  assert.deepEqual(Backoff.exponential(1, { attempts: 5, cap: 5 }).delays(), [0, 1, 2, 4, 5]);
  assert.deepEqual(Backoff.exponential(0.1, { attempts: 4, factor: 3 }).delays(), [0, 0.1, 0.3, 0.9]);
  assert.equal(Backoff.exponential(1, { attempts: 100 }).delay(100, 0), 24 * HOUR);
  assert.deepEqual(Backoff.exponential(1, { attempts: 0 }).delays(), []);
});

test("the standard schedule is that of the specification, with equal jitter", () => {
  const expected = [0, 5, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
  assert.deepEqual(Backoff.standard({ jitter: "none" }).delays(), expected);
  assert.deepEqual(Backoff.standard().delays(Array(10).fill(MOST)), expected);
  assert.deepEqual(
    Backoff.standard().delays(Array(10).fill(0)),
    expected.map((delay) => delay / 2),
  );
});

test("jitter spreads within its bounds", () => {
  const delays = (jitter, entropy) => Backoff.fixed([10], { jitter }).delay(1, entropy);
  assert.deepEqual(
    [0, MOST].map((entropy) => delays("none", entropy)),
    [10, 10],
  );
  assert.deepEqual(
    [0, MOST].map((entropy) => delays("full", entropy)),
    [0, 10],
  );
  assert.deepEqual(
    [0, MOST].map((entropy) => delays("equal", entropy)),
    [5, 10],
  );
  const random = new Set(Array.from({ length: 50 }, () => delays("full")));
  assert.ok(random.size > 10);
});

test("an attempt that is not made has no delay", () => {
  const backoff = Backoff.fixed([1]);
  for (const attempt of [0, 2, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    assert.equal(backoff.delay(attempt, 0), null);
  }
});

test("delays end with the entropy or the attempts", () => {
  const backoff = Backoff.fixed([1, 2]);
  assert.deepEqual(backoff.delays([0]), [1]);
  assert.deepEqual(backoff.delays([0, 0, 0]), [1, 2]);
  const endless = function* () {
    for (;;) yield 0;
  };
  assert.deepEqual(backoff.delays(endless()), [1, 2]);
});

test("numbers that are none are a TypeError", () => {
  for (const wrong of [NaN, Infinity, -1, -0.5, "1", true, 1n, {}, [1]]) {
    assertTypeError(() => Backoff.fixed([wrong]), /a delay/);
    assertTypeError(() => Backoff.exponential(wrong, { attempts: 1 }), /the base/);
    assertTypeError(() => Backoff.exponential(1, { attempts: wrong }), /attempts/);
    assertTypeError(() => Backoff.exponential(1, { attempts: 1, cap: wrong }), /the cap/);
    assertTypeError(() => Backoff.exponential(1, { attempts: 1, factor: wrong }), /the factor/);
    assertTypeError(() => Backoff.standard().delay(wrong, 0), /the attempt/);
    assertTypeError(() => Backoff.standard().delay(1, wrong), /entropy/);
    assertTypeError(() => RetryPolicy.standard().decide(wrong, { status: 500 }), /the attempt/);
    assertTypeError(() => RetryPolicy.standard().decide(1, { status: wrong }), /status/);
    assertTypeError(() => RetryPolicy.standard().decide(1, { status: 500, now: wrong }), /now/);
    assertTypeError(() => parseRetryAfter("1", wrong), /now/);
  }
  assertTypeError(() => Backoff.exponential(1, { attempts: 1.5 }));
  assertTypeError(() => Backoff.exponential(1, {}));
  assertTypeError(() => Backoff.standard().delay(1, 2 ** 32), /entropy/);
  assertTypeError(() => Backoff.standard({ jitter: "half" }), /none, full, equal/);
  assertTypeError(() => new Backoff(), /Backoff\.fixed/);
});

test("enormous numbers saturate", () => {
  assert.equal(Backoff.exponential(1e300, { attempts: 3, cap: 60 }).delay(2, 0), 60);
  assert.equal(Backoff.exponential(1, { attempts: 2 ** 53, factor: 2 ** 53 }).attempts, MOST);
  assert.ok(Backoff.fixed([1e300]).delay(1, 0) >= 2 ** 53);
  const decision = RetryPolicy.exponential(1, 9).decide(1, { status: 500, now: 1e300, entropy: 0 });
  assert.equal(decision.action, "retry_at");
  assert.ok(decision.at >= 2 ** 53);
});

test("decisions by status", () => {
  const policy = RetryPolicy.exponential(1, 3);
  const decide = (status, more) => policy.decide(1, { status, now: NOW, entropy: 0, ...more });
  for (const status of [200, 204, 299]) {
    assert.deepEqual({ ...decide(status) }, { action: "delivered", at: null, reason: null });
  }
  for (const status of [408, 425, 429, 500, 503, 599, null]) {
    assert.deepEqual({ ...decide(status) }, { action: "retry_at", at: NOW + 1, reason: null });
  }
  assert.deepEqual({ ...decide(302) }, { action: "dead_letter", at: null, reason: "redirected" });
  for (const status of [0, 100, 400, 404, 600, 65_535]) {
    assert.deepEqual({ ...decide(status) }, { action: "dead_letter", at: null, reason: "rejected" });
  }
  assert.deepEqual({ ...decide(410) }, { action: "disable", at: null, reason: null });
});

test("attempts end, and 0 counts as the first", () => {
  const policy = RetryPolicy.exponential(1, 3);
  const at = (attempt) => policy.decide(attempt, { status: 500, now: NOW }).at;
  assert.deepEqual([0, 1, 2, 3, 2 ** 53].map(at), [NOW + 1, NOW + 1, NOW + 2, null, null]);
  assert.equal(policy.decide(3, { status: 500 }).reason, "exhausted");
});

test("Retry-After lengthens the delay up to its cap", () => {
  const policy = new RetryPolicy(Backoff.fixed([0, 10]), { retryAfterCap: 60, retryStatuses: [404] });
  const at = (retryAfter, status = 503) => policy.decide(1, { status, retryAfter, now: NOW }).at - NOW;
  assert.deepEqual(
    ["5", "30", "99999", "soon", "", null, undefined].map((value) => at(value)),
    [10, 30, 60, 10, 10, 10, 10],
  );
  assert.equal(at("20", 404), 20);
});

test("a status that is retried too may be any", () => {
  const policy = new RetryPolicy(Backoff.fixed([0, 10]), { retryStatuses: new Set([410, 302]) });
  for (const status of [410, 302]) {
    assert.equal(policy.decide(1, { status, now: NOW }).action, "retry_at");
  }
  assert.equal(policy.decide(1, { status: 301, now: NOW }).reason, "redirected");
  assertTypeError(() => new RetryPolicy(Backoff.standard(), { retryStatuses: [65_536] }));
});

test("a policy has its backoff, and takes no other thing for one", () => {
  const backoff = Backoff.fixed([1]);
  assert.equal(new RetryPolicy(backoff).backoff, backoff);
  assert.equal(RetryPolicy.standard().backoff.attempts, 10);
  for (const wrong of [undefined, null, {}, [1], "standard"]) {
    assertTypeError(() => new RetryPolicy(wrong), /the backoff/);
  }
});

test("an outcome without a status is none", () => {
  for (const wrong of [undefined, null, {}, { status: undefined }, 500]) {
    assertTypeError(() => RetryPolicy.standard().decide(1, wrong));
  }
});

test("Retry-After is seconds or a date", () => {
  const dates = [
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
  ];
  for (const date of dates) {
    assert.equal(parseRetryAfter(date, 784_111_770), 7);
    assert.equal(parseRetryAfter(date, 784_111_800), 0);
    assert.equal(parseRetryAfter(date, 784_111_770.25), 7);
  }
  assert.equal(parseRetryAfter(" 120 "), 120);
  assert.equal(parseRetryAfter("0"), 0);
  for (const value of [
    "",
    "soon",
    "-1",
    "1.5",
    "１２",
    "\ud800",
    "1\n",
    "9".repeat(1 << 20),
    null,
    undefined,
  ]) {
    assert.equal(parseRetryAfter(value), null);
  }
  for (const wrong of [5, true, {}, ["1"], Symbol("1")]) {
    assertTypeError(() => parseRetryAfter(wrong), /Retry-After/);
  }
});

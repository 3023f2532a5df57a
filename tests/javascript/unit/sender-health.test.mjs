/** HealthPolicy, and which destinations may be reached. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { RetryPolicy } from "countersign";
import { DestinationRules, HEALTHY, HealthPolicy, writePayload } from "countersign/sender";

import { assertDeliberate, NOW, strangeValues, thrownBy } from "./helpers.mjs";

const MOST = 2 ** 32 - 1;
const DOWN = { status: null, now: NOW, entropy: MOST };

test("a new endpoint may be sent to", () => {
  assert.deepEqual(new HealthPolicy().availability(HEALTHY), { state: "ready", until: null, reason: null });
  assert.ok(Object.isFrozen(HEALTHY));
});

test("an endpoint is throttled until then, whatever succeeds meanwhile", () => {
  const policy = new HealthPolicy();
  const throttled = policy.observe(HEALTHY, { status: 429, retryAfter: "30", now: NOW });
  const health = policy.observe(throttled, { status: 200, now: NOW + 1 });
  assert.deepEqual(health, { ...HEALTHY, throttledUntil: NOW + 30 });
  assert.deepEqual(policy.availability(health, NOW + 1), { state: "throttled", until: NOW + 30, reason: null });
  assert.equal(policy.availability(health, NOW + 30).state, "ready");
});

test("a circuit opens, is probed, opens for longer, and closes", () => {
  const policy = new HealthPolicy({ circuitFailures: 1, circuitPauses: [0.5, 60] });
  const open = policy.observe(HEALTHY, DOWN);
  assert.deepEqual(policy.availability(open, NOW), { state: "circuit_open", until: NOW + 0.5, reason: null });
  assert.equal(policy.availability(open, NOW + 0.5).state, "probe");
  const again = policy.observe(open, { ...DOWN, status: 503, now: NOW + 1 });
  assert.equal(again.circuitOpenUntil, NOW + 2);
  assert.equal(again.openings, 2);
  assert.deepEqual(policy.observe(again, { status: 204, now: NOW + 2 }), HEALTHY);
});

test("an endpoint is disabled by 410, and by failing for long", () => {
  const policy = new HealthPolicy({ disableAfter: 60, disableFailures: 2 });
  const gone = policy.observe(HEALTHY, { status: 410, now: NOW });
  assert.deepEqual(policy.availability(gone, NOW), { state: "disabled", until: null, reason: "gone" });
  assert.deepEqual(policy.observe(gone, { status: 200, now: NOW }), gone);
  const failing = policy.observe(HEALTHY, { status: null, forbidden: true, now: NOW });
  assert.equal(policy.observe(failing, { status: 404, now: NOW + 60 }).disabled, "failing");
});

test("false switches a rule off, and null is the default", () => {
  const off = new HealthPolicy({ circuitFailures: false, disableAfter: false, retryStatuses: [410] });
  let health = { ...HEALTHY, failures: 2 ** 40, failingSince: 0 };
  for (const status of [null, 503, 410]) {
    health = off.observe(health, { ...DOWN, status });
    assert.equal(off.availability(health, NOW).state, "ready");
  }
  assert.equal(health.failures, MOST);
  const usual = new HealthPolicy({ circuitFailures: null, disableAfter: null, throttlePauses: null });
  assert.equal(usual.observe({ ...HEALTHY, failures: 9, failingSince: NOW }, DOWN).circuitOpenUntil, NOW + 30);
});

test("a forbidden destination is final for the message", () => {
  const decision = RetryPolicy.standard().decide(1, { status: null, forbidden: true });
  assert.deepEqual(decision, { action: "dead_letter", at: null, reason: "forbidden" });
  assert.throws(() => RetryPolicy.standard().decide(1, { status: 200, forbidden: true }), TypeError);
  assert.throws(() => RetryPolicy.standard().decide(1, { status: null, forbidden: 1 }), TypeError);
});

test("a destination is read once, and judged", () => {
  const rules = new DestinationRules({ allow: new Set(["10.0.0.0/8"]) });
  assert.deepEqual(rules.parse("https://[2606:4700::1111]:8443/in?a=1"), {
    url: "https://[2606:4700::1111]:8443/in?a=1",
    host: "2606:4700::1111",
    port: 8443,
    address: "2606:4700::1111",
    https: true,
  });
  assert.equal(rules.parse("https://10.1.2.3/").address, "10.1.2.3");
  const code = (action) => thrownBy(action).code;
  assert.equal(code(() => rules.parse("http://example.com/")), "insecure_url");
  assert.equal(code(() => rules.parse("https://127.0.0.1/")), "forbidden_destination");
  assert.equal(code(() => rules.parse("https://exa\ud800mple.com/")), "malformed_url");
  assert.equal(new DestinationRules({ allowHttp: true }).parse("http://example.com").port, 80);
  assert.equal(code(() => new DestinationRules({ allow: ["10.0.0.1/8"] })), "malformed_network");
});

test("the addresses of a host are judged together", () => {
  const rules = new DestinationRules({ allow: ["10.0.0.0/8"] });
  rules.check(["8.8.8.8", "10.0.0.7", "2606:4700::1111"]);
  const code = (addresses) => thrownBy(() => rules.check(addresses)).code;
  assert.equal(code(["8.8.8.8", "127.0.0.1"]), "forbidden_destination");
  assert.equal(code([]), "forbidden_destination");
  for (const wrong of ["localhost", "", "8.8.8.8\n8.8.4.4", " 8.8.8.8", "8.8.8.8/32"]) {
    assert.throws(() => rules.check([wrong]), TypeError, wrong);
  }
});

const policy = new HealthPolicy();
const rules = new DestinationRules();
const CALLS = {
  "new HealthPolicy(?)": (value) => new HealthPolicy(value),
  "availability(?)": (value) => policy.availability(value),
  "availability(.., ?)": (value) => policy.availability(HEALTHY, value),
  "observe(?)": (value) => policy.observe(value, DOWN),
  "observe(.., ?)": (value) => policy.observe(HEALTHY, value),
  "writePayload(?, ...)": (value) => writePayload(value, "ping", "{}"),
  "writePayload(.., ?)": (value) => writePayload("msg_1", value, "{}"),
  "writePayload(.., .., ?)": (value) => writePayload("msg_1", "ping", value),
  "writePayload(.., .., .., ?)": (value) => writePayload("msg_1", "ping", "{}", value),
  "new DestinationRules(?)": (value) => new DestinationRules(value),
  "new DestinationRules with allowHttp": (value) => new DestinationRules({ allowHttp: value }),
  "new DestinationRules with allow": (value) => new DestinationRules({ allow: value }),
  "new DestinationRules with a network": (value) => new DestinationRules({ allow: [value] }),
  "parse(?)": (value) => rules.parse(value),
  "check(?)": (value) => rules.check(value),
  "check([?])": (value) => rules.check([value]),
};
for (const name of [
  "circuitFailures",
  "circuitPauses",
  "throttlePauses",
  "retryAfterCap",
  "disableAfter",
  "disableFailures",
  "retryStatuses",
]) {
  CALLS[`new HealthPolicy with ${name}`] = (value) => new HealthPolicy({ [name]: value });
}
for (const name of Object.keys(HEALTHY)) {
  CALLS[`a health with ${name}`] = (value) => policy.availability({ ...HEALTHY, [name]: value });
}
for (const name of ["status", "retryAfter", "forbidden", "now", "entropy"]) {
  CALLS[`observe with ${name}`] = (value) => policy.observe(HEALTHY, { ...DOWN, [name]: value });
}

for (const [name, call] of Object.entries(CALLS)) {
  test(`${name} answers every value or gives a deliberate error`, () => {
    for (const [kind, value] of strangeValues()) {
      try {
        call(value);
      } catch (error) {
        assertDeliberate(error, `${name} with ${kind}`);
      }
    }
  });
}

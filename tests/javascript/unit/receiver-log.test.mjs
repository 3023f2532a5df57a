/** What is told of requests, to observers and to the log: never a payload or an exception's text. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { deliver, observed } from "./receiver-helpers.mjs";

const PAYLOAD = "4111 1111 1111 1111";

class PaymentError extends Error {}

const THROWN = {
  "a text that quotes the payload": () => new PaymentError(`card ${PAYLOAD} is declined`),
  "a text that looks like a frame": () => new PaymentError(`declined\n    at ${PAYLOAD} (file:///a.js:1:1)`),
  "a text that was changed": () => Object.assign(new PaymentError(PAYLOAD), { message: "declined" }),
  "no text": () => new PaymentError(),
  "a name that was changed": () => Object.assign(new PaymentError("declined"), { name: PAYLOAD }),
  "a cause": () => new PaymentError("declined", { cause: new Error(PAYLOAD) }),
  text: () => PAYLOAD,
  nothing: () => undefined,
  "an object": () => ({ card: PAYLOAD, message: PAYLOAD, stack: PAYLOAD }),
};

for (const [what, make] of Object.entries(THROWN)) {
  for (const how of ["throws", "rejects with"]) {
    test(`a handler that ${how} ${what} is logged without it`, async () => {
      const logged = [];
      const { receiver } = observed({ log: (entry) => logged.push(entry) });
      receiver.on("*", () => {
        if (how === "throws") throw make();
        return Promise.reject(make());
      });
      assert.equal(await deliver(receiver, "evt_1", { data: PAYLOAD }), "500 handler_failed");
      const { level, code, scheme, event_id: id, exception } = logged[0];
      assert.deepEqual([level, code, scheme, id], ["error", "handler_failed", "sha256", "evt_1"]);
      assert.equal(exception, make() instanceof Error ? "PaymentError" : typeof make());
      const text = JSON.stringify(logged);
      assert.ok(!text.includes(PAYLOAD) && !text.includes("declined"), text);
    });
  }
}

test("where a handler failed is logged", async () => {
  const logged = [];
  const { receiver } = observed({ log: (entry) => logged.push(entry) });
  receiver.on("*", function payInvoice() {
    throw new PaymentError("declined");
  });
  await deliver(receiver, "evt_1");
  assert.match(logged[0].frames[0], /payInvoice .*receiver-log\.test\.mjs:\d+:\d+/);
});

test("a refusal is a warning with its code", async () => {
  const logged = [];
  const { receiver } = observed({ bodyLimit: 10, log: (entry) => logged.push(entry) });
  await deliver(receiver, "evt_1");
  assert.deepEqual(logged, [
    { level: "warning", message: "a request was refused", code: "payload_too_large", scheme: "sha256", event_id: null },
  ]);
});

test("observers and logs that fail change no answer, and end no process", async () => {
  const fail = () => {
    throw new Error("not now");
  };
  for (const failing of [fail, async () => fail()]) {
    const seen = [];
    const { receiver } = observed({ bodyLimit: 10, log: failing, observe: failing });
    receiver.observe(({ result }) => seen.push(result));
    assert.equal(await deliver(receiver, "evt_1"), "413 payload_too_large");
    const logged = [];
    const { receiver: other } = observed({ observe: failing, log: ({ code }) => logged.push(code) });
    other.on("*", () => {});
    assert.equal(await deliver(other, "evt_1"), "200 handled");
    await sleep(1);
    assert.deepEqual([seen, logged], [["payload_too_large"], ["observer_failed"]]);
  }
});

test("a time without end is one", async () => {
  const { receiver } = observed({ deadline: 1e9, bodyTimeout: 1e9 });
  receiver.on("*", () => sleep(20));
  assert.equal(await deliver(receiver, "evt_1"), "200 handled");
});

test("a handler that fails past the deadline is given the next attempt", async () => {
  const { receiver } = observed({ deadline: 0.01 });
  let runs = 0;
  receiver.on("*", async () => {
    runs += 1;
    if (runs > 1) return;
    await sleep(30);
    throw new PaymentError("declined");
  });
  assert.equal(await deliver(receiver, "evt_1"), "500 handler_timeout");
  assert.equal(await deliver(receiver, "evt_1"), "409 event_in_progress");
  await sleep(40);
  assert.equal(await deliver(receiver, "evt_1"), "200 handled");
});

test("a clock that fails is a failure of the receiver, without its text", async () => {
  const logged = [];
  const clock = () => {
    throw new PaymentError(PAYLOAD);
  };
  const { receiver } = observed({ clock, log: (entry) => logged.push(entry) });
  assert.equal(await deliver(receiver, "evt_1"), "500 handler_failed");
  assert.deepEqual([logged[0].message, logged[0].exception], ["the receiver failed", "PaymentError"]);
  assert.ok(!JSON.stringify(logged).includes(PAYLOAD));
});

test("options of the wrong type are TypeErrors that say what is wanted", () => {
  const wrong = {
    address: ["a Receiver", {}, "10.0.0.0/8"],
    rateLimit: [{ requests: 1, window: 1 }],
    rateStore: [{}, 1],
    replay: [true, {}, { claim() {}, complete() {} }],
    lease: ["1", -1, 0, NaN, Infinity],
    bodyLimit: [1.5, -1, "1"],
    bodyTimeout: ["1", -1, 0],
    deadline: ["1", -1, 0],
    whenStoreFails: ["fail", true],
    clock: [1, {}],
    origin: ["hooks.example.com", "https://hooks.example.com/path", 1],
    onHandshake: [1, {}, true],
    observe: [1, {}],
    log: [1, {}, console],
  };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      assert.throws(() => observed({ log: null, observe: null, [name]: value }), TypeError, `${name}: ${String(value)}`);
    }
  }
});

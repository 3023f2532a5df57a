/** The receiver behind the fetch adapter: the order of its checks, and what becomes of events. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Webhook } from "countersign";
import { fetchHandler } from "countersign/fetch";
import { AddressPolicy, RateLimit, Receiver } from "countersign/receiver";
import { signedRequest } from "countersign/testing";

const URL = "https://hooks.example.com/webhooks";
const SECRET = "hush";

function endpoint(options = {}) {
  const outcomes = [];
  const receiver = new Receiver(new Webhook("sha256", SECRET), {
    log: null,
    observe: (outcome) => outcomes.push(outcome),
    ...options,
  });
  const handle = fetchHandler(receiver, { peer: (request) => request.headers.get("x-peer") });
  return { receiver, outcomes, handle };
}

function delivery(id, { type = "ping", headers = {}, ...init } = {}) {
  const signed = signedRequest("sha256", SECRET, { id, type });
  const all = { ...signed.headers, ...headers };
  return new Request(URL, { method: "POST", headers: all, body: signed.body, ...init });
}

async function outcomeOf(response) {
  const { status, error, ...rest } = await response.json();
  return [response.status, status ?? error, rest];
}

async function short(handle, request) {
  return (await outcomeOf(await handle(request))).slice(0, 2).join(" ");
}

test("an event is handled once, by the most specific handler", async () => {
  const { receiver, handle, outcomes } = endpoint();
  const seen = [];
  receiver.on("*", ({ id }) => seen.push(["*", id]));
  receiver.on("payment.*", async ({ id }) => seen.push(["payment.*", id]));
  const request = () => delivery("evt_1", { type: "payment.failed" });
  const expected = { id: "evt_1", type: "payment.failed" };
  assert.deepEqual(await outcomeOf(await handle(request())), [200, "handled", expected]);
  assert.deepEqual(await outcomeOf(await handle(request())), [200, "duplicate", expected]);
  assert.equal(await short(handle, delivery("evt_2")), "200 handled");
  assert.deepEqual(seen, [["payment.*", "evt_1"], ["*", "evt_2"]]);
  assert.deepEqual(outcomes.map(({ result }) => result), ["handled", "duplicate", "handled"]);
});

test("an event without a handler is ignored, and claims nothing", async () => {
  const { receiver, handle } = endpoint();
  assert.equal(await short(handle, delivery("evt_1")), "200 ignored");
  receiver.on("ping", () => {});
  assert.equal(await short(handle, delivery("evt_1")), "200 handled");
});

test("a handler that fails releases its event", async () => {
  const { receiver, handle } = endpoint();
  let runs = 0;
  receiver.on("ping", () => {
    runs += 1;
    if (runs === 1) throw new Error("a text that must not be sent");
  });
  const response = await handle(delivery("evt_1"));
  const text = await response.clone().text();
  assert.equal((await outcomeOf(response)).slice(0, 2).join(" "), "500 handler_failed");
  assert.ok(!text.includes("must not be sent"));
  assert.equal(await short(handle, delivery("evt_1")), "200 handled");
});

test("a handler past the deadline keeps its claim until it ends", async () => {
  const { receiver, handle } = endpoint({ deadline: 0.02 });
  let end;
  receiver.on("ping", () => new Promise((resolve) => (end = resolve)));
  const background = [];
  const late = await handle(delivery("evt_1"), { waitUntil: (work) => background.push(work) });
  assert.equal((await outcomeOf(late)).slice(0, 2).join(" "), "500 handler_timeout");
  const again = await handle(delivery("evt_1"));
  assert.equal(again.headers.get("retry-after"), "10");
  assert.equal((await outcomeOf(again)).slice(0, 2).join(" "), "409 event_in_progress");
  end();
  await Promise.all(background);
  assert.equal(await short(handle, delivery("evt_1")), "200 duplicate");
});

test("what is wrong is refused in the order of the manual", async () => {
  const { handle } = endpoint({
    address: new AddressPolicy({ allow: ["203.0.113.0/24"] }),
    rateLimit: new RateLimit({ requests: 2, window: 60 }),
    bodyLimit: 64,
  });
  const peer = (address, headers) => ({ headers: { "x-peer": address, ...headers } });
  const ours = "203.0.113.9";
  const get = new Request(URL, { headers: { "x-peer": "198.51.100.1" } });
  assert.equal((await handle(get.clone())).headers.get("allow"), "POST");
  assert.equal(await short(handle, get), "405 method_not_allowed");
  const text = delivery("a", peer("198.51.100.1", { "content-type": "text/plain" }));
  assert.equal(await short(handle, text), "415 unsupported_media_type");
  const gzip = delivery("a", peer("198.51.100.1", { "content-encoding": "gzip" }));
  assert.equal(await short(handle, gzip), "415 unsupported_media_type");
  assert.equal(await short(handle, delivery("a", peer("198.51.100.1"))), "403 address_not_allowed");
  const spoofed = peer("198.51.100.1", { "x-forwarded-for": ours });
  assert.equal(await short(handle, delivery("a", spoofed)), "403 address_not_allowed");
  assert.equal(await short(handle, delivery("a".repeat(64), peer(ours))), "413 payload_too_large");
  const unsigned = delivery("a", peer(ours, { "x-webhook-signature": `sha256=${"0".repeat(64)}` }));
  assert.equal(await short(handle, unsigned), "401 signature_mismatch");
  assert.equal(await short(handle, delivery("a", peer(ours))), "429 rate_limited");
});

test("a store that fails refuses, or admits where that was chosen", async () => {
  const fails = () => {
    throw new Error("down");
  };
  const replay = { claim: fails, complete: fails, release: fails };
  const refusing = endpoint({ replay });
  refusing.receiver.on("ping", () => {});
  assert.equal(await short(refusing.handle, delivery("evt_1")), "503 store_unavailable");
  const admitting = endpoint({ replay, whenStoreFails: "admit" });
  admitting.receiver.on("ping", () => {});
  assert.equal(await short(admitting.handle, delivery("evt_1")), "200 handled");
});

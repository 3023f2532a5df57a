/** The fetch adapter: streams as bodies, and what hosts pass besides the request. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { fetchHandler } from "countersign/fetch";
import { Monitor, statusFetchHandler, StatusPage } from "countersign/monitor";
import { AddressPolicy, RateLimit } from "countersign/receiver";

import { observed, signedDelivery } from "./receiver-helpers.mjs";

const URL = "https://hooks.example.com/webhooks?tenant=1";

function endpoint(receiverOptions, handlerOptions) {
  const { receiver, outcomes } = observed(receiverOptions);
  receiver.on("*", () => {});
  const handler = fetchHandler(receiver, handlerOptions);
  const handle = async (request, ...context) => {
    const response = await handler(request, ...context);
    const { status, error } = await response.json();
    return `${response.status} ${status ?? error}`;
  };
  return { handle, outcomes };
}

/** A delivery whose body is given by a source of a stream. */
function streamed(source) {
  const { headers } = signedDelivery("evt_1");
  return new Request(URL, { method: "POST", headers, body: new ReadableStream(source), duplex: "half" });
}

test("a body without end is read as far as the limit, and cancelled", async () => {
  let [pulled, isCancelled] = [0, false];
  const request = streamed({
    pull: (controller) => {
      pulled += 1;
      controller.enqueue(new Uint8Array(100));
    },
    cancel: () => {
      isCancelled = true;
    },
  });
  assert.equal(await endpoint({ bodyLimit: 1_000 }).handle(request), "413 payload_too_large");
  await sleep(1);
  assert.ok(isCancelled);
  assert.ok(pulled < 20, `${pulled} pieces were asked for`);
});

test("a body that is too slow is not waited for, and cancelled", async () => {
  let isCancelled = false;
  const request = streamed({
    pull: () => sleep(20),
    cancel: () => {
      isCancelled = true;
    },
  });
  assert.equal(await endpoint({ bodyTimeout: 0.05 }).handle(request), "408 body_timeout");
  await sleep(1);
  assert.ok(isCancelled);
});

test("a body whose connection ends is incomplete", async () => {
  const request = streamed({
    pull: (controller) => controller.error(new TypeError("the connection ended")),
  });
  assert.equal(await endpoint().handle(request), "400 incomplete_body");
});

test("a body in pieces is one", async () => {
  const { headers, body } = signedDelivery("evt_1");
  const pieces = [...Buffer.from(body)];
  const source = {
    pull: (controller) => (pieces.length > 0 ? controller.enqueue(Uint8Array.of(pieces.shift())) : controller.close()),
  };
  const init = { method: "POST", headers, body: new ReadableStream(source), duplex: "half" };
  assert.equal(await endpoint().handle(new Request(URL, init)), "200 handled");
});

test("a body that another has read is refused as such", async () => {
  const { headers, body } = signedDelivery("evt_1");
  const read = async () => {
    const request = new Request(URL, { method: "POST", headers, body });
    await request.json();
    return request;
  };
  const locked = async () => {
    const request = new Request(URL, { method: "POST", headers, body });
    request.body.getReader();
    return request;
  };
  for (const make of [read, locked]) {
    assert.equal(await endpoint().handle(await make()), "500 unsupported_body");
  }
});

test("what is no request is a TypeError that says where it is in Hono", async () => {
  const { receiver, outcomes } = observed();
  const handlers = [fetchHandler(receiver), fetchHandler(receiver, { peer: "x-peer" })];
  handlers.push(statusFetchHandler(new StatusPage(new Monitor(), "a token of the reader's")));
  const request = new Request(URL);
  const hono = { req: { raw: request, method: "GET", url: URL, header: () => undefined } };
  const express = { method: "GET", url: "/", headers: {} };
  for (const wrong of [hono, hono.req, express, {}, [], URL, null, undefined]) {
    for (const handle of handlers) {
      await assert.rejects(handle(wrong), { name: "TypeError", message: /must be a Request, which is c\.req\.raw in Hono/ });
    }
  }
  assert.deepEqual(outcomes, []);
  assert.equal((await handlers[0](hono.req.raw)).status, 405);
});

test("no body is an empty one", async () => {
  const { headers } = signedDelivery("evt_1");
  const { handle } = endpoint();
  assert.equal(await handle(new Request(URL, { method: "POST", headers })), "401 signature_mismatch");
});

test("a receiver that wants the caller's address needs to know where it is", async () => {
  const wanting = [{ address: new AddressPolicy() }, { rateLimit: new RateLimit({ requests: 1, window: 60 }) }];
  for (const options of wanting) {
    assert.throws(() => endpoint(options), { name: "TypeError", message: /needs the option peer/ });
  }
  const { headers, body } = signedDelivery("evt_1");
  const request = (more) => new Request(URL, { method: "POST", headers: { ...headers, ...more }, body });
  const address = new AddressPolicy({ allow: ["192.0.2.0/24"] });
  const byHeader = endpoint({ address }, { peer: "X-Peer" });
  assert.equal(await byHeader.handle(request({ "x-peer": "192.0.2.1" })), "200 handled");
  assert.equal(await byHeader.handle(request({ "x-forwarded-for": "192.0.2.1" })), "403 address_not_allowed");
  const byHost = endpoint({ address }, { peer: (_request, { remote }) => remote });
  assert.equal(await byHost.handle(request(), { remote: "192.0.2.1" }), "200 handled");
  assert.equal(await byHost.handle(request(), { remote: undefined }), "403 address_not_allowed");
});

test("what is no receiver is a TypeError that says what is wanted", () => {
  assert.throws(() => fetchHandler({}), { name: "TypeError", message: /a Receiver/ });
});

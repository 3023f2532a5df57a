/** The adapters of Node's servers: requests as they come over a connection. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { AddressPolicy, RateLimit } from "countersign/receiver";

import { observed, signedDelivery } from "./receiver-helpers.mjs";
import { ADAPTERS, Connection, head, serve, until } from "./servers.mjs";

const TYPE = ["content-type", "application/json"];

function testEach(name, options, action) {
  for (const adapter of ADAPTERS) {
    test(`${name} (${adapter})`, async (context) => {
      const { receiver, outcomes } = observed(options);
      const port = await serve(context, adapter, receiver);
      const connection = () => {
        const made = new Connection(port);
        context.after(() => made.socket.destroy());
        return made;
      };
      await action({ receiver, outcomes, connection });
    });
  }
}

/** A whole request. `headers` come after those of the signature; `type` is the content type's. */
function request(id, { headers = [TYPE], ...options } = {}) {
  const { signature, body } = parts(id, options);
  return Buffer.concat([Buffer.from(head([...signature, ...headers, ["content-length", body.length]])), body]);
}

/** Headers that sign, and the body. */
function parts(id, options) {
  const { headers, body } = signedDelivery(id, options);
  const signature = Object.entries(headers).filter(([name]) => name !== "content-type");
  return { signature, body: Buffer.from(body) };
}

function chunk(bytes) {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
}

testEach("several events over one connection", {}, async ({ receiver, outcomes, connection }) => {
  const seen = [];
  receiver.on("*", async ({ id, type }) => seen.push([id, type]));
  const one = connection();
  const answer = await one.write(request("evt_1", { type: "a.b" })).answer();
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "application/json");
  assert.deepEqual(JSON.parse(answer.body), { status: "handled", id: "evt_1", type: "a.b" });
  assert.equal(await one.write(request("evt_1", { type: "a.b" })).verdict(), "200 duplicate");
  assert.equal(await one.write(request("evt_2")).verdict(), "200 handled");
  assert.deepEqual(seen, [["evt_1", "a.b"], ["evt_2", "ping"]]);
  assert.deepEqual(outcomes.map(({ result }) => result), ["handled", "duplicate", "handled"]);
  for (const { time, duration, scheme, keyIndex } of outcomes) {
    assert.ok(Math.abs(time - Date.now() / 1e3) < 60 && duration > 0 && duration < 60);
    assert.deepEqual([scheme, keyIndex], ["sha256", 0]);
  }
});

testEach("no header that was sent twice is dropped", {}, async ({ receiver, connection }) => {
  receiver.on("*", () => {});
  const one = connection();
  for (const second of ["text/plain", "application/json"]) {
    const twice = request("evt_1", { headers: [TYPE, ["Content-Type", second]] });
    assert.equal(await one.write(twice).verdict(), "415 unsupported_media_type");
  }
  const encoded = request("evt_1", { headers: [TYPE, ["content-encoding", "identity"], ["content-encoding", "gzip"]] });
  assert.equal(await one.write(encoded).verdict(), "415 unsupported_media_type");
  assert.equal(await one.write(request("evt_1")).verdict(), "200 handled");
});

testEach("a body comes in chunks", { bodyLimit: 1_000 }, async ({ receiver, connection }) => {
  receiver.on("*", () => {});
  const { signature, body } = parts("evt_1");
  const chunked = head([...signature, TYPE, ["transfer-encoding", "chunked"]]);
  const one = connection().write(chunked);
  for (const byte of body) {
    one.write(chunk(Buffer.of(byte)));
  }
  assert.equal(await one.write("0\r\n\r\n").verdict(), "200 handled");
  one.write(chunked).write(chunk(Buffer.alloc(900)));
  await sleep(20);
  // The answer does not wait for the end, and the connection can be used on.
  assert.equal(await one.write(chunk(Buffer.alloc(101))).verdict(), "413 payload_too_large");
  one.write(chunk(Buffer.alloc(1_000_000))).write("0\r\n\r\n");
  assert.equal(await one.write(request("evt_2")).verdict(), "200 handled");
});

testEach("a body whose length is too large is not read", { bodyLimit: 1_000, bodyTimeout: 0.2 }, async ({ receiver, connection }) => {
  receiver.on("*", () => {});
  const { signature } = parts("evt_1");
  const large = head([...signature, TYPE, ["content-length", 5_000_000]]);
  const patient = connection().write(large);
  assert.equal(await patient.verdict(), "413 payload_too_large");
  // Nor is its sender waited for without end.
  await patient.closed;
  const one = connection().write(large).write(Buffer.alloc(5_000_000));
  assert.equal(await one.verdict(), "413 payload_too_large");
  assert.equal(await one.write(request("evt_2")).verdict(), "200 handled");
});

testEach("a body that is too slow is not waited for", { bodyTimeout: 0.2 }, async ({ receiver, connection }) => {
  receiver.on("*", () => {});
  const { signature, body } = parts("evt_1");
  const one = connection().write(head([...signature, TYPE, ["content-length", body.length]]));
  const drip = setInterval(() => one.write(body.subarray(0, 1)), 50);
  const answer = await one.answer();
  clearInterval(drip);
  assert.equal(answer.status, 408);
  assert.equal(JSON.parse(answer.body).error, "body_timeout");
  assert.equal(answer.headers.get("connection"), "close");
  await one.closed;
});

testEach("a body that ends early is incomplete", {}, async ({ receiver, outcomes, connection }) => {
  receiver.on("*", () => {});
  const { signature, body } = parts("evt_1");
  const sized = head([...signature, TYPE, ["content-length", body.length]]);
  const chunked = head([...signature, TYPE, ["transfer-encoding", "chunked"]]);
  for (const start of [sized, chunked + "10\r\n", `${chunked}zz\r\n`]) {
    const one = connection().write(start).write(body.subarray(0, 5));
    await sleep(30);
    one.socket.destroy();
    await until(() => outcomes.length > 0);
    assert.deepEqual(outcomes.splice(0).map(({ result }) => result), ["incomplete_body"], start);
  }
  assert.equal(await connection().write(request("evt_1")).verdict(), "200 handled");
});

const asleep = { admit: () => sleep(100) };
const slowStore = { rateStore: asleep, rateLimit: new RateLimit({ requests: 1, window: 1 }) };

testEach("a body that ended before it was read is incomplete", slowStore, async ({ receiver, outcomes, connection }) => {
  receiver.on("*", () => {});
  const { signature, body } = parts("evt_1");
  const one = connection().write(head([...signature, TYPE, ["content-length", body.length]]));
  await sleep(30);
  one.socket.destroy();
  await until(() => outcomes.length > 0);
  assert.equal(outcomes[0].result, "incomplete_body");
  assert.equal(await connection().write(request("evt_1")).verdict(), "200 handled");
});

const closed = { address: new AddressPolicy({ allow: ["192.0.2.0/24"] }) };

testEach("an address that a stranger writes is not believed", closed, async ({ receiver, connection }) => {
  receiver.on("*", () => {});
  for (const name of ["x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip"]) {
    const value = name === "forwarded" ? "for=192.0.2.1" : "192.0.2.1";
    const spoofed = request("evt_1", { headers: [TYPE, [name, value]] });
    assert.equal(await connection().write(spoofed).verdict(), "403 address_not_allowed");
  }
});

const behindProxy = { address: new AddressPolicy({ allow: ["192.0.2.0/24"], trustedProxies: ["127.0.0.1"] }) };

testEach("a proxy's word is what it wrote last", behindProxy, async ({ receiver, connection }) => {
  receiver.on("*", () => {});
  const from = (...values) => request("evt_1", { headers: [TYPE, ...values.map((value) => ["X-Forwarded-For", value])] });
  const one = connection();
  assert.equal(await one.write(from("192.0.2.1", "198.51.100.7")).verdict(), "403 address_not_allowed");
  assert.equal(await one.write(from("192.0.2.1, 198.51.100.7")).verdict(), "403 address_not_allowed");
  assert.equal(await one.write(from()).verdict(), "403 address_not_allowed");
  assert.equal(await one.write(from("198.51.100.7", "192.0.2.1")).verdict(), "200 handled");
});

testEach("a handler past the deadline runs on and keeps its claim", { deadline: 0.05 }, async ({ receiver, connection }) => {
  let end;
  receiver.on("*", () => new Promise((resolve) => (end = resolve)));
  const one = connection();
  assert.equal(await one.write(request("evt_1")).verdict(), "500 handler_timeout");
  const again = await one.write(request("evt_1")).answer();
  assert.deepEqual([again.status, again.headers.get("retry-after")], [409, "10"]);
  end();
  await sleep(20);
  assert.equal(await one.write(request("evt_1")).verdict(), "200 duplicate");
});

testEach("a handler that fails is given the next attempt", {}, async ({ receiver, connection }) => {
  let runs = 0;
  receiver.on("*", async () => {
    runs += 1;
    if (runs < 3) throw new Error("a text that must not be sent");
  });
  const one = connection();
  for (let attempt = 1; attempt < 3; attempt++) {
    const answer = await one.write(request("evt_1")).answer();
    assert.equal(answer.status, 500);
    assert.equal(JSON.parse(answer.body).error, "handler_failed");
    assert.ok(!answer.body.includes("must not be sent"));
  }
  assert.equal(await one.write(request("evt_1")).verdict(), "200 handled");
  assert.equal(await one.write(request("evt_1")).verdict(), "200 duplicate");
  assert.equal(runs, 3);
});

testEach("other methods are refused, and told which is meant", {}, async ({ connection }) => {
  const one = connection();
  for (const method of ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
    const answer = await one.write(head([["content-length", 2]], { method }) + "{}").answer();
    assert.deepEqual([answer.status, answer.headers.get("allow")], [405, "post"], method);
  }
});

// The routes, over real connections.

import assert from "node:assert/strict";
import { after, beforeEach, mock, test } from "node:test";
import { fileURLToPath } from "node:url";

import { serve } from "../local/serve.js";
import { client, OLD_SECRET, PAYMENT, SECRET, signed, TOKEN } from "./client.js";

const BODY_LIMIT = 1024 * 1024;
const ENTRY = fileURLToPath(new URL("worker.js", import.meta.url));
const SETTINGS = {
  COUNTERSIGN_SCHEME: "sha256",
  COUNTERSIGN_SECRET: SECRET,
  COUNTERSIGN_OLD_SECRET: OLD_SECRET,
  COUNTERSIGN_EVENTS_TOKEN: TOKEN,
};

const started = [];
after(() => Promise.all(started.map((stop) => stop())));

async function start(env) {
  const { url, stop } = await serve({ entry: ENTRY, env });
  started.push(stop);
  return client(url);
}

let receiver;
beforeEach(async () => {
  receiver = await start(SETTINGS);
});

function assertRefused(answer, status, code) {
  assert.deepEqual([answer.status, answer.body.error], [status, code]);
  assert.equal(typeof answer.body.message, "string");
}

test("handles, ignores and lists", async () => {
  const handled = await receiver.deliver(PAYMENT);
  assert.equal(handled.status, 200);
  assert.deepEqual(handled.body, { status: "handled", id: "evt_1", type: "payment.succeeded" });

  const ignored = await receiver.deliver({ id: "evt_2", type: "order.created" }, OLD_SECRET);
  assert.equal(ignored.status, 200);
  assert.deepEqual(ignored.body, { status: "ignored", id: "evt_2", type: "order.created" });

  assert.deepEqual((await receiver.list()).body, [
    { id: "evt_2", type: "order.created", timestamp: null, key_index: 1 },
    { id: "evt_1", type: "payment.succeeded", timestamp: 1700000000, key_index: 0 },
  ]);
});

test("refuses what is not authentic, and lists nothing", async () => {
  const { body, headers } = signed(PAYMENT);
  const foreign = signed(PAYMENT, "another secret");
  const altered = Buffer.from(body).toString().replace("5}", "6}");
  const name = "x-webhook-signature";
  const both = { ...headers, [name]: [headers[name], foreign.headers[name]] };
  for (const [sentBody, sentHeaders, code] of [
    [altered, headers, "signature_mismatch"],
    [body, {}, "missing_header"],
    ["", {}, "missing_header"],
    ["", headers, "signature_mismatch"],
    [body, foreign.headers, "signature_mismatch"],
    // Fetch joins the two.
    [body, both, "malformed_signature"],
    [body, { ...headers, [name]: "\xff" }, "malformed_header"],
  ]) {
    assertRefused(await receiver.post(sentBody, sentHeaders), 401, code);
  }
  assert.deepEqual((await receiver.list()).body, []);
});

test("refuses authentic nonsense", async () => {
  for (const [body, code] of [
    ["{", "payload_not_json"],
    ["", "payload_not_json"],
    [new Uint8Array([0xff]), "payload_not_utf8"],
    ["[]", "payload_not_object"],
    ["{}", "missing_field"],
    ['{"type":5}', "malformed_field"],
  ]) {
    assertRefused(await receiver.deliver(body), 400, code);
  }
  assert.deepEqual((await receiver.list()).body, []);
});

test("the content type changes nothing", async () => {
  const { body, headers } = signed(PAYMENT);
  for (const contentType of ["application/x-www-form-urlencoded", "multipart/form-data", "?"]) {
    const answer = await receiver.post(body, { ...headers, "content-type": contentType });
    assert.equal(answer.status, 200);
  }
  const { "content-type": _, ...untyped } = headers;
  assert.equal((await receiver.post(body, untyped)).status, 200);
});

test("does not decompress: the bytes as sent are what was signed", async () => {
  const { body, headers } = signed(PAYMENT);
  const answer = await receiver.post(body, { ...headers, "content-encoding": "gzip" });
  assert.equal(answer.status, 200);
});

test("refuses large bodies before their end", async () => {
  const fitting = signed(Buffer.from(signed(PAYMENT).body).toString().padEnd(BODY_LIMIT));
  assert.equal((await receiver.post(fitting.body, fitting.headers)).status, 200);
  const { body, headers } = signed(`${Buffer.from(fitting.body)} `);
  assertRefused(await receiver.post(body, headers), 413, "payload_too_large");

  const head = "POST /webhooks HTTP/1.1\r\nHost: localhost\r\n";
  const declared = await receiver.sendRaw(`${head}Content-Length: 1000000000000\r\n\r\n`);
  assert.match(declared, /^HTTP\/1.1 413 .*payload_too_large/s);
  const chunk = `40000\r\n${" ".repeat(0x40000)}\r\n`;
  const endless = `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(5)}`;
  assert.match(await receiver.sendRaw(endless), /^HTTP\/1.1 413 .*payload_too_large/s);
  assert.equal((await receiver.list()).body.length, 1);
});

test("other methods are not allowed", async () => {
  for (const method of ["GET", "PUT", "DELETE"]) {
    const answer = await receiver.send(method, "/webhooks", {});
    assert.deepEqual([answer.status, answer.headers.allow], [405, "POST"]);
  }
});

test("a failing handler answers 500 and is logged without the payload", async () => {
  const logged = mock.method(console, "error", () => {});
  const failing = { id: "evt_500", type: "order.failing", data: "private particulars" };
  const answer = await receiver.deliver(failing);
  logged.mock.restore();
  assertRefused(answer, 500, "handler_failed");

  const log = logged.mock.calls.map((call) => call.arguments.join(" ")).join("\n");
  assert.match(log, /order\.failing.*evt_500.*RangeError\n {4}at /s);
  assert.doesNotMatch(log, /private particulars/);
  assert.ok(!log.includes(SECRET));
  assert.equal((await receiver.deliver(PAYMENT)).status, 200);
});

test("the list stays bounded under concurrent deliveries", async () => {
  const deliver = (_, number) => receiver.deliver({ ...PAYMENT, id: `evt_${number}` });
  const answers = await Promise.all(Array.from({ length: 160 }, deliver));
  assert.ok(answers.every(({ status }) => status === 200));
  const { body } = await receiver.list();
  assert.equal(new Set(body.map(({ id }) => id)).size, 100);
});

test("the list needs its token", async () => {
  const wrong = ["", "Bearer", "Bearer ", `Bearer ${TOKEN.toUpperCase()}`, `Basic ${TOKEN}`];
  for (const authorization of [null, ...wrong, "Bearer \xff"]) {
    const answer = await receiver.list(authorization);
    assertRefused(answer, 401, "unauthorized");
    assert.equal(answer.headers["www-authenticate"], "Bearer");
  }
  for (const env of [{}, { COUNTERSIGN_EVENTS_TOKEN: "" }]) {
    const { COUNTERSIGN_EVENTS_TOKEN: _, ...others } = SETTINGS;
    const listless = await start({ ...others, ...env });
    assert.equal((await listless.list("Bearer ")).status, 404);
  }
});

test("takes recorded requests with a recorded clock", async () => {
  const settings = {
    COUNTERSIGN_SCHEME: "standard",
    COUNTERSIGN_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  };
  const body = '{"test": 2432232314}';
  const headers = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  };
  const recorded = await start({ ...settings, NOW: 1614265630 });
  assert.equal((await recorded.post(body, headers)).status, 200);
  const current = await start(settings);
  assertRefused(await current.post(body, headers), 401, "timestamp_too_old");
});

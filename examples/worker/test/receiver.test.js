// The routes, over real connections.

import assert from "node:assert/strict";
import { after, beforeEach, mock, test } from "node:test";
import { fileURLToPath } from "node:url";

import { serve } from "../local/serve.js";
import { BODY_LIMIT } from "../src/receiver.js";
import { readSettings } from "../src/settings.js";
import { client, OLD_SECRET, PAYMENT, SECRET, signed, TOKEN } from "./client.js";

const ENTRY = fileURLToPath(new URL("worker.js", import.meta.url));
const SETTINGS = {
  COUNTERSIGN_SCHEME: "sha256",
  COUNTERSIGN_SECRET: SECRET,
  COUNTERSIGN_OLD_SECRET: OLD_SECRET,
  COUNTERSIGN_EVENTS_TOKEN: TOKEN,
};

const started = [];
after(() => Promise.all(started.map((stop) => stop())));

async function start(environment, { now } = {}) {
  const env = now === undefined ? environment : { ...environment, NOW: now };
  const { url, stop } = await serve({ entry: ENTRY, env, durableObjects: { CLAIMS: "Claims" } });
  started.push(stop);
  return client(url);
}

/** What is logged meanwhile. */
async function logOf(action) {
  const logged = mock.method(console, "error", () => {});
  try {
    await action();
    return logged.mock.calls.map((call) => call.arguments.join(" ")).join("\n");
  } finally {
    logged.mock.restore();
  }
}

let receiver;
beforeEach(async () => {
  receiver = await start(SETTINGS);
});

function assertRefused(answer, status, code) {
  assert.deepEqual([answer.status, answer.body.error], [status, code]);
  assert.equal(typeof answer.body.message, "string");
}

test("handles and lists", async () => {
  const handled = await receiver.deliver(PAYMENT);
  assert.equal(handled.status, 200);
  assert.deepEqual(handled.body, { status: "handled", id: "evt_1", type: "payment.succeeded" });

  const other = await receiver.deliver({ id: "evt_2", type: "order.created" }, OLD_SECRET);
  assert.equal(other.status, 200);
  assert.deepEqual(other.body, { status: "handled", id: "evt_2", type: "order.created" });

  assert.deepEqual((await receiver.list()).body, [
    { id: "evt_2", type: "order.created", timestamp: null, key_index: 1 },
    { id: "evt_1", type: "payment.succeeded", timestamp: 1700000000, key_index: 0 },
  ]);
});

test("handles a delivery once", async () => {
  const { body, headers } = signed(PAYMENT);
  assert.equal((await receiver.post(body, headers)).body.status, "handled");
  const again = await receiver.post(body, headers);
  assert.deepEqual([again.status, again.body.status], [200, "duplicate"]);
  const attempts = await Promise.all(
    Array.from({ length: 20 }, () => receiver.deliver({ ...PAYMENT, id: "evt_2" })),
  );
  const handled = attempts.filter(({ body: { status } }) => status === "handled");
  assert.equal(handled.length, 1);
  assert.equal((await receiver.list()).body.length, 2);
});

test("refuses what is not authentic, and lists nothing", async () => {
  const { body, headers } = signed(PAYMENT);
  const foreign = signed(PAYMENT, "another secret");
  const altered = Buffer.from(body).toString().replace("5}", "6}");
  const name = "x-webhook-signature";
  const { [name]: signature, ...unsigned } = headers;
  const both = { ...headers, [name]: [signature, foreign.headers[name]] };
  for (const [sentBody, sentHeaders, code] of [
    [altered, headers, "signature_mismatch"],
    [body, unsigned, "missing_header"],
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
    ['{"type":"payment.succeeded"}', "schema_mismatch"],
    ['{"type":"payment.succeeded","data":{"amount":-1}}', "schema_mismatch"],
  ]) {
    assertRefused(await receiver.deliver(body), 400, code);
  }
  assert.deepEqual((await receiver.list()).body, []);
});

test("takes JSON as it was sent, and nothing else", async () => {
  const { body, headers } = signed(PAYMENT);
  for (const contentType of ["application/x-www-form-urlencoded", "multipart/form-data", "?"]) {
    const answer = await receiver.post(body, { ...headers, "content-type": contentType });
    assertRefused(answer, 415, "unsupported_media_type");
  }
  // The bytes as sent are what was signed, so nothing is decompressed.
  const compressed = { ...headers, "content-encoding": "gzip" };
  assertRefused(await receiver.post(body, compressed), 415, "unsupported_media_type");
  assert.equal((await receiver.post(body, headers)).status, 200);
});

test("refuses large bodies before their end", async () => {
  const fitting = signed(Buffer.from(signed(PAYMENT).body).toString().padEnd(BODY_LIMIT));
  assert.equal((await receiver.post(fitting.body, fitting.headers)).status, 200);
  const { body, headers } = signed(`${Buffer.from(fitting.body)} `);
  assertRefused(await receiver.post(body, headers), 413, "payload_too_large");

  const head =
    "POST /webhooks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
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
    assertRefused(answer, 405, "method_not_allowed");
    assert.equal(answer.headers.allow, "POST");
  }
});

test("a handler that failed gets the event again", async () => {
  const failing = { id: "evt_500", type: "order.failing", data: "private particulars" };
  const logged = await logOf(async () => {
    assertRefused(await receiver.deliver(failing), 500, "handler_failed");
  });
  assert.match(logged, /"code":"handler_failed".*"event_id":"evt_500".*"exception":"RangeError"/);
  assert.doesNotMatch(logged, /private particulars/);
  assert.ok(!logged.includes(SECRET));
  assert.equal((await receiver.deliver(failing)).body.status, "handled");
  assert.equal((await receiver.deliver(failing)).body.status, "duplicate");
});

test("wants the binding of its Durable Objects", () => {
  const unbound = { ...SETTINGS, COUNTERSIGN_STORE: "durable-object" };
  assert.throws(() => readSettings(unbound), /there is no binding CLAIMS/);
});

test("Durable Objects keep claims", async () => {
  const shared = await start({ ...SETTINGS, COUNTERSIGN_STORE: "durable-object" });
  const attempts = await Promise.all(Array.from({ length: 20 }, () => shared.deliver(PAYMENT)));
  const handled = attempts.filter(({ body: { status } }) => status === "handled");
  assert.equal(handled.length, 1);
  for (const attempt of attempts.filter(({ status }) => status !== 200)) {
    assertRefused(attempt, 409, "event_in_progress");
    assert.match(attempt.headers["retry-after"], /^\d+$/);
  }
  assert.equal((await shared.deliver(PAYMENT)).body.status, "duplicate");
  assert.equal((await shared.list()).body.length, 1);

  const failing = { id: "evt_500", type: "order.failing" };
  await logOf(async () => assertRefused(await shared.deliver(failing), 500, "handler_failed"));
  assert.equal((await shared.deliver(failing)).body.status, "handled");
  assert.equal((await shared.deliver(failing)).body.status, "duplicate");
});

test("each caller has a rate", async () => {
  const limited = await start({ ...SETTINGS, COUNTERSIGN_RATE_LIMIT: "2/60" });
  const deliver = (id) => limited.deliver({ ...PAYMENT, id });
  assert.equal((await deliver("evt_1")).status, 200);
  assert.equal((await deliver("evt_2")).status, 200);
  const refused = await deliver("evt_3");
  assertRefused(refused, 429, "rate_limited");
  assert.match(refused.headers["retry-after"], /^\d+$/);
});

test("only some may call", async () => {
  const elsewhere = await start({ ...SETTINGS, COUNTERSIGN_ALLOW: "192.0.2.0/24" });
  assertRefused(await elsewhere.deliver(PAYMENT), 403, "address_not_allowed");
  const here = await start({ ...SETTINGS, COUNTERSIGN_ALLOW: "127.0.0.0/8, ::1" });
  assert.equal((await here.deliver(PAYMENT)).status, 200);
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
  for (const environment of [{}, { COUNTERSIGN_EVENTS_TOKEN: "" }]) {
    const { COUNTERSIGN_EVENTS_TOKEN: _, ...others } = SETTINGS;
    const listless = await start({ ...others, ...environment });
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
    "content-type": "application/json",
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  };
  const recorded = await start(settings, { now: 1614265630 });
  assert.equal((await recorded.post(body, headers)).status, 200);
  const current = await start(settings);
  assertRefused(await current.post(body, headers), 401, "timestamp_too_old");
});

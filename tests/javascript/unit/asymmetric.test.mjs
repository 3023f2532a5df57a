/** Public keys: the entry that has them, beside the one that leaves them out. */

import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { test } from "node:test";

import * as small from "countersign";
import * as full from "countersign/asymmetric";
import { fetchHandler } from "countersign/fetch";
import { Receiver } from "countersign/receiver";

import { PLAID, SENDGRID } from "./asymmetric-helpers.mjs";
import { assertCode, BODY, NOW, SECRET, thrownBy } from "./helpers.mjs";

const { Scheme, Secret, VerificationError, Webhook } = full;

const RANDOM = 200;
const SPKI = { format: "der", type: "spki" };

/** What each algorithm signs a body with, and how its key is passed. */
function signers() {
  const ed25519 = generateKeyPairSync("ed25519");
  const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ed25519, p256, rsa };
}

test("the entry has all that the other has, as the same classes", () => {
  for (const [name, value] of Object.entries(small)) {
    if (name !== "Webhook") {
      assert.equal(full[name], value, name);
    }
  }
  assert.ok(Webhook.prototype instanceof small.Webhook);
  assert.equal(Webhook.name, "Webhook");
  assert.deepEqual(Scheme.names(), small.Scheme.names());
});

test("the other entry leaves public keys out, and says where they are", () => {
  const left = [
    () => new small.Webhook("discord", "00".repeat(32)),
    () => new small.Webhook("plaid", []),
    () => new small.Webhook("fusionauth", "hush"),
    () => new small.Webhook("standard", "whpk_O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik="),
    () => new small.Webhook("standard", [SECRET, new Secret("whsk_x")]),
    () => new small.Webhook(Scheme.named("sendgrid"), SENDGRID.key),
  ];
  for (const action of left) {
    const error = assertCode("asymmetric_left_out", action);
    assert.match(error.message, /countersign\/asymmetric/);
    assert.ok(error instanceof full.ConfigurationError);
  }
});

test("both decide alike where shared secrets are concerned", () => {
  const [one, other] = [small, full].map(({ Webhook }) => new Webhook("standard", SECRET));
  const options = { id: "msg_1", now: NOW };
  assert.deepEqual(one.sign(BODY, options), other.sign(BODY, options));
  const event = other.unwrap(BODY, one.sign(BODY, options), { now: NOW });
  assert.equal(event.type, "ping");
  assert.equal(one.verify(BODY, other.sign(BODY, options), { now: NOW }).event().type, "ping");
  const error = assertCode("signature_mismatch", () => other.verify("{}", one.sign(BODY, options), { now: NOW }));
  assert.ok(error instanceof small.VerificationError);
  assert.deepEqual([error.keyUrl, error.keyId], [null, null]);
  assert.equal(error.status, 401);
});

test("schemes and secrets of one entry are those of the other", () => {
  const described = { name: "acme", headers: { signature: "x-acme" }, encoding: "base64" };
  const secret = new small.Secret("hush");
  const bytes = small.Secret.fromBytes(new Uint8Array([0, 255, 7]));
  for (const scheme of [new small.Scheme(described), small.Scheme.named("github")]) {
    const [one, other] = [small, full].map(({ Webhook }) => new Webhook(scheme, [secret, bytes]));
    assert.deepEqual(one.sign(BODY), other.sign(BODY));
    const byBytes = new full.Webhook(scheme, bytes).sign(BODY);
    assert.equal(one.verify(BODY, byBytes).keyIndex, 1);
  }
  const tokens = { verifyToken: new small.Secret("meatyhamhock") };
  const url = "/?hub.mode=subscribe&hub.challenge=1&hub.verify_token=meatyhamhock";
  const reply = new Webhook("meta", "hush", tokens).handshake("", {}, { method: "GET", url });
  assert.equal(reply.answer.body, "1");
});

test("published deliveries of SendGrid and Plaid", () => {
  const sendgrid = new Webhook("sendgrid", SENDGRID.key);
  const { data } = sendgrid.unwrap(SENDGRID.body, SENDGRID.headers);
  assert.equal(data[0].sg_event_id, "ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA");
  assertCode("signature_mismatch", () => sendgrid.verify(SENDGRID.body.trim(), SENDGRID.headers));

  const { body, headers, context, key, keyId } = PLAID;
  assert.equal(new Webhook("plaid", key).unwrap(body, headers, context).type, "HISTORICAL_UPDATE");
  const plaid = new Webhook("plaid", []);
  const error = assertCode("key_needed", () => plaid.verify(body, headers, context));
  assert.ok(error instanceof VerificationError);
  assert.deepEqual([error.keyUrl, error.keyId, error.status], [null, keyId, 503]);
  for (const form of [key, new TextEncoder().encode(key), new TextEncoder().encode(key).buffer]) {
    const verified = plaid.verify(body, headers, { ...context, key: form });
    assert.equal(verified.event().type, "HISTORICAL_UPDATE");
    assert.equal(plaid.unwrap(body, headers, { ...context, key: form }).type, "HISTORICAL_UPDATE");
  }
  for (const form of ["", "no key", new Uint8Array([0xff, 0xfe])]) {
    assertCode("malformed_key", () => plaid.verify(body, headers, { ...context, key: form }));
  }
  for (const form of [5, true, {}, [1]]) {
    const thrown = thrownBy(() => plaid.verify(body, headers, { ...context, key: form }));
    assert.ok(thrown instanceof TypeError, String(thrown));
  }
});

test("a key's id may hold anything", () => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const keyId = "line\nbreak\n";
  const token = [part({ alg: "ES256", kid: keyId }), part({}), "AA".repeat(43)].join(".");
  const webhook = new Webhook("plaid", []);
  const error = assertCode("key_needed", () => webhook.verify("{}", { "plaid-verification": token }));
  assert.equal(error.keyId, keyId);
  const without = [part({ alg: "ES256" }), part({}), "AA".repeat(43)].join(".");
  const unnamed = assertCode("key_needed", () => webhook.verify("{}", { "plaid-verification": without }));
  assert.deepEqual([unnamed.keyUrl, unnamed.keyId], [null, null]);
});

test("Standard Webhooks signs and verifies with a pair of keys", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const point = publicKey.export(SPKI).subarray(-32);
  const pair = Buffer.concat([privateKey.export({ format: "der", type: "pkcs8" }).subarray(-32), point]);
  const signer = new Webhook("standard", `whsk_${pair.toString("base64")}`);
  const headers = signer.sign(BODY, { id: "msg_1", now: NOW });
  assert.match(headers["webhook-signature"], /^v1a,/);
  const content = Buffer.from(`msg_1.${NOW}.${BODY}`);
  assert.equal(headers["webhook-signature"], `v1a,${sign(null, content, privateKey).toString("base64")}`);
  const verifier = new Webhook("standard", `whpk_${point.toString("base64")}`);
  assert.equal(verifier.unwrap(BODY, headers, { now: NOW }).type, "ping");

  const shared = new Webhook("standard", SECRET).sign(BODY, { id: "msg_1", now: NOW });
  const both = `${shared["webhook-signature"]} ${headers["webhook-signature"]}`;
  const mixed = { ...headers, "webhook-signature": both };
  assert.equal(verifier.verify(BODY, mixed, { now: NOW }).keyIndex, 0);
  assert.equal(new Webhook("standard", SECRET).verify(BODY, mixed, { now: NOW }).keyIndex, 0);
  assertCode("missing_context", () => verifier.sign(BODY, { id: "msg_1" }));
});

test("what Node signs with random keys is verified, and nothing else", () => {
  const schemes = {
    discord: {
      made: () => generateKeyPairSync("ed25519"),
      key: (publicKey) => publicKey.export(SPKI).subarray(-32).toString("hex"),
      headers: (body, key) => ({
        "x-signature-timestamp": String(NOW),
        "x-signature-ed25519": sign(null, Buffer.concat([Buffer.from(String(NOW)), body]), key).toString("hex"),
      }),
    },
    sendgrid: {
      made: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
      key: (publicKey) => publicKey.export(SPKI).toString("base64"),
      headers: (body, key) => ({
        "x-twilio-email-event-webhook-timestamp": String(NOW),
        "x-twilio-email-event-webhook-signature": sign(
          "sha256",
          Buffer.concat([Buffer.from(String(NOW)), body]),
          key,
        ).toString("base64"),
      }),
    },
  };
  for (const [scheme, { made, key, headers }] of Object.entries(schemes)) {
    for (let n = 0; n < RANDOM; n++) {
      const { privateKey, publicKey } = made();
      const body = randomBytes(n);
      const webhook = new Webhook(scheme, key(publicKey));
      const signed = headers(body, privateKey);
      assert.equal(webhook.verify(body, signed, { now: NOW }).keyIndex, 0);
      const tampered = Buffer.concat([body, Buffer.from("x")]);
      assertCode("signature_mismatch", () => webhook.verify(tampered, signed, { now: NOW }));
    }
  }
});

test("what Node signs with RSA is verified, in every form of the key", () => {
  for (const modulusLength of [2048, 4096]) {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength });
    const forms = [
      publicKey.export({ format: "pem", type: "spki" }),
      publicKey.export(SPKI).toString("base64"),
      JSON.stringify(publicKey.export({ format: "jwk" })),
      Secret.fromBytes(publicKey.export(SPKI)),
    ];
    for (const secret of forms) {
      const webhook = new Webhook("highlevel-rsa", secret);
      const body = randomBytes(100);
      const headers = { "x-wh-signature": sign("sha256", body, privateKey).toString("base64") };
      assert.equal(webhook.verify(body, headers).keyIndex, 0);
      assertCode("signature_mismatch", () => webhook.verify("{}", headers));
    }
  }
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const short = publicKey.export({ format: "pem", type: "spki" });
  assertCode("malformed_secret", () => new Webhook("highlevel-rsa", short));
});

test("a key of another type is malformed_secret", () => {
  const { ed25519, p256, rsa } = signers();
  const keys = [ed25519, p256, rsa].map(({ publicKey }) => publicKey.export({ format: "pem", type: "spki" }));
  for (const [scheme, fitting] of [
    ["discord", 0],
    ["sendgrid", 1],
    ["highlevel-rsa", 2],
  ]) {
    for (const [index, key] of keys.entries()) {
      if (index === fitting) {
        assert.ok(new Webhook(scheme, key));
      } else {
        assertCode("malformed_secret", () => new Webhook(scheme, key));
      }
    }
  }
});

test("a receiver takes a webhook with public keys", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const webhook = new Webhook("highlevel", publicKey.export(SPKI).toString("base64"));
  const types = [];
  const receiver = new Receiver(webhook).on("*", (event) => types.push(event.type));
  const handle = fetchHandler(receiver);
  const body = '{"type":"ContactCreate","webhookId":"w1","timestamp":"2023-11-14T22:13:10Z"}';
  const headers = {
    "content-type": "application/json",
    "x-ghl-signature": sign(null, Buffer.from(body), privateKey).toString("base64"),
  };
  const post = (sent) => handle(new Request("https://example.com/", { method: "POST", headers, body: sent }));
  assert.equal((await post(body)).status, 200);
  assert.equal((await post(`${body} `)).status, 401);
  assert.deepEqual(types, ["ContactCreate"]);
});

test("a request that is verified stays with the keys that verified it", () => {
  const webhook = new Webhook("plaid", []);
  const key = new TextEncoder().encode(PLAID.key);
  const verified = webhook.verify(PLAID.body, PLAID.headers, { ...PLAID.context, key });
  key.fill(0);
  assert.equal(verified.event().type, "HISTORICAL_UPDATE");
  assert.equal(verified.timestamp, PLAID.context.now);
});

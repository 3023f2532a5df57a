import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { inspect } from "node:util";

import * as countersign from "countersign";

import { assertCode, BODY, NOW, SECRET, standardRequest, thrownBy } from "./helpers.mjs";

const { CountersignError, errorCodes, Webhook } = countersign;
const CLASSES = ["ConfigurationError", "VerificationError", "PayloadError", "GuardError", "DeliveryError"];

test("each class extends CountersignError, which extends Error", () => {
  assert.ok(CountersignError.prototype instanceof Error);
  for (const name of CLASSES) {
    assert.ok(countersign[name].prototype instanceof CountersignError, name);
    assert.equal(countersign[name].prototype.name, name);
  }
});

test("an error has a code, the name of its class, a message and a stack", () => {
  const { webhook, body, context } = standardRequest();
  const error = thrownBy(() => webhook.verify(body, {}, context));
  assert.equal(error.code, "missing_header");
  assert.equal(error.name, "VerificationError");
  assert.match(error.message, /^the header webhook-signature is missing/);
  assert.match(error.stack, /^VerificationError: the header/);
  assert.equal(String(error), `VerificationError: ${error.message}`);
  assert.equal(Object.prototype.toString.call(error), "[object Error]");
});

test("each class can be met", () => {
  const { webhook, headers, body, context } = standardRequest();
  const notJson = standardRequest("not json");
  const met = [
    [countersign.ConfigurationError, () => new Webhook("standard", "")],
    [countersign.VerificationError, () => webhook.verify("{}", headers, context)],
    [countersign.PayloadError, () => notJson.webhook.unwrap(notJson.body, notJson.headers, notJson.context)],
  ];
  for (const [type, action] of met) {
    const error = thrownBy(action);
    assert.ok(error instanceof type);
    assert.equal(error.constructor, type);
  }
  assert.ok(webhook.verify(body, headers, context));
});

test("every code has a class that is exported", () => {
  const codes = errorCodes();
  assert.ok(codes.size >= 30);
  for (const [code, name] of codes) {
    assert.match(code, /^[a-z0-9_]+$/);
    assert.ok(CLASSES.includes(name), `${code}: ${name}`);
  }
});

test("the list of codes can be changed by nobody else", () => {
  errorCodes().delete("signature_mismatch");
  assert.equal(errorCodes().get("signature_mismatch"), "VerificationError");
});

test("require and import give one class each, and either knows the other's errors", () => {
  const required = createRequire(import.meta.url)("countersign");
  assert.deepEqual(
    Object.keys(required)
      .filter((key) => key !== "__esModule" && key !== "module.exports")
      .sort(),
    Object.keys(countersign).sort(),
  );
  for (const name of ["CountersignError", ...CLASSES]) {
    assert.equal(required[name], countersign[name], name);
  }
  const error = thrownBy(() => new required.Webhook("standard", ""));
  assert.ok(error instanceof countersign.ConfigurationError);
  const webhook = new countersign.Webhook(required.Scheme.named("standard"), new required.Secret(SECRET));
  assert.equal(webhook.schemeName, "standard");
});

test("the subpath for tests throws the same classes", async () => {
  const { signedRequest } = await import("countersign/testing");
  const required = createRequire(import.meta.url)("countersign/testing");
  for (const sign of [signedRequest, required.signedRequest]) {
    const error = assertCode("empty_secret", () => sign("github", "", {}));
    assert.ok(error instanceof countersign.ConfigurationError);
  }
});

test("errors serialise without anything but their own parts", () => {
  const { webhook, headers, context } = standardRequest();
  const error = thrownBy(() => webhook.verify("{}", headers, context));
  assert.deepEqual(Object.keys(error), ["code", "retryAfter"]);
  assert.equal(JSON.stringify(error), '{"code":"signature_mismatch","retryAfter":null}');
});

const MARK = "c2VjcmV0LW1hcms";

test("no error shows a secret, a payload, a header's value or the right signature", () => {
  const secret = `whsec_${Buffer.from(`${MARK}-padding-to-length`).toString("base64")}`;
  const webhook = new Webhook("standard", secret);
  const payload = `{"type":"ping","private":"${MARK}"}`;
  const headers = webhook.sign(payload, { id: "msg_1", now: NOW });
  const [, signature] = headers["webhook-signature"].split(",");
  const hidden = [MARK, secret, secret.slice(6), signature, "msg_private", "1234567890123"];
  const actions = [
    () => new Webhook("standard", `${secret}\n`),
    () => new Webhook("standard", `${secret.slice(0, -1)}!`),
    () => new Webhook(secret, "standard"),
    () => new countersign.Scheme({ name: secret, headers: { signature: "x-a" } }),
    () => new countersign.Scheme({ [secret]: secret }),
    () => countersign.Scheme.named(secret),
    () => new countersign.Secret(` ${secret}`),
    () => new countersign.Secret(`${secret}\ud800`),
    () => webhook.verify(BODY, headers, { now: NOW }),
    () => webhook.verify(payload, { ...headers, "webhook-id": "msg_private" }, { now: NOW }),
    () => webhook.verify(payload, { ...headers, "webhook-id": ["msg_private", "other"] }, { now: NOW }),
    () => webhook.verify(payload, { ...headers, "webhook-timestamp": "1234567890123" }, { now: NOW }),
    () =>
      webhook.verify(payload, { ...headers, "webhook-signature": `v1,${signature.slice(1)}` }, { now: NOW }),
    () => webhook.verify({ [MARK]: MARK }, headers, { now: NOW }),
    () => webhook.verify(`${MARK}\ud800`, headers, { now: NOW }),
    () => webhook.verify(payload, MARK, { now: NOW }),
    () => webhook.verify(payload, [MARK], { now: NOW }),
    () => webhook.verify(payload, { "webhook-id": { [MARK]: MARK } }, { now: NOW }),
    () => webhook.verify(payload, headers, MARK),
    () => webhook.verify(payload, headers, { now: MARK }),
    () => webhook.sign(payload, { id: `${MARK}\n` }),
  ];
  for (const action of actions) {
    const error = thrownBy(action);
    const texts = [
      error.message,
      String(error),
      inspect(error),
      JSON.stringify(error),
      inspect(error, { showHidden: true }),
    ];
    for (const text of hidden.filter((text) => texts.some((shown) => withoutSource(shown).includes(text)))) {
      assert.fail(`${action} shows ${text}`);
    }
  }
});

/** The stack names files and functions, none of which is an argument. */
function withoutSource(text) {
  return text.replace(/^ +at .*$/gm, "");
}

/** Handshakes that hand something over: the program decides. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Webhook } from "countersign";
import { fetchHandler } from "countersign/fetch";
import { Receiver } from "countersign/receiver";

const SECRET = "b537207f20cbfa02357cf448134da559";

async function ask(onHandshake) {
  const receiver = new Receiver(new Webhook("asana", "nobody has this one"), { log: null, onHandshake });
  const headers = { "X-Hook-Secret": SECRET, "Content-Type": "application/json" };
  return fetchHandler(receiver)(new Request("https://example.com/hook", { method: "POST", headers, body: "{}" }));
}

test("the program agrees, at once or later", async () => {
  const replies = [];
  for (const decide of [(reply) => replies.push(reply) > 0, async (reply) => replies.push(reply) > 0]) {
    const response = await ask(decide);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("x-hook-secret"), SECRET);
    assert.equal(await response.text(), "");
  }
  assert.deepEqual(replies.map(({ secret, needsConsent }) => [secret, needsConsent]), [[SECRET, true], [SECRET, true]]);
});

test("nothing but true is consent", async () => {
  for (const decide of [undefined, null, () => false, () => undefined, () => 1, async () => "yes"]) {
    const response = await ask(decide);
    assert.equal(response.status, 403);
    assert.equal((await response.json()).error, "handshake_refused");
    assert.equal(response.headers.get("x-hook-secret"), null);
  }
});

test("a program that throws is asked again", async () => {
  const response = await ask(() => {
    throw new Error("it failed");
  });
  assert.equal(response.status, 500);
  assert.equal((await response.json()).error, "handler_failed");
});

test("a reply without a receiver", () => {
  const webhook = new Webhook("okta", "token");
  const headers = { authorization: "token", "x-okta-verification-challenge": "abc" };
  const reply = webhook.handshake("", headers, { method: "GET", url: "/" });
  assert.equal(reply.answer.body, '{"verification":"abc"}');
  const { needsConsent, secret, confirmationUrl, topic } = reply;
  assert.deepEqual([needsConsent, secret, confirmationUrl, topic], [false, null, null, null]);
  assert.equal(webhook.handshake("{}", headers, { method: "POST" }), null);
});

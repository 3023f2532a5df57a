/** The fetcher of keys: what it fetches, how often, and what becomes of failures. */

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";

import { GuardError, KeyFetcher, Webhook } from "countersign/asymmetric";
import { fetchHandler } from "countersign/fetch";
import { Receiver } from "countersign/receiver";

import { FAL_KEYS, falRequest, keySet, PLAID } from "./asymmetric-helpers.mjs";

const keys = generateKeyPairSync("ed25519");
const fal = new Webhook("fal", "user");
const plaid = new Webhook("plaid", []);

/** A `fetch` that answers so, and the requests that it got. */
function fake(answer) {
  const requests = [];
  const fetch = async (url, init) => {
    requests.push({ url, ...init });
    return answer(requests.length, init);
  };
  return { fetch, requests };
}

function published(set = keySet(keys.publicKey)) {
  return fake(() => new Response(set));
}

/** What the promise is rejected with, which must be the package's error of this code. */
async function refusal(code, promise) {
  try {
    await promise;
  } catch (error) {
    assert.equal(error.code, code, error.stack);
    return error;
  }
  return assert.fail("nothing was thrown");
}

/** Has the clock of the fetcher stand, until it is moved. */
function withClock(t) {
  let time = 1000;
  t.mock.method(performance, "now", () => time);
  return (seconds) => (time += seconds * 1000);
}

test("a key that is published is fetched once, and kept", async () => {
  const { fetch, requests } = published();
  const fetcher = new KeyFetcher({ fetch });
  for (let n = 0; n < 3; n++) {
    const { body, headers } = falRequest(keys.privateKey);
    const event = await fetcher.unwrap(fal, body, headers);
    assert.deepEqual([event.type, event.keyIndex], ["OK", 0]);
    assert.equal((await fetcher.verify(fal, body, Object.entries(headers).values())).id, "request-1");
  }
  assert.equal(requests.length, 1);
  const [{ url, redirect, signal, credentials }] = requests;
  assert.deepEqual([url, redirect, credentials], [FAL_KEYS, "manual", undefined]);
  assert.ok(signal instanceof AbortSignal);
});

test("requests that need the same key wait for one fetch", async () => {
  let answer;
  const { fetch, requests } = fake(() => new Promise((resolve) => (answer = resolve)));
  const fetcher = new KeyFetcher({ fetch });
  const { body, headers } = falRequest(keys.privateKey);
  const all = Array.from({ length: 20 }, () => fetcher.verify(fal, body, headers));
  await new Promise(setImmediate);
  answer(new Response(keySet(keys.publicKey)));
  await Promise.all(all);
  assert.equal(requests.length, 1);
});

test("keys are fetched again when their time is over", async (t) => {
  const pass = withClock(t);
  const { fetch, requests } = published();
  const fetcher = new KeyFetcher({ fetch, lifetime: 3600 });
  const { body, headers } = falRequest(keys.privateKey);
  await fetcher.verify(fal, body, headers);
  pass(3599);
  await fetcher.verify(fal, body, headers);
  assert.equal(requests.length, 1);
  pass(1);
  await fetcher.verify(fal, body, headers);
  assert.equal(requests.length, 2);
});

test("a set that does not fit is fetched again, once a minute", async (t) => {
  const pass = withClock(t);
  const newer = generateKeyPairSync("ed25519");
  const { fetch, requests } = fake((n) => new Response(keySet((n === 1 ? keys : newer).publicKey)));
  const fetcher = new KeyFetcher({ fetch });
  const old = falRequest(keys.privateKey);
  await fetcher.verify(fal, old.body, old.headers);
  const { body, headers } = falRequest(newer.privateKey);
  pass(59);
  await refusal("signature_mismatch", fetcher.verify(fal, body, headers));
  assert.equal(requests.length, 1);
  pass(1);
  await fetcher.verify(fal, body, headers);
  assert.equal(requests.length, 2);
  await refusal("signature_mismatch", fetcher.verify(fal, old.body, old.headers));
  assert.equal(requests.length, 2);
});

test("a set that cannot be fetched again leaves the verdict as it was", async (t) => {
  const pass = withClock(t);
  const { fetch } = fake((n) => (n === 1 ? new Response(keySet(keys.publicKey)) : Response.error()));
  const fetcher = new KeyFetcher({ fetch });
  const { body, headers } = falRequest(keys.privateKey);
  await fetcher.verify(fal, body, headers);
  pass(60);
  await refusal("signature_mismatch", fetcher.verify(fal, `${body} `, headers));
  await fetcher.verify(fal, body, headers);
});

test("what is no key's answer is key_unavailable, and not asked for again at once", async (t) => {
  const pass = withClock(t);
  const big = new Uint8Array(64 * 1024 + 1);
  const bodies = {
    "a redirect": () => new Response(null, { status: 302, headers: { location: FAL_KEYS } }),
    "an error page": () => new Response("gone", { status: 404 }),
    "no content": () => new Response(null, { status: 204 }),
    "a network error": () => Promise.reject(new TypeError("fetch failed")),
    "too much": () => new Response(big),
  };
  for (const [name, answer] of Object.entries(bodies)) {
    const { fetch, requests } = fake(answer);
    const fetcher = new KeyFetcher({ fetch });
    const { body, headers } = falRequest(keys.privateKey);
    const error = await refusal("key_unavailable", fetcher.verify(fal, body, headers));
    assert.ok(error instanceof GuardError, name);
    assert.equal(error.status, 503);
    assert.ok(error.cause instanceof Error, name);
    pass(4.9);
    await refusal("key_unavailable", fetcher.verify(fal, body, headers));
    assert.equal(requests.length, 1, name);
    pass(0.1);
    await refusal("key_unavailable", fetcher.verify(fal, body, headers));
    assert.equal(requests.length, 2, name);
  }
});

test("an answer that is no key is malformed_key", async () => {
  for (const answer of ["<html>", "{}", '{"keys":[]}', "", new Uint8Array([0xff])]) {
    const { fetch } = fake(() => new Response(answer));
    const { body, headers } = falRequest(keys.privateKey);
    await refusal("malformed_key", new KeyFetcher({ fetch }).verify(fal, body, headers));
  }
});

test("a provider that does not answer is given up", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { fetch, requests } = fake(() => new Promise(() => undefined));
  const { body, headers } = falRequest(keys.privateKey);
  const pending = refusal("key_unavailable", new KeyFetcher({ fetch }).verify(fal, body, headers));
  await new Promise(setImmediate);
  t.mock.timers.tick(5000);
  await pending;
  assert.ok(requests[0].signal.aborted);
});

test("keys of an account are asked for by their id, once", async () => {
  const asked = [];
  const fetcher = new KeyFetcher({
    byKeyId: async (...all) => {
      asked.push(all);
      return PLAID.key;
    },
  });
  const { body, headers, context, keyId } = PLAID;
  for (let n = 0; n < 2; n++) {
    const event = await fetcher.unwrap(plaid, body, headers, context);
    assert.equal(event.type, "HISTORICAL_UPDATE");
  }
  await refusal("signature_mismatch", fetcher.verify(plaid, `${body} `, headers, context));
  assert.deepEqual(asked, [[keyId, "plaid"]]);
});

test("a key that has an id alone needs byKeyId", async () => {
  const { body, headers, context } = PLAID;
  const error = await refusal("key_unavailable", new KeyFetcher().verify(plaid, body, headers, context));
  assert.match(error.cause.message, /byKeyId/);
});

test("what byKeyId fails with is the cause", async () => {
  const { body, headers, context } = PLAID;
  const failed = new Error("the account is closed");
  const byKeyId = () => {
    throw failed;
  };
  const error = await refusal("key_unavailable", new KeyFetcher({ byKeyId }).verify(plaid, body, headers, context));
  assert.equal(error.cause, failed);
  assert.ok(!error.message.includes("account"));
  for (const nothing of [null, undefined]) {
    await refusal("key_unavailable", new KeyFetcher({ byKeyId: () => nothing }).verify(plaid, body, headers, context));
  }
});

test("whoever makes ids up gets few fetches, and does not fill the memory", async (t) => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const made = (kid) => ({
    "plaid-verification": [part({ alg: "ES256", kid }), part({}), "AA".repeat(43)].join("."),
  });
  const pass = withClock(t);
  let asked = 0;
  const byKeyId = async () => {
    asked++;
    return null;
  };
  const fetcher = new KeyFetcher({ byKeyId });
  const all = Array.from({ length: 500 }, (_, n) => fetcher.verify(plaid, "{}", made(`key ${n}`)));
  const codes = (await Promise.allSettled(all)).map(({ reason }) => reason.code);
  assert.deepEqual(new Set(codes), new Set(["key_unavailable"]));
  assert.equal(asked, 30);
  pass(60);
  await refusal("key_unavailable", fetcher.verify(plaid, "{}", made("one more")));
  assert.equal(asked, 31);
});

test("options and arguments of another type are a TypeError", async () => {
  for (const wrong of [
    5,
    { fetch: "fetch" },
    { byKeyId: {} },
    { lifetime: 0 },
    { lifetime: -1 },
    { lifetime: "1" },
  ]) {
    assert.throws(() => new KeyFetcher(wrong), TypeError);
  }
  const fetcher = new KeyFetcher();
  await assert.rejects(fetcher.verify({}, "{}", {}), TypeError);
  await assert.rejects(fetcher.verify(fal, "{}", {}, 5), TypeError);
  assert.throws(() => new Receiver(fal, { keys: {} }), TypeError);
});

test("a receiver fetches keys, and answers 503 where it cannot", async () => {
  const request = () => {
    const { body, headers } = falRequest(keys.privateKey);
    const sent = { ...headers, "content-type": "application/json" };
    return new Request("https://example.com/", { method: "POST", headers: sent, body });
  };
  const answer = async (options) => {
    const receiver = new Receiver(fal, { log: null, ...options }).on("*", () => undefined);
    const response = await fetchHandler(receiver)(request());
    const { error, status } = await response.json();
    return [response.status, error ?? status];
  };
  assert.deepEqual(await answer({ keys: new KeyFetcher({ fetch: published().fetch }) }), [200, "handled"]);
  assert.deepEqual(await answer({}), [503, "key_needed"]);
  const { fetch } = fake(() => Response.error());
  assert.deepEqual(await answer({ keys: new KeyFetcher({ fetch }) }), [503, "key_unavailable"]);
});

test("a receiver logs why a key is not to be had, but no text of others", async () => {
  class PlaidError extends Error {}
  const byKeyId = () => {
    throw new PlaidError(`no key ${PLAID.keyId}`);
  };
  const gone = fake(() => new Response("", { status: 404 }));
  const expected = [
    [plaid, {}, { reason: "the key is known by its id alone; pass byKeyId" }],
    [plaid, { byKeyId: () => null }, { reason: "there is no key of this id" }],
    [plaid, { byKeyId }, { exception: "PlaidError" }],
    [fal, { fetch: gone.fetch }, { reason: "the provider answered 404 in place of its key" }],
  ];
  for (const [webhook, options, told] of expected) {
    const { body, headers } = webhook === plaid ? PLAID : falRequest(keys.privateKey);
    const logged = [];
    const receiver = new Receiver(webhook, {
      keys: new KeyFetcher(options),
      clock: () => (webhook === plaid ? PLAID.context.now : Date.now() / 1e3),
      log: (entry) => logged.push(entry),
    }).on("*", () => undefined);
    const sent = { ...headers, "content-type": "application/json" };
    const response = await fetchHandler(receiver)(new Request("https://example.com/", { method: "POST", headers: sent, body }));
    assert.equal(response.status, 503);
    const [{ frames, ...line }] = logged;
    const scheme = webhook.schemeName;
    const refusal = { level: "warning", message: "a request was refused", code: "key_unavailable", scheme, event_id: null };
    assert.deepEqual(line, { ...refusal, ...told });
    assert.ok(!JSON.stringify(logged).includes(PLAID.keyId));
    assert.equal(Array.isArray(frames), told.exception !== undefined);
  }
});

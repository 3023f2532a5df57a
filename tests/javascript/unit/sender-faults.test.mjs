/** Endpoints that misbehave, and destinations that must not be reached. */

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";

import { Backoff, RetryPolicy, Webhook } from "countersign";
import { MemorySenderStore } from "countersign/sender";

import { endpointAt, endpointServer, hurried, settled } from "./sender-helpers.mjs";
import { listening, until } from "./servers.mjs";

const ONCE = new RetryPolicy(Backoff.fixed([0]));

/** What became of one attempt at this URL: its record and the dead letter's reason, if it is one. */
async function attemptAt(context, url, { endpoint = {}, ...options } = {}) {
  const { sender, log } = hurried(context, new MemorySenderStore(), { retryPolicy: ONCE, ...options });
  await sender.putEndpoint(endpointAt(url, endpoint));
  await sender.send("a", "ping", {});
  const start = performance.now();
  await sender.deliverDue();
  const [{ number, state, reason }] = await sender.deliveries();
  const [{ status, error, answer }] = await sender.attempts(number);
  const { health } = await sender.endpoint("a");
  return { state, reason, status, error, answer, health, log, seconds: (performance.now() - start) / 1e3 };
}

/** A server that does as it likes with its connections. */
async function rawServer(context, connected) {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    context.after(() => socket.destroy());
    connected(socket);
  });
  const { port, close } = await listening(server);
  context.after(close);
  return `http://127.0.0.1:${port}/in`;
}

test("an endpoint that never answers takes no longer than the first byte may", async (context) => {
  const url = await rawServer(context, () => {});
  const timeouts = { firstByte: 0.1, total: 5 };
  const { error, reason, seconds, status } = await attemptAt(context, url, { timeouts });
  assert.deepEqual([error, reason, status], ["timeout", "exhausted", null]);
  assert.ok(seconds < 2, seconds);
});

test("an answer that drips takes no longer than the whole may, and its status counts", async (context) => {
  const { url } = await endpointServer(context, (response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write("x"), 30);
    response.on("close", () => clearInterval(timer));
  });
  const given = await attemptAt(context, url, { endpoint: { timeouts: { total: 0.2 } } });
  assert.deepEqual([given.state, given.status, given.error], ["delivered", 200, "timeout"]);
  assert.ok(given.seconds < 2 && given.answer.length > 0);
});

test("of a large answer little is read, and less is kept", async (context) => {
  let sent = 0;
  const { url } = await endpointServer(context, (response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(65_536, "x");
    const more = () => {
      while (!response.destroyed && sent < 1e9) {
        sent += chunk.length;
        if (!response.write(chunk)) {
          response.once("drain", more);
          return;
        }
      }
    };
    more();
  });
  const { state, answer, error } = await attemptAt(context, url);
  assert.deepEqual([state, error, answer.length], ["delivered", null, 4096]);
  assert.ok(sent < 5e7, sent);
});

test("connections that are refused, reset or speak no HTTP are failures", async (context) => {
  const refused = await rawServer(context, () => {});
  const closed = new URL(refused);
  closed.port = "1";
  assert.equal((await attemptAt(context, closed.href)).error, "connect");
  const reset = await rawServer(context, (socket) => socket.once("data", () => socket.resetAndDestroy()));
  assert.equal((await attemptAt(context, reset)).error, "connect");
  const garbage = await rawServer(context, (socket) => socket.once("data", () => socket.end("SSH-2.0-OpenSSH\r\n")));
  const { error, health } = await attemptAt(context, garbage);
  assert.equal(error, "http");
  assert.equal(health.failures, 1);
  const cut = await rawServer(context, (socket) => {
    socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc"));
  });
  const half = await attemptAt(context, cut);
  assert.deepEqual([half.state, half.error, String(Buffer.from(half.answer))], ["delivered", "body", "abc"]);
  const nobody = endpointAt("https://nobody.invalid/in");
  assert.equal((await attemptAt(context, nobody.url)).error, "dns");
});

test("a redirect is not followed, wherever it leads", async (context) => {
  const { requests, url } = await endpointServer(context);
  const { requests: first, url: redirecting } = await endpointServer(context, (response) => {
    response.writeHead(307, { location: url }).end();
  });
  const { reason, status } = await attemptAt(context, redirecting);
  assert.deepEqual([reason, status, first.length, requests.length], ["redirected", 307, 1, 0]);
});

test("an absurd Retry-After is bounded", async (context) => {
  const { url } = await endpointServer(context, (response) => {
    response.writeHead(429, { "retry-after": "9999999999999999999" }).end();
  });
  const { health } = await attemptAt(context, url);
  assert.ok(health.throttledUntil <= Date.now() / 1e3 + 3_600);
});

test("what a resolver answers is judged before the attempt", async (context) => {
  const asked = [];
  const fetch = async (url) => asked.push(url) && new Response("");
  const judged = async (resolve) => attemptAt(context, "https://hooks.example.com/in", { fetch, resolve });
  assert.equal((await judged(() => ["8.8.8.8"])).state, "delivered");
  const forbidden = await judged(async () => ["8.8.8.8", "169.254.169.254"]);
  assert.deepEqual([forbidden.reason, forbidden.error], ["forbidden", "forbidden"]);
  assert.deepEqual([forbidden.health.failures, forbidden.health.openings], [1, 0]);
  assert.equal((await judged(() => [])).reason, "forbidden");
  assert.equal((await judged(() => Promise.reject(new Error("SERVFAIL")))).error, "dns");
  const timeouts = { firstByte: 0.05 };
  const { error } = await attemptAt(context, "https://example.com/", { fetch, resolve: () => new Promise(() => {}), timeouts });
  assert.equal(error, "timeout");
  assert.equal(asked.length, 1);
});

test("a host that goes on with what was aborted does not hold up the sender", async (context) => {
  const fetch = () => new Promise(() => {});
  const { error } = await attemptAt(context, "https://example.com/", { fetch, timeouts: { total: 0.05 } });
  assert.equal(error, "timeout");
});

test("a message that cannot be signed is a dead letter with the code", async (context) => {
  const fetch = async () => new Response("");
  const webhook = new Webhook("slack", "hush");
  const { sender } = hurried(context, new MemorySenderStore(), { fetch, webhook });
  await sender.putEndpoint({ id: "a", url: "https://example.com/" });
  // The scheme has no place for an id; Standard Webhooks has none for this one.
  await sender.send("a", "ping", {}, { id: "a.b" });
  await sender.putEndpoint({ id: "b", url: "https://example.com/", secrets: "whsec_c2VjcmV0c2VjcmV0" });
  await sender.send("b", "ping", {}, { id: "a.c" });
  await sender.deliverDue();
  const [bad, good] = await sender.deliveries();
  assert.deepEqual([good.state, bad.state], ["delivered", "dead"]);
  assert.equal((await sender.attempts(bad.number))[0].error, bad.reason);
  assert.match(bad.reason, /^malformed_/);
});

test("one slow endpoint starves nobody", async (context) => {
  const held = [];
  const { url: slow } = await endpointServer(context, (response) => void held.push(response));
  const { requests, url } = await endpointServer(context);
  const { sender } = hurried(context, new MemorySenderStore(), { concurrency: 8, endpointConcurrency: 4 });
  await sender.putEndpoint(endpointAt(slow, { id: "slow" }));
  await sender.putEndpoint(endpointAt(url));
  const all = Array.from({ length: 40 }, (_, number) => sender.send(number < 20 ? "slow" : "a", "ping", number));
  await Promise.all(all);
  sender.start();
  await until(() => requests.length === 20);
  await until(async () => (await sender.counts()).delivered === 20);
  assert.equal(held.length, 4);
  const { running, waiting } = await sender.counts();
  assert.deepEqual([running, waiting], [4, 16]);
  const release = setInterval(() => held.splice(0).forEach((response) => response.end()), 5);
  context.after(() => clearInterval(release));
  await settled(sender);
});

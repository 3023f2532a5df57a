/** What each of Node's frameworks does by itself before an adapter gets a request. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { connect, createServer as createHttp2Server } from "node:http2";
import { test } from "node:test";

import { Scheme, Webhook } from "countersign";
import { expressHandler } from "countersign/express";
import { fastifyReceiver } from "countersign/fastify";
import { nodeHandler } from "countersign/node";
import { Receiver } from "countersign/receiver";
import express from "express";
import Fastify from "fastify";

import { observed, signedDelivery } from "./receiver-helpers.mjs";
import { listening } from "./servers.mjs";

/** The base URL of a server of Express with these handlers, which ends with the test. */
async function serveExpress(context, ...handlers) {
  const app = express();
  app.use(...handlers);
  const { port, close } = await listening(createServer(app));
  context.after(close);
  return `http://127.0.0.1:${port}`;
}

async function post(url, { headers, body }) {
  const response = await fetch(url, { method: "POST", headers, body });
  const { status, error } = await response.json();
  return `${response.status} ${status ?? error}`;
}

function handling(options) {
  const made = observed(options);
  made.receiver.on("*", () => {});
  return made;
}

test("after a body parser Express's requests are refused, and the log says why", async (context) => {
  const logged = [];
  const { receiver } = handling({ log: (entry) => logged.push(entry) });
  const url = await serveExpress(context, express.json(), expressHandler(receiver));
  assert.equal(await post(url, signedDelivery("evt_1")), "500 unsupported_body");
  assert.deepEqual([logged[0].level, logged[0].code], ["error", "unsupported_body"]);
  assert.match(logged[0].message, /pars/);
});

test("text that a parser left is not taken for what was sent", async (context) => {
  const { receiver } = handling();
  const url = await serveExpress(context, express.text({ type: "*/*" }), expressHandler(receiver));
  assert.equal(await post(url, signedDelivery("evt_1")), "500 unsupported_body");
});

test("Express's raw parser may come before, and one that does not fit", async (context) => {
  const { receiver } = handling({ bodyLimit: 100 });
  const raw = await serveExpress(context, express.raw({ type: "*/*" }), expressHandler(receiver));
  assert.equal(await post(raw, signedDelivery("evt_1")), "200 handled");
  const large = signedDelivery("x".repeat(100));
  assert.equal(await post(raw, large), "413 payload_too_large");
  const form = await serveExpress(context, express.urlencoded(), expressHandler(receiver));
  assert.equal(await post(form, signedDelivery("evt_2")), "200 handled");
});

test("schemes that sign the URL get the one that was called, below any router", async (context) => {
  const scheme = new Scheme({ name: "acme", headers: { signature: "x-acme-signature" }, content: "{method} {url} {body}" });
  const webhook = new Webhook(scheme, "hush");
  const receiver = new Receiver(webhook, { log: null }).on("*", () => {});
  const router = express.Router().post("/webhooks/acme", expressHandler(receiver));
  const url = `${await serveExpress(context, "/api", router)}/api/webhooks/acme?tenant=1`;
  const body = '{"id":"evt_1","type":"ping"}';
  const headers = { "content-type": "application/json", ...webhook.sign(body, { url, method: "POST" }) };
  assert.equal(await post(url, { headers, body }), "200 handled");
  assert.equal(await post(`${url}2`, { headers, body }), "401 signature_mismatch");
});

async function fastify(context, register) {
  const app = Fastify({ forceCloseConnections: true });
  register(app);
  await app.listen({ host: "127.0.0.1", port: 0 });
  context.after(() => app.close());
  return { app, url: `http://127.0.0.1:${app.server.address().port}` };
}

test("Fastify's own limit and parsers are those of other routes", async (context) => {
  const { receiver } = handling({ bodyLimit: 3_000_000 });
  const { url } = await fastify(context, (app) => {
    app.register(fastifyReceiver, { receiver, prefix: "/webhooks", path: "/acme" });
    app.post("/parsed", async ({ body }) => ({ status: body.id }));
  });
  const large = signedDelivery("x".repeat(2_000_000));
  assert.equal(await post(`${url}/webhooks/acme`, large), "200 handled");
  assert.equal(await post(`${url}/parsed`, signedDelivery("evt_1")), "200 evt_1");
});

test("Fastify's requests of every content type come to the receiver", async (context) => {
  const { receiver } = handling();
  const { url } = await fastify(context, (app) => app.register(fastifyReceiver, { receiver, prefix: "/hook" }));
  const { headers, body } = signedDelivery("evt_1");
  for (const type of ["text/plain", "garbage", "a b/c", "application/json, text/plain", "/", ";"]) {
    const answer = await post(`${url}/hook`, { headers: { ...headers, "content-type": type }, body });
    assert.equal(answer, "415 unsupported_media_type", type);
  }
  for (const type of ["application/json;", "application/json ; charset=utf-8", 'Application/JSON; charset="utf-8"']) {
    const answer = await post(`${url}/hook`, { headers: { ...headers, "content-type": type }, body });
    assert.match(answer, /^200 (handled|duplicate)$/, type);
  }
});

test("Fastify's other errors stay its own", async (context) => {
  const { receiver } = handling();
  const { app } = await fastify(context, (each) =>
    each.register(async (scope) => {
      scope.addHook("onRequest", async () => {
        throw Object.assign(new Error("closed on Sundays"), { statusCode: 418 });
      });
      scope.register(fastifyReceiver, { receiver, prefix: "/hook" });
    }),
  );
  const answer = await app.inject({ method: "POST", url: "/hook" });
  assert.deepEqual([answer.statusCode, answer.json().message], [418, "closed on Sundays"]);
});

test("requests that Fastify injects are requests", async (context) => {
  const { receiver } = handling();
  const { app } = await fastify(context, (each) => each.register(fastifyReceiver, { receiver, prefix: "/hook" }));
  const { headers, body } = signedDelivery("evt_1");
  const answer = await app.inject({ method: "POST", url: "/hook", headers, payload: Buffer.from(body) });
  assert.equal(answer.statusCode, 200);
  assert.deepEqual(answer.json(), { status: "handled", id: "evt_1", type: "ping" });
});

test("requests of HTTP/2 are requests", async (context) => {
  const { receiver } = handling({ bodyTimeout: 0.2, bodyLimit: 1_000 });
  const { port, close } = await listening(createHttp2Server(nodeHandler(receiver)));
  context.after(close);
  const session = connect(`http://127.0.0.1:${port}`);
  context.after(() => session.destroy());
  const { headers, body } = signedDelivery("evt_1");
  const send = async (action) => {
    const stream = session.request({ ":method": "POST", ":path": "/hook", ...headers });
    stream.on("error", () => {
      // The server may reset a stream whose body it does not want; its answer is looked at.
    });
    action(stream);
    let text = "";
    const status = new Promise((resolve) => stream.on("response", (answer) => resolve(answer[":status"])));
    const ended = new Promise((resolve) => stream.on("close", resolve));
    stream.setEncoding("utf8").on("data", (part) => (text += part));
    await ended;
    const { status: word, error } = JSON.parse(text);
    return `${await status} ${word ?? error}`;
  };
  assert.equal(await send((stream) => stream.end(body)), "200 handled");
  assert.equal(await send((stream) => stream.end(body)), "200 duplicate");
  assert.equal(await send((stream) => stream.end(Buffer.alloc(100_000))), "413 payload_too_large");
  assert.equal(await send((stream) => stream.write(Buffer.alloc(1))), "408 body_timeout");
});

test("what is no receiver is a TypeError that says what is wanted", async () => {
  for (const make of [expressHandler, nodeHandler]) {
    assert.throws(() => make({}), { name: "TypeError", message: /a Receiver/ });
  }
  const app = Fastify();
  app.register(fastifyReceiver, {});
  await assert.rejects(async () => app.ready(), { name: "TypeError", message: /a Receiver/ });
});

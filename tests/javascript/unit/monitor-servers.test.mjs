/** The status page behind real servers: its paths and all others, bodies, cookies. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import {
  judgedPath,
  Monitor,
  statusFastify,
  statusFetchHandler,
  statusNodeHandler,
  StatusPage,
} from "countersign/monitor";
import express from "express";
import Fastify from "fastify";

import { assertDeliberate, strangeValues } from "./helpers.mjs";
import { BEARER, connected, FakeInbox, FORM, letter, logIn, PATH, TOKEN } from "./monitor-helpers.mjs";
import { Connection, head, listening } from "./servers.mjs";

const LENIENT = { routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, caseSensitive: false } };

async function fastifyServer(page, options, prefix = "") {
  const app = Fastify({ forceCloseConnections: true, ...options });
  app.register(statusFastify, { page, prefix });
  await app.listen({ host: "127.0.0.1", port: 0 });
  return { port: app.server.address().port, close: () => app.close() };
}

const nodeServer = (...handlers) => listening(createServer(...handlers));

/** What starts each server, and what stands before the page's paths there. */
const SERVERS = {
  node: [(page) => nodeServer(statusNodeHandler(page)), ""],
  express: [(page) => nodeServer(express().use(statusNodeHandler(page))), ""],
  "express, mounted": [(page) => nodeServer(express().use("/internal", statusNodeHandler(page))), "/internal"],
  fastify: [(page) => fastifyServer(page, {}), ""],
  "fastify, mounted": [(page) => fastifyServer(page, {}, "/internal"), "/internal"],
  "fastify, lenient": [(page) => fastifyServer(page, LENIENT), ""],
  "fastify, lenient and mounted": [(page) => fastifyServer(page, LENIENT, "/internal"), "/internal"],
};

/** A page with its log and an inbox. */
function page(options) {
  const logged = [];
  const monitor = new Monitor({ log: (entry) => logged.push(entry) });
  const inbox = new FakeInbox(letter(7, "msg_7", null));
  return { page: new StatusPage(monitor.attachInbox(inbox), TOKEN, options), inbox, logged };
}

/** A client of a server that ends with the test. */
async function served(context, start) {
  const { port, close } = await start;
  context.after(close);
  return connected(port);
}

const SPELLINGS = [
  "/webhooks/status/",
  "/webhooks/status/data/",
  "/webhooks/status//data",
  "/webhooks//status",
  "/webhooks//status/data",
  "/webhooks/./status",
  "/webhooks/x/../status",
  "/webhooks/status/../status",
  "/webhooks/x/%2e%2e/status",
  "/webhooks/x/%2E%2E/status/data",
  "/webhooks%2fstatus",
  "/webhooks/%73tatus",
  "/webhooks/status/%64ata",
  "/webhooks/status%00",
  "/webhooks/status/data%00.css",
  "/webhooks/status%20",
  "/webhooks/status%2f",
  "/webhooks/status%3Fdata",
  "/webhooks/status%0a",
  "/webhooks/status%zz",
  "/webhooks/status;x",
  "/webhooks/status;x/data",
  "/webhooks;x/status/data",
  "/webhooks/status/data;x=1",
  "/webhooks/status/data.json",
  "/webhooks/status#data",
  "/webhooks/Status",
  "/WEBHOOKS/STATUS",
  "/webhooks/status/DATA",
  "/webhooks/status/data/data",
  "/webhooks\\status",
  "/webhooks/status\\data",
  "/webhooks/statu%CF%82",
  "/x/webhooks/status",
  "/status",
  "/",
  "//webhooks/status",
  "///webhooks/status/data",
  "//webhooks//status",
];

for (const [name, [start, prefix]] of Object.entries(SERVERS)) {
  test(`other spellings are not found in ${name}`, async (context) => {
    const ask = await served(context, start(page().page));
    assert.equal((await ask("GET", `${prefix}${PATH}/data?x=%61//`, BEARER)).status, 200);
    for (const target of SPELLINGS) {
      for (const method of ["GET", "POST"]) {
        const reply = await ask(method, prefix + target, BEARER);
        // Fastify refuses escapes that are none before it looks for a route.
        const expected = name.startsWith("fastify") && target.endsWith("%zz") ? 400 : 404;
        assert.equal(reply.status, expected, `${method} ${target}`);
        assert.ok(!reply.body.includes(TOKEN));
      }
    }
  });

  test(`the page is used in ${name}`, async (context) => {
    const made = page();
    const at = prefix + PATH;
    const ask = await served(context, start(made.page));
    const form = await ask("GET", at);
    assert.deepEqual([form.status, form.headers.get("x-frame-options")], [401, "DENY"]);
    const body = new URLSearchParams({ token: TOKEN }).toString();
    const begun = await ask("POST", `${at}/login`, { "content-type": FORM }, body);
    assert.equal(begun.status, 303);
    assert.doesNotMatch(begun.headers.get("set-cookie"), /Secure/);
    const [cookie] = begun.headers.get("set-cookie").split(";");
    const shown = await ask("GET", at, { cookie });
    assert.equal(shown.headers.get("content-type"), "text/html; charset=utf-8");
    assert.equal(Number(shown.headers.get("content-length")), Buffer.byteLength(shown.body));
    const { csrf } = JSON.parse((await ask("GET", `${at}/data`, { cookie })).body);
    const replay = new URLSearchParams({ number: "7", csrf }).toString();
    const headers = { "content-type": FORM, cookie };
    const replayed = await ask("POST", `${at}/replay`, headers, replay);
    assert.deepEqual([replayed.status, JSON.parse(replayed.body)], [200, { replayed: 7 }]);
    assert.deepEqual(made.inbox.replayed, [7]);
    const metrics = await ask("GET", `${at}/metrics`, BEARER);
    assert.equal(
      metrics.headers.get("content-type"),
      "application/openmetrics-text; version=1.0.0; charset=utf-8",
    );
    const none = await ask("HEAD", at, BEARER);
    assert.deepEqual([none.status, none.headers.get("allow"), none.body], [405, "GET", ""]);
    assert.equal((await ask("POST", `${at}/login`, { "content-type": "what?" }, body)).status, 400);
  });

  test(`bodies are bounded in ${name}`, async (context) => {
    const ask = await served(context, start(page().page));
    const long = `${new URLSearchParams({ token: TOKEN })}&a=${"x".repeat(5000)}`;
    for (const framing of [{}, { "transfer-encoding": "chunked" }]) {
      const reply = await ask("POST", `${prefix}${PATH}/login`, { "content-type": FORM, ...framing }, long);
      assert.deepEqual([reply.status, reply.body], [413, "Content Too Large"]);
    }
    // Where no body matters, none is waited for.
    const late = { ...BEARER, "content-length": "5000" };
    const { port, close } = await start(page().page);
    context.after(close);
    const connection = new Connection(port).write(head(Object.entries(late), { path: `${prefix}${PATH}/data` }));
    assert.equal((await connection.answer()).status, 405);
    connection.socket.destroy();
  });
}

test("a whole URL as the target is no path of the page", async (context) => {
  const { port, close } = await nodeServer(statusNodeHandler(page().page));
  context.after(close);
  for (const path of [`http://hooks.example.com${PATH}`, "*"]) {
    const connection = new Connection(port).write(head(Object.entries(BEARER), { method: "GET", path }));
    const answer = await connection.answer();
    assert.equal(answer.status, 404, path);
    connection.socket.destroy();
  }
});

test("a cookie over TLS is secure", async (context) => {
  const handle = statusNodeHandler(page().page);
  // Such sockets say so, and a plain one that says so needs no certificate.
  const server = createServer(handle).on("connection", (socket) => (socket.encrypted = true));
  const ask = await served(context, listening(server));
  const body = new URLSearchParams({ token: TOKEN }).toString();
  const reply = await ask("POST", `${PATH}/login`, { "content-type": FORM }, body);
  assert.match(reply.headers.get("set-cookie"), /; Secure$/);
});

test("Express's next handler answers other paths", async (context) => {
  const app = express().use(statusNodeHandler(page().page));
  app.get("/other", (_request, response) => response.send("mine"));
  const ask = await served(context, nodeServer(app));
  assert.equal((await ask("GET", "/other")).body, "mine");
});

test("after a body parser Express's forms are refused, and the log says why", async (context) => {
  const body = new URLSearchParams({ token: TOKEN }).toString();
  for (const [parser, expected] of [
    [express.urlencoded(), 500],
    [express.raw({ type: "*/*" }), 303],
    [express.json(), 303],
  ]) {
    const made = page();
    const ask = await served(context, nodeServer(express().use(parser, statusNodeHandler(made.page))));
    assert.equal((await ask("POST", `${PATH}/login`, { "content-type": FORM }, body)).status, expected);
    assert.deepEqual(made.logged.map(({ level }) => level), expected === 500 ? ["error"] : []);
    assert.ok(made.logged.every(({ message }) => /pars/.test(message)));
  }
});

test("other routes of a Fastify are parsed as before", async (context) => {
  const app = Fastify({ forceCloseConnections: true });
  app.register(statusFastify, { page: page().page });
  app.post("/other", async (request) => request.body.number);
  context.after(() => app.close());
  const { body } = await app.inject({ method: "POST", url: "/other", payload: { number: 7 } });
  assert.equal(body, "7");
});

test("a page that fails answers 500, and the log says where", async (context) => {
  const made = page({
    clock: () => {
      throw new RangeError("a secret");
    },
  });
  const ask = await served(context, nodeServer(statusNodeHandler(made.page)));
  const reply = await ask("GET", PATH, BEARER);
  assert.deepEqual([reply.status, reply.body], [500, "Internal Server Error"]);
  const [{ level, message, exception }] = made.logged;
  assert.deepEqual([level, message, exception], ["error", "the status page failed", "RangeError"]);
  assert.ok(!JSON.stringify(made.logged).includes("a secret"));
});

test("the fetch API gets answers for the page's paths, and nothing for others", async () => {
  const made = page();
  const handle = statusFetchHandler(made.page);
  const ask = async (method, path, headers, body) => {
    const init = body === undefined ? { method, headers } : { method, headers, body };
    const response = await handle(new Request(`https://hooks.example.com${path}`, init));
    return { status: response.status, headers: response.headers, body: await response.text() };
  };
  for (const target of ["/", "/webhooks/status/", "/webhooks/%73tatus", "/webhooks//status", "//webhooks/status"]) {
    assert.equal(await handle(new Request(`https://hooks.example.com${target}`, { headers: BEARER })), null);
  }
  assert.equal((await ask("GET", PATH)).status, 401);
  const cookie = await logIn(ask);
  assert.equal((await ask("GET", `${PATH}?x=%61`, { cookie })).status, 200);
  const { csrf } = JSON.parse((await ask("GET", `${PATH}/data`, { cookie })).body);
  const body = new URLSearchParams({ number: "7", csrf });
  assert.equal((await ask("POST", `${PATH}/replay`, { cookie }, body)).status, 200);
  const login = await ask("POST", `${PATH}/login`, {}, new URLSearchParams({ token: TOKEN }));
  assert.match(login.headers.get("set-cookie"), /; Secure$/);
  assert.equal((await ask("POST", `${PATH}/login`, { "content-type": FORM }, "x".repeat(5000))).status, 413);
  const read = new Request(`https://hooks.example.com${PATH}/login`, { method: "POST", body });
  await read.text();
  assert.equal((await handle(read)).status, 500);
});

test("a target that was sent in another spelling is judged as it was sent", () => {
  assert.equal(judgedPath("/internal/status?x=%61", "/status"), "/status");
  assert.equal(judgedPath("/%73tatus", "/status"), "/%73tatus");
  assert.equal(judgedPath("//status", "/status"), "//status");
  assert.equal(judgedPath("", "/status"), "/status");
});

test("a page is a StatusPage", async () => {
  for (const [name, value] of strangeValues()) {
    for (const serve of [statusFetchHandler, statusNodeHandler]) {
      assert.throws(() => serve(value), (error) => assertDeliberate(error, name) ?? true);
    }
    await assert.rejects(statusFastify(Fastify(), { page: value }), TypeError);
  }
});

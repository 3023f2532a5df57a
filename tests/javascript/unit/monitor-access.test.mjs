/** Who may see the status page. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Monitor, StatusPage } from "countersign/monitor";

import { assertDeliberate, strangeValues } from "./helpers.mjs";
import { BEARER, client, FakeInbox, FORM, letter, logIn, PATH, SlowInbox, TOKEN } from "./monitor-helpers.mjs";

const LIFETIME = 12 * 3600;

/** A client of a page, and what the page logs. */
function logging(options) {
  const logged = [];
  const monitor = new Monitor({ log: (entry) => logged.push(entry) });
  return { ask: client(monitor, options), monitor, logged };
}

function form(fields) {
  return new URLSearchParams(fields).toString();
}

test("a token that keeps nothing closed is refused", () => {
  for (const token of ["", "short", "x".repeat(15), " ".repeat(20), "spaces around it ", "a\nb".repeat(9)]) {
    assert.throws(() => new StatusPage(new Monitor(), token), { name: "TypeError", message: /token/ });
  }
  for (const [name, value] of strangeValues()) {
    for (const make of [
      () => new StatusPage(value, TOKEN),
      () => new StatusPage(new Monitor(), value),
      () => new StatusPage(new Monitor(), TOKEN, value),
      () => new StatusPage(new Monitor(), TOKEN, { path: value }),
      () => new StatusPage(new Monitor(), TOKEN, { clock: value }),
    ]) {
      try {
        make();
      } catch (error) {
        assertDeliberate(error, name);
        assert.ok(!error.message.includes(TOKEN));
      }
    }
  }
});

test("wrong requests are TypeErrors", async () => {
  const page = new StatusPage(new Monitor(), TOKEN);
  const request = { method: "GET", path: PATH, headers: [] };
  for (const field of ["method", "path", "body"]) {
    await assert.rejects(page.answer({ ...request, [field]: null }), TypeError, field);
  }
  for (const header of [[1, "value"], ["name", 1], ["a\ud800", "value"]]) {
    await assert.rejects(page.answer({ ...request, headers: [header] }), TypeError);
  }
  for (const now of [NaN, -1, "1", null]) {
    const stopped = new StatusPage(new Monitor(), TOKEN, { clock: () => now });
    await assert.rejects(stopped.answer(request), TypeError, String(now));
  }
});

test("strangers see the form and nothing else", async () => {
  const { ask } = logging();
  const reply = await ask("GET", PATH);
  assert.equal(reply.status, 401);
  assert.match(reply.body, /<form/);
  assert.doesNotMatch(reply.body, /<script|ountersign/);
  for (const below of ["/data", "/metrics"]) {
    const { status, body } = await ask("GET", PATH + below);
    assert.deepEqual([status, body], [401, "Unauthorized"]);
  }
  assert.equal((await ask("POST", `${PATH}/replay`, { "content-type": FORM }, "number=1")).status, 401);
});

test("wrong tokens are all the same", async () => {
  const { ask } = logging();
  for (const authorization of [
    "",
    "Bearer",
    "Bearer ",
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(0, -1)}`,
    `Bearer ${TOKEN.toUpperCase()}`,
    `Bearer ${TOKEN}, Bearer ${TOKEN}`,
    `Basic ${TOKEN}`,
    `Basic ${btoa(`:${TOKEN}`)}`,
    `Bearer "${TOKEN}"`,
    TOKEN,
    "Bearer \xff\xfe",
    "Bearer 🐎",
  ]) {
    const { status, body } = await ask("GET", `${PATH}/data`, { authorization });
    assert.deepEqual([status, body], [401, "Unauthorized"], authorization);
  }
});

test("the bearer of the token sees everything", async () => {
  const { ask } = logging();
  for (const [below, kind] of [
    ["", "text/html"],
    ["/data", "application/json"],
    ["/metrics", "application/openmetrics-text"],
  ]) {
    const reply = await ask("GET", PATH + below, BEARER);
    assert.equal(reply.status, 200);
    assert.ok(reply.headers.get("content-type").startsWith(kind), below);
  }
  assert.equal((await ask("GET", PATH, { Authorization: `bearer  ${TOKEN}` })).status, 200);
  assert.equal(JSON.parse((await ask("GET", `${PATH}/data`, BEARER)).body).csrf, null);
});

test("a token may have letters of all alphabets", async () => {
  const token = "žluťoučký kůň 🐎 úpěl";
  const ask = client(null, new StatusPage(new Monitor(), token));
  for (const sent of [Buffer.from(token).toString("latin1"), token]) {
    assert.equal((await ask("GET", `${PATH}/data`, { authorization: `Bearer ${sent}` })).status, 200);
  }
  const raw = `token=${token.replaceAll(" ", "+")}`;
  for (const body of [form({ token }), raw]) {
    assert.equal((await ask("POST", `${PATH}/login`, { "content-type": FORM }, body)).status, 303);
  }
});

test("headers that come several times", async () => {
  const { ask } = logging();
  const right = ["authorization", `Bearer ${TOKEN}`];
  const wrong = ["Authorization", "Bearer wrong"];
  for (const headers of [[right, wrong], [wrong, right], [right, right]]) {
    assert.equal((await ask("GET", PATH, headers)).status, 401);
  }
  const cookie = await logIn(ask);
  // HTTP/2 sends each cookie by itself.
  assert.equal((await ask("GET", PATH, [["cookie", "other=1"], ["Cookie", cookie]])).status, 200);
  const type = ["content-type", FORM];
  assert.equal((await ask("POST", `${PATH}/login`, [type, type], form({ token: TOKEN }))).status, 400);
});

test("a password of a proxy is none of ours", async () => {
  const { ask } = logging();
  const cookie = await logIn(ask);
  assert.equal((await ask("GET", PATH, { authorization: "Basic YTpi", cookie })).status, 200);
  // A token that is wrong is not made right by a session.
  assert.equal((await ask("GET", PATH, { authorization: `Bearer ${TOKEN}x`, cookie })).status, 401);
});

test("the form begins a session", async () => {
  const { ask } = logging();
  const reply = await ask("POST", `${PATH}/login`, { "content-type": FORM }, form({ token: TOKEN }));
  assert.deepEqual([reply.status, reply.body], [303, ""]);
  const place = new URL(reply.headers.get("location"), `http://host/prefix${PATH}/login`);
  assert.equal(place.pathname, `/prefix${PATH}`);
  const [cookie, ...flags] = reply.headers.get("set-cookie").split("; ");
  assert.deepEqual(flags, [`Max-Age=${LIFETIME}`, "HttpOnly", "SameSite=Strict"]);
  assert.ok(!cookie.includes(TOKEN));
  assert.equal((await ask("GET", PATH, { cookie: `other=1; ${cookie}` })).status, 200);
  const { csrf } = JSON.parse((await ask("GET", `${PATH}/data`, { cookie })).body);
  assert.equal(csrf.length, 64);
  assert.ok(!cookie.includes(csrf));
  // Each has its own entropy.
  assert.notEqual(await logIn(ask), cookie);
});

test("a cookie over HTTPS is secure", async () => {
  const { ask } = logging();
  const body = form({ token: TOKEN });
  const reply = await ask("POST", `${PATH}/login`, { "content-type": FORM }, body, { secure: true });
  assert.match(reply.headers.get("set-cookie"), /; Secure$/);
});

test("wrong logins are logged, without what was sent", async () => {
  const { ask, logged } = logging();
  for (const body of ["", "token=", "token=wrong", `Token=${TOKEN}`, "token=%ff%fe"]) {
    const reply = await ask("POST", `${PATH}/login`, { "content-type": FORM }, body);
    assert.equal(reply.status, 401);
    assert.ok(!reply.headers.has("set-cookie"));
  }
  const message = "a token for the status page was refused";
  assert.deepEqual(logged, Array(5).fill({ level: "warning", message }));
  const right = form({ token: TOKEN });
  assert.equal((await ask("POST", `${PATH}/login`, { "content-type": "text/plain" }, right)).status, 400);
  const many = `${"a=1&".repeat(20)}${right}`;
  assert.equal((await ask("POST", `${PATH}/login`, { "content-type": FORM }, many)).status, 400);
});

test("sessions cannot be forged", async () => {
  const { ask } = logging();
  const cookie = await logIn(ask);
  const [name, session] = cookie.split("=");
  const [expires, identity, mac] = session.split(".");
  const other = client(null, new StatusPage(new Monitor(), "another token of 16 characters"));
  const foreign = await other("POST", `${PATH}/login`, { "content-type": FORM }, "token=another+token+of+16+characters");
  for (const value of [
    "",
    ".",
    "..",
    session.slice(0, -1),
    `${session}0`,
    session.toUpperCase(),
    `${Number(expires) + 1}.${identity}.${mac}`,
    `${expires}.${identity}0.${mac}`,
    `${expires}.${identity}.`,
    `${identity}.${expires}.${mac}`,
    `"${session}"`,
    "\xff".repeat(40),
    foreign.headers.get("set-cookie").split(/[=;]/)[1],
  ]) {
    assert.equal((await ask("GET", `${PATH}/data`, { cookie: `${name}=${value}` })).status, 401, value);
  }
  // One that was put beside it by another application of the host does not shut us out.
  assert.equal((await ask("GET", `${PATH}/data`, { cookie: `${name}=x; ${cookie}` })).status, 200);
});

test("sessions end, and processes share them", async () => {
  let now = 1_700_000_000;
  const { ask } = logging({ clock: () => now });
  const cookie = await logIn(ask);
  now += LIFETIME - 1;
  assert.equal((await ask("GET", PATH, { cookie })).status, 200);
  assert.equal((await logging({ clock: () => now }).ask("GET", PATH, { cookie })).status, 200);
  now += 1;
  assert.equal((await ask("GET", PATH, { cookie })).status, 401);
});

test("replaying needs the value of the session", async () => {
  for (const Inbox of [FakeInbox, SlowInbox]) {
    const { ask, monitor, logged } = logging();
    const inbox = new Inbox(...[0, 1, 2, 3, 4].map((number) => letter(number, `msg_${number}`, null)));
    monitor.attachInbox(inbox);
    const [mine, other] = [await logIn(ask), await logIn(ask)];
    const csrfOf = async (cookie) => JSON.parse((await ask("GET", `${PATH}/data`, { cookie })).body).csrf;
    const [csrf, ofOther] = [await csrfOf(mine), await csrfOf(other)];
    const replay = async (headers, fields) => {
      const { status } = await ask("POST", `${PATH}/replay`, { "content-type": FORM, ...headers }, form(fields));
      return status;
    };
    const cookie = { cookie: mine };
    for (const wrong of [{}, { csrf: "" }, { csrf: ofOther }, { csrf: mine.split("=")[1] }]) {
      assert.equal(await replay(cookie, { number: 1, ...wrong }), 403);
    }
    assert.deepEqual(inbox.replayed, []);
    assert.equal(await replay(cookie, { number: 1, csrf }), 200);
    // What was handled is not handled again because a page still shows it.
    assert.equal(await replay(cookie, { number: 1, csrf }), 404);
    assert.equal(await replay(BEARER, { number: 2 }), 200);
    for (const number of ["", "-1", "1.0", "٣", "1e3", "9".repeat(19), "3\n", " 3"]) {
      assert.equal(await replay(cookie, { number, csrf }), 400, number);
    }
    assert.equal(await replay(cookie, { number: "9".repeat(18), csrf }), 404);
    assert.equal(await replay({ ...cookie, "content-type": "application/json" }, { number: 3, csrf }), 400);
    assert.deepEqual(inbox.replayed, [1, 2]);
    assert.deepEqual(logged, [1, 2].map((number) => ({ level: "info", message: `dead letter ${number} is replayed` })));
    inbox.down = true;
    assert.equal(await replay(cookie, { number: 3, csrf }), 503);
  }
});

test("what the page does not show is not replayed", async () => {
  const { ask, monitor } = logging();
  const inbox = new FakeInbox(...Array.from({ length: 101 }, (_, number) => letter(number, null, null)));
  monitor.attachInbox(inbox);
  const replay = (number) => ask("POST", `${PATH}/replay`, { ...BEARER, "content-type": FORM }, form({ number }));
  assert.equal((await replay(100)).status, 404);
  assert.equal((await replay(99)).status, 200);
  assert.equal((await logging().ask("POST", `${PATH}/replay`, { ...BEARER, "content-type": FORM }, "number=1")).status, 404);
});

test("what senders choose is data alone", async () => {
  const attack = "</script><img src=x onerror=alert(1)>\"'&\u2028";
  const { ask, monitor } = logging();
  monitor.attachInbox(new FakeInbox(letter(1, attack, attack)));
  for (const headers of [BEARER, {}]) {
    assert.doesNotMatch((await ask("GET", PATH, headers)).body, /onerror/);
  }
  const { body } = await ask("GET", `${PATH}/data`, BEARER);
  assert.equal(JSON.parse(body).inbox.dead_letters[0].event_id, attack);
});

test("headers of every answer", async () => {
  const { ask } = logging();
  for (const reply of [
    await ask("GET", PATH, BEARER),
    await ask("GET", PATH),
    await ask("GET", `${PATH}/data`, BEARER),
    await ask("GET", `${PATH}/metrics`, BEARER),
    await ask("POST", `${PATH}/login`, { "content-type": FORM }, "token=wrong"),
    await ask("PUT", PATH),
  ]) {
    assert.equal(reply.headers.get("x-frame-options"), "DENY");
    assert.equal(reply.headers.get("cache-control"), "no-store");
    assert.equal(reply.headers.get("referrer-policy"), "no-referrer");
    assert.equal(reply.headers.get("x-content-type-options"), "nosniff");
    const policy = reply.headers.get("content-security-policy");
    assert.match(policy, /^default-src 'none'.*frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe/);
  }
});

test("methods", async () => {
  const { ask } = logging();
  const paths = { "": "GET", "/data": "GET", "/metrics": "GET", "/replay": "POST", "/login": "POST" };
  for (const [below, allowed] of Object.entries(paths)) {
    for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "get"]) {
      if (method !== allowed) {
        const reply = await ask(method, PATH + below, BEARER);
        assert.deepEqual([reply.status, reply.headers.get("allow")], [405, allowed]);
      }
    }
  }
});

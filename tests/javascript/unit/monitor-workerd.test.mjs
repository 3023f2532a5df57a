/** The status page in workerd. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { Miniflare } from "miniflare";

import { bundle, COMPATIBILITY_DATE } from "../runtimes/workerd/bundle.mjs";
import { BEARER, FORM, logIn, PATH, TOKEN } from "./monitor-helpers.mjs";
import { signedDelivery } from "./receiver-helpers.mjs";

test("a worker has a status page", async (context) => {
  const guest = fileURLToPath(new URL("monitor-workerd-guest.mjs", import.meta.url));
  const miniflare = new Miniflare({ modules: await bundle(guest), compatibilityDate: COMPATIBILITY_DATE });
  context.after(() => miniflare.dispose());
  const ask = async (method, path, headers, body) => {
    const init = { method, headers, body, redirect: "manual" };
    const response = await miniflare.dispatchFetch(`https://hooks.example.com${path}`, init);
    return { status: response.status, headers: response.headers, body: await response.text() };
  };
  const { headers, body } = signedDelivery("evt_1");
  const before = Date.now() / 1e3;
  assert.equal((await ask("POST", "/hook", headers, body)).status, 200);
  assert.equal((await ask("GET", PATH)).status, 401);
  const cookie = await logIn(ask);
  assert.match((await ask("GET", PATH, { cookie })).body, /Webhooks/);
  const data = JSON.parse((await ask("GET", `${PATH}/data`, { cookie })).body);
  assert.deepEqual([data.recent.length, data.recent[0].result], [1, "ignored"]);
  // Before its first request a worker has no clock.
  assert.ok(Math.abs(data.since - before) < 60, `counted since ${data.since}`);
  assert.match((await ask("GET", `${PATH}/metrics`, BEARER)).body, /# EOF\n$/);
  const begun = await ask("POST", `${PATH}/login`, { "content-type": FORM }, new URLSearchParams({ token: TOKEN }).toString());
  assert.match(begun.headers.get("set-cookie"), /; Secure$/);
});

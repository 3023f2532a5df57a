/** An inbox in the SQLite of a Durable Object, in workerd. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { signedRequest } from "countersign/testing";
import { Miniflare } from "miniflare";

import { bundle, COMPATIBILITY_DATE } from "../runtimes/workerd/bundle.mjs";
import { until } from "./servers.mjs";

test("a Durable Object stores events, and its alarm handles them", async (context) => {
  const miniflare = new Miniflare({
    modules: await bundle(fileURLToPath(new URL("inbox-workerd-guest.mjs", import.meta.url))),
    compatibilityDate: COMPATIBILITY_DATE,
    durableObjects: { HOOKS: { className: "Hooks", useSQLite: true } },
  });
  context.after(() => miniflare.dispose());
  const ask = async (path) => (await miniflare.dispatchFetch(`http://localhost${path}`)).json();
  const receive = async (id, data) => {
    const { body, headers } = signedRequest("sha256", "hush", { id, type: "ping", data });
    const response = await miniflare.dispatchFetch("http://localhost/hook", { method: "POST", body, headers });
    return `${response.status} ${(await response.json()).status}`;
  };
  const settled = async (handled) => until(async () => (await ask("/state")).counts.handled === handled, 30);

  assert.equal(await receive("evt\0\\1", { fails: 0 }), "200 accepted");
  assert.equal(await receive("evt\0\\1", { fails: 0 }), "200 duplicate");
  // The first retry of the standard policy is five seconds later, to which the alarm is set.
  assert.equal(await receive("evt_2", { fails: 1 }), "200 accepted");
  await settled(2);
  const { events, runs } = await ask("/state");
  assert.deepEqual(events, [
    { id: "evt_2", type: "ping", data: { fails: 1 }, state: "handled", attempts: 2, error: null },
    { id: "evt\0\\1", type: "ping", data: { fails: 0 }, state: "handled", attempts: 1, error: null },
  ]);
  assert.deepEqual(runs, ["evt\0\\1", "evt_2", "evt_2"]);
  assert.deepEqual(await ask("/replay"), { replayed: 1 });
  await until(async () => (await ask("/state")).runs.length === 4);
  await settled(2);
  assert.deepEqual(await ask("/purge"), { purged: 2, isMore: false });
  assert.equal(await receive("evt_2", { fails: 0 }), "200 accepted");
});

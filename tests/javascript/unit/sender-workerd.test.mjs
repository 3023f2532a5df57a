/** A sender over the SQLite of a Durable Object, in workerd. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { Webhook } from "countersign";
import { Miniflare } from "miniflare";

import { bundle, COMPATIBILITY_DATE } from "../runtimes/workerd/bundle.mjs";
import { SECRET } from "./helpers.mjs";
import { BEARER, PATH } from "./monitor-helpers.mjs";
import { endpointServer } from "./sender-helpers.mjs";
import { until } from "./servers.mjs";

test("a Durable Object stores messages, and its alarm delivers them", async (context) => {
  let status = 503;
  const { requests, url } = await endpointServer(context, () => status);
  const miniflare = new Miniflare({
    modules: await bundle(fileURLToPath(new URL("sender-workerd-guest.mjs", import.meta.url))),
    compatibilityDate: COMPATIBILITY_DATE,
    durableObjects: { OUTBOX: { className: "Outbox", useSQLite: true } },
  });
  context.after(() => miniflare.dispose());
  const ask = async (path) => (await miniflare.dispatchFetch(`http://localhost${path}`)).json();

  await ask(`/put?${new URLSearchParams({ to: url, secret: SECRET })}`);
  assert.deepEqual(await ask("/send?id=msg_1"), { id: "msg_1", isNew: true });
  assert.deepEqual(await ask("/send?id=msg_1"), { id: "msg_1", isNew: false });
  await until(async () => (await ask("/state")).counts.dead === 1, 20);
  assert.deepEqual((await ask("/state")).statuses, [503, 503, 503]);
  assert.equal(await ask("/replay"), 1);
  await until(async () => (await ask("/state")).statuses.length === 6, 20);
  const showing = async () => {
    const request = [`http://localhost${PATH}/data`, { headers: BEARER }];
    return (await (await miniflare.dispatchFetch(...request)).json()).outbox;
  };
  await until(async () => (await showing()).dead_letters.length === 1);
  const { endpoints, attempts, dead_letters: letters } = await showing();
  assert.deepEqual([endpoints[0].id, endpoints[0].dead, attempts.length], ["a", 1, 6]);
  assert.equal(letters[0].message_id, "msg_1");
  status = 200;
  assert.equal(await ask("/replay-all"), 1);
  await until(async () => (await ask("/state")).counts.delivered === 1, 20);
  assert.equal((await ask("/state")).answer, "thanks");
  const [{ state, replayed }] = (await showing()).replays;
  assert.deepEqual([state, replayed], ["done", 1]);
  const { body, headers } = requests.at(-1);
  const event = new Webhook("standard", SECRET).unwrap(body, headers);
  assert.deepEqual([event.id, event.data], ["msg_1", { n: 7 }]);
});

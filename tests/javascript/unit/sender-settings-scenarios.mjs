/** What a sender and its endpoints are told besides the usual, over every store. */

import assert from "node:assert/strict";

import { Validator } from "@cfworker/json-schema";
import { Backoff, RetryPolicy } from "countersign";

import { endpointAt, endpointServer, hurried, manualClock } from "./sender-helpers.mjs";

/** As the Rust package reads and writes them; a test of core has the same texts. */
const POLICIES = [
  [
    new RetryPolicy(Backoff.exponential(1, { attempts: 3 }), { retryAfterCap: 1.5, retryStatuses: [404] }),
    '{"schedule":{"exponential":{"base_ms":1000,"cap_ms":86400000,"factor":2,"attempts":3}},"jitter":"none","retry_after_cap_ms":1500,"retry_statuses":[404]}',
  ],
  [
    new RetryPolicy(Backoff.fixed([0, 1], { jitter: "full" })),
    '{"schedule":{"fixed_ms":[0,1000]},"jitter":"full","retry_after_cap_ms":86400000,"retry_statuses":[]}',
  ],
];

const INVOICE = {
  type: "object",
  required: ["data"],
  properties: { data: { type: "object", required: ["id"], properties: { id: { type: "integer" } } } },
};

export const SETTINGS = {
  async "all that is due is delivered at once, however few go at a time"(context, makeStore) {
    const { requests, url } = await endpointServer(context);
    const { sender } = hurried(context, makeStore(), { endpointConcurrency: 3 });
    await sender.putEndpoint(endpointAt(url));
    for (let round = 1; round <= 5; round++) {
      await Promise.all(Array.from({ length: 40 }, (_, number) => sender.send("a", "ping", number)));
      assert.equal(await sender.deliverDue(), null);
      assert.equal(requests.length, round * 40);
    }
  },

  async "an endpoint has a retry policy of its own, in the form of all languages"(context, makeStore) {
    const { requests, url } = await endpointServer(context, () => 404);
    const clock = manualClock();
    const store = makeStore(clock);
    const { sender } = hurried(context, store, { clock });
    for (const [retryPolicy, text] of POLICIES) {
      await sender.putEndpoint(endpointAt(url, { retryPolicy }));
      assert.deepEqual((await store.endpoint("a")).settings.retry_policy, JSON.parse(text));
    }
    const [retryPolicy] = POLICIES[0];
    await sender.putEndpoint(endpointAt(url, { retryPolicy }));
    await sender.putEndpoint(endpointAt(`${url}/b`, { id: "b" }));
    await sender.send("a", "ping", {});
    await sender.send("b", "ping", {});
    const waits = [];
    for (let wait = 0; wait !== null; clock.now += Math.ceil((wait ?? 0) * 1e3)) {
      wait = await sender.deliverDue();
      waits.push(wait === null ? null : Math.round(wait));
    }
    assert.deepEqual(waits, [1, 2, null]);
    const paths = requests.map((request) => request.url);
    assert.deepEqual([paths.filter((path) => path === "/in").length, paths.length], [3, 4]);
    const reasons = (await sender.deadLetters()).map(({ endpoint, reason }) => [endpoint, reason]);
    assert.deepEqual(reasons.sort(), [["a", "exhausted"], ["b", "rejected"]]);
    // Another schedule holds for what waits already, and none for what has had its attempts.
    await sender.putEndpoint(endpointAt(url));
    assert.equal((await store.endpoint("a")).settings.retry_policy, undefined);
  },

  async "a policy that other programs wrote is followed, and nonsense harms one endpoint alone"(context, makeStore) {
    const { requests, url } = await endpointServer(context, () => 503);
    const store = makeStore();
    const { sender, log } = hurried(context, store);
    const written = { schedule: { fixed_ms: [0] }, jitter: "equal", retry_after_cap_ms: 18446744073709551615n };
    const put = async (id, policy) => {
      await sender.putEndpoint(endpointAt(`${url}/${id}`, { id }));
      const { settings, ...record } = await store.endpoint(id);
      await store.putEndpoint({ ...record, settings: { ...settings, retry_policy: policy } });
      await sender.send(id, "ping", {});
    };
    await put("a", { ...written, retry_after_cap_ms: Number(written.retry_after_cap_ms) });
    await put("b", { schedule: { every: 5 } });
    await sender.deliverDue();
    assert.deepEqual(requests.map((request) => request.url), ["/in/a"]);
    assert.deepEqual((await sender.deadLetters()).map(({ endpoint, reason }) => [endpoint, reason]), [["a", "exhausted"]]);
    assert.deepEqual(log.map(({ code, endpoint }) => [code, endpoint]), [["malformed_message", "b"]]);
  },

  async "what does not fit its schema is not sent"(context, makeStore) {
    const { requests, url } = await endpointServer(context);
    const schemas = { "invoice.*": INVOICE, "invoice.any": true };
    const { sender } = hurried(context, makeStore(), { schemas, validator: Validator });
    await sender.putEndpoint(endpointAt(url));
    const refused = [
      sender.send("a", "invoice.paid", { id: "7" }),
      sender.send("a", "invoice.paid", null),
      sender.publish("invoice.paid", {}),
    ];
    for (const sent of refused) {
      const error = await sent.catch((thrown) => thrown);
      assert.deepEqual([error.name, error.code], ["PayloadError", "schema_mismatch"]);
      assert.match(error.message, /schema/);
    }
    await sender.send("a", "invoice.paid", { id: 7 });
    await sender.send("a", "invoice.any", { id: "7" });
    await sender.send("a", "ping", { id: "7" });
    await sender.deliverDue();
    assert.equal(requests.length, 3);
  },
};

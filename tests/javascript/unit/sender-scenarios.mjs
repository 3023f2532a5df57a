/** What a sender does over every store. */

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { generateSecret, RetryPolicy, Webhook } from "countersign";
import { HealthPolicy, HEALTHY } from "countersign/sender";

import { SECRET, thrownBy } from "./helpers.mjs";
import { endpointAt, endpointServer, hurried, manualClock, settled } from "./sender-helpers.mjs";
import { LOOKING } from "./sender-looking-scenarios.mjs";
import { SETTINGS } from "./sender-settings-scenarios.mjs";

const codeOf = async (promise) => {
  const error = await promise.then(
    () => assert.fail("nothing was thrown"),
    (thrown) => thrown,
  );
  return error.code;
};

/** Each takes the context of its test and what makes a store: with a clock, once or again over the same data. */
export const SCENARIOS = {
  async "a message is delivered once, signed, with its payload"(context, makeStore) {
    const { requests, url } = await endpointServer(context);
    const { sender } = hurried(context, makeStore());
    await sender.putEndpoint(endpointAt(url, { headers: { "x-tenant": "7" } }));
    assert.deepEqual(await sender.send("a", "invoice.paid", { n: 7 }, { id: "msg_1" }), { id: "msg_1", isNew: true });
    assert.equal(await sender.deliverDue(), null);
    const [{ headers, body }] = requests;
    assert.equal(requests.length, 1);
    assert.equal(headers["content-type"], "application/json");
    assert.equal(headers["x-tenant"], "7");
    const event = new Webhook("standard", SECRET).unwrap(body, headers);
    assert.deepEqual([event.id, event.type, event.data], ["msg_1", "invoice.paid", { n: 7 }]);
    assert.match(String(body), /^\{"id":"msg_1","type":"invoice.paid","timestamp":"[0-9T:.-]+Z","data":\{"n":7\}\}$/);
    const [delivery] = await sender.deliveries();
    assert.deepEqual(
      { ...delivery, number: 0, created: 0, due: 0 },
      {
        number: 0,
        messageId: "msg_1",
        type: "invoice.paid",
        created: 0,
        endpoint: "a",
        state: "delivered",
        attempts: 1,
        isReplay: false,
        due: 0,
        reason: null,
      },
    );
    assert.deepEqual(await sender.delivery(delivery.number), delivery);
    const [{ attempt, status, error, answer, at, duration }, ...others] = await sender.attempts(delivery.number);
    assert.deepEqual([attempt, status, error, String(Buffer.from(answer))], [1, 200, null, "thanks"]);
    assert.ok(Math.abs(at - Date.now() / 1e3) < 5 && duration > 0 && duration < 5);
    assert.deepEqual(others, []);
    assert.equal(Buffer.compare(await sender.payload("msg_1"), body), 0);
    assert.equal(await sender.payload("msg_2"), null);
  },

  async "the same id or key is one message"(context, makeStore) {
    const { requests, url } = await endpointServer(context);
    const { sender } = hurried(context, makeStore());
    await sender.putEndpoint(endpointAt(url));
    const sent = await Promise.all([
      sender.send("a", "ping", 1, { id: "msg_1", idempotencyKey: "one" }),
      sender.send("a", "ping", 2, { id: "msg_1" }),
      sender.send("a", "ping", 3, { idempotencyKey: "one" }),
      sender.publish("ping", 4, { idempotencyKey: "one" }),
    ]);
    assert.deepEqual(sent, [
      { id: "msg_1", isNew: true },
      { id: "msg_1", isNew: false },
      { id: "msg_1", isNew: false },
      { id: "msg_1", isNew: false },
    ]);
    await sender.deliverDue();
    assert.equal(requests.length, 1);
    // Another endpoint gets the same message, once.
    await sender.putEndpoint(endpointAt(`${url}/b`, { id: "b", eventTypes: ["nothing"] }));
    for (const isNew of [true, false]) {
      assert.deepEqual(await sender.send("b", "ping", 5, { id: "msg_1" }), { id: "msg_1", isNew });
      await sender.deliverDue();
    }
    assert.deepEqual(requests.map(({ body }) => JSON.parse(body).data), [1, 1]);
    const { id } = await sender.send("a", "ping", 6);
    assert.match(id, /^msg_[0-9a-f]{32}$/);
  },

  async "an event is published to those who want it"(context, makeStore) {
    const { requests, url } = await endpointServer(context);
    const { sender } = hurried(context, makeStore());
    const paths = { all: undefined, some: ["invoice.*"], one: ["invoice.paid"], none: ["customer.*"], "*": ["*"] };
    for (const [id, eventTypes] of Object.entries(paths)) {
      await sender.putEndpoint(endpointAt(`${url}/${id}`, { id, eventTypes }));
    }
    await sender.putEndpoint(endpointAt(`${url}/owned`, { id: "owned", owner: "c7" }));
    await sender.putEndpoint(endpointAt(`${url}/off`, { id: "off" }));
    assert.equal(await sender.disable("off"), true);
    const got = async (type, options) => {
      requests.length = 0;
      await sender.publish(type, {}, options);
      await sender.deliverDue();
      return requests.map((request) => request.url.replace("/in/", "")).sort();
    };
    assert.deepEqual(await got("invoice.paid"), ["*", "all", "one", "some"]);
    assert.deepEqual(await got("invoice.sent"), ["*", "all", "some"]);
    assert.deepEqual(await got("invoice."), ["*", "all"]);
    assert.deepEqual(await got("customer.gone"), ["*", "all", "none"]);
    assert.deepEqual(await got("invoice.paid", { owner: "c7" }), ["owned"]);
    assert.deepEqual(await got("invoice.paid", { owner: "c8" }), []);
    await sender.putEndpoint(endpointAt(`${url}/all`, { id: "all", eventTypes: ["nothing"] }));
    assert.deepEqual(await got("invoice.paid"), ["*", "one", "some"]);
    assert.deepEqual((await sender.endpoint("some")).eventTypes, ["invoice.*"]);
  },

  async "a URL is registered when it is sent to"(context, makeStore) {
    const posted = [];
    const fetch = async (url) => posted.push(url) && new Response("");
    const webhook = new Webhook("sha256", "hush");
    const { sender } = hurried(context, makeStore(), { fetch, webhook });
    await sender.send("https://example.com/in", "ping", {});
    await sender.send("https://example.com/in", "ping", {});
    await sender.deliverDue();
    assert.deepEqual(posted, ["https://example.com/in", "https://example.com/in"]);
    const { scheme, secretCount, eventTypes } = await sender.endpoint("https://example.com/in");
    assert.deepEqual([scheme, secretCount], [null, 0]);
    assert.ok(eventTypes.length <= 1);
    assert.equal(await codeOf(sender.send("http://example.com/in", "ping", {})), "insecure_url");
    assert.equal(await codeOf(sender.send("https://127.0.0.1/in", "ping", {})), "forbidden_destination");
    assert.equal(await codeOf(sender.send("https://a b/in", "ping", {})), "malformed_message");
    // One that is registered has rules of its own.
    await sender.putEndpoint({ id: "http://example.com/in", url: "http://example.com/in", allowHttp: true });
    assert.equal((await sender.send("http://example.com/in", "ping", {})).isNew, true);
    const { sender: without } = hurried(context, makeStore(), { fetch });
    assert.equal(await codeOf(without.send("https://example.org/in", "ping", {})), "no_secrets");
  },

  async "what fails is tried again with the same id and body, then a dead letter, then replayed"(context, makeStore) {
    let status = 503;
    const { requests, url } = await endpointServer(context, () => status);
    const { sender } = hurried(context, makeStore());
    await sender.putEndpoint(endpointAt(url));
    await sender.send("a", "ping", {}, { id: "msg_1" });
    sender.start();
    await settled(sender);
    assert.equal(requests.length, 4);
    assert.deepEqual(new Set(requests.map(({ headers }) => headers["webhook-id"])), new Set(["msg_1"]));
    assert.equal(new Set(requests.map(({ body }) => String(body))).size, 1);
    const [dead] = await sender.deadLetters();
    assert.deepEqual([dead.state, dead.reason, dead.attempts], ["dead", "exhausted", 4]);
    const attempts = await sender.attempts(dead.number);
    assert.deepEqual(attempts.map(({ attempt }) => attempt), [4, 3, 2, 1]);
    const { health } = await sender.endpoint("a");
    assert.equal(health.failures, 4);

    assert.deepEqual(await sender.deadLetters({ endpoint: "b" }), []);
    assert.deepEqual(await sender.deadLetters({ type: "pong" }), []);
    assert.deepEqual(await sender.deadLetters({ reason: "rejected" }), []);
    assert.deepEqual(await sender.deadLetters({ until: dead.due - 1 }), []);
    assert.deepEqual(await sender.deadLetters({ before: dead.number }), []);
    assert.equal((await sender.deadLetters({ endpoint: "a", type: "ping", since: dead.due - 1 })).length, 1);
    // A replay that fails does not count against the endpoint.
    assert.equal(await sender.replay(dead.number), 1);
    await settled(sender);
    assert.equal(requests.length, 8);
    assert.deepEqual((await sender.endpoint("a")).health, health);
    status = 200;
    assert.equal(await sender.replay({ type: "ping" }), 1);
    await settled(sender);
    assert.equal((await sender.delivery(dead.number)).state, "delivered");
    assert.deepEqual((await sender.endpoint("a")).health, HEALTHY);
    assert.equal(await sender.replay({}), 0);
    // What was delivered is replayed, too, if somebody names it.
    assert.equal(await sender.replay(dead.number), 1);
    await settled(sender);
    assert.equal(requests.length, 10);
  },

  async "final answers are not tried again"(context, makeStore) {
    const answers = { 302: "redirected", 404: "rejected", 410: "disabled" };
    for (const [status, reason] of Object.entries(answers)) {
      const { requests, url } = await endpointServer(context, (response) => {
        response.writeHead(Number(status), { location: "http://127.0.0.1:1/" }).end();
      });
      const { sender, log } = hurried(context, makeStore());
      await sender.putEndpoint(endpointAt(url));
      await sender.send("a", "ping", {});
      await sender.deliverDue();
      const [dead] = await sender.deadLetters();
      assert.deepEqual([dead.reason, requests.length], [reason, 1], status);
      const { disabled } = (await sender.endpoint("a")).health;
      assert.equal(disabled, status === "410" ? "gone" : null);
      assert.equal(log.length, status === "410" ? 1 : 0);
      if (disabled !== null) {
        // Nothing goes there until it is enabled.
        await sender.send("a", "ping", {});
        await sender.deliverDue();
        assert.deepEqual([requests.length, (await sender.deadLetters())[0].reason], [1, "disabled"]);
        assert.equal(await sender.enable("a"), true);
        assert.equal(await sender.replay({ reason: "disabled" }), 2);
        await sender.deliverDue();
        assert.equal(requests.length, 3);
      }
    }
  },

  async "an endpoint that asks for a pause gets it, whatever waits"(context, makeStore) {
    const { requests, url } = await endpointServer(context, (response, count) => {
      response.writeHead(count === 1 ? 429 : 200, { "retry-after": "3600" }).end();
    });
    const clock = manualClock();
    const { sender } = hurried(context, makeStore(clock), { clock, endpointConcurrency: 1 });
    await sender.putEndpoint(endpointAt(url));
    await sender.send("a", "ping", 1);
    assert.equal(await sender.deliverDue() > 0, true);
    await sender.send("a", "ping", 2);
    await sender.deliverDue();
    assert.equal(requests.length, 1);
    clock.now += 3_600_000;
    await sender.deliverDue();
    assert.equal(requests.length, 3);
  },

  async "a circuit opens, and single attempts find out when the endpoint is back"(context, makeStore) {
    let status = 500;
    let running = 0;
    let most = 0;
    const { requests, url } = await endpointServer(context, (response) => {
      most = Math.max(most, ++running);
      setTimeout(() => (running--, response.writeHead(status).end()), 20);
    });
    const clock = manualClock();
    const healthPolicy = new HealthPolicy({ circuitFailures: 3, circuitPauses: [10, 60] });
    const { sender, log } = hurried(context, makeStore(clock), { clock, healthPolicy, random: () => 1 });
    await sender.putEndpoint(endpointAt(url));
    await Promise.all(Array.from({ length: 5 }, (_, number) => sender.send("a", "ping", number)));
    await sender.deliverDue();
    assert.equal(requests.length, 5);
    assert.equal(log[0].code, "circuit_open");
    clock.now += 1_000;
    await sender.deliverDue();
    assert.equal(requests.length, 5);
    clock.now += 9_000;
    await sender.deliverDue();
    // One attempt failed, and the circuit is open for longer.
    assert.equal(requests.length, 6);
    assert.equal((await sender.endpoint("a")).health.openings, 2);
    clock.now += 20_000;
    status = 200;
    [running, most] = [0, 0];
    await sender.deliverDue();
    assert.equal(requests.length, 11);
    assert.deepEqual((await sender.endpoint("a")).health, HEALTHY);
  },

  async "both secrets sign while one is replaced"(context, makeStore) {
    const { requests, url } = await endpointServer(context);
    const { sender } = hurried(context, makeStore());
    await sender.putEndpoint(endpointAt(url));
    const added = generateSecret();
    await sender.rotateSecret("a", added);
    assert.equal((await sender.endpoint("a")).secretCount, 2);
    await sender.send("a", "ping", {});
    await sender.deliverDue();
    await sender.retireSecrets("a");
    await sender.send("a", "ping", {});
    await sender.deliverDue();
    const [both, one] = requests;
    assert.equal(both.headers["webhook-signature"].split(" ").length, 2);
    for (const secret of [SECRET, added]) {
      new Webhook("standard", secret).verify(both.body, both.headers);
    }
    new Webhook("standard", added).verify(one.body, one.headers);
    const refused = thrownBy(() => new Webhook("standard", SECRET).verify(one.body, one.headers));
    assert.equal(refused.code, "signature_mismatch");
    assert.equal(await codeOf(sender.rotateSecret("b", added)), "unknown_endpoint");
    assert.equal(await codeOf(sender.rotateSecret("a", "whsec_%")), "malformed_secret");
  },

  async "messages go in order where that is wanted"(context, makeStore) {
    let failures = 2;
    const { requests, url } = await endpointServer(context, () => (failures-- > 0 ? 503 : 200));
    const { sender } = hurried(context, makeStore());
    await sender.putEndpoint(endpointAt(url, { fifo: true }));
    for (const number of [1, 2, 3]) {
      await sender.send("a", "ping", number);
    }
    sender.start();
    await settled(sender);
    assert.deepEqual(requests.map(({ body }) => JSON.parse(body).data), [1, 1, 1, 2, 3]);
  },

  async "a rate is kept"(context, makeStore) {
    const { requests, url } = await endpointServer(context);
    const clock = manualClock();
    const { sender } = hurried(context, makeStore(clock), { clock });
    await sender.putEndpoint(endpointAt(url, { perSecond: 2 }));
    await Promise.all(Array.from({ length: 6 }, (_, number) => sender.send("a", "ping", number)));
    assert.ok((await sender.deliverDue()) <= 0.51);
    assert.equal(requests.length, 2);
    clock.now += 501;
    await sender.deliverDue();
    assert.equal(requests.length, 3);
    clock.now += 10_000;
    await sender.deliverDue();
    assert.equal(requests.length, 5);
  },

  async "what was due soon is due soon when the clock was set back"(context, makeStore) {
    let status = 503;
    const { requests, url } = await endpointServer(context, () => status);
    const clock = manualClock();
    const retryPolicy = RetryPolicy.exponential(60, 3);
    const { sender } = hurried(context, makeStore(clock), { clock, retryPolicy });
    await sender.putEndpoint(endpointAt(url));
    await sender.putEndpoint(endpointAt(`${url}/fifo`, { id: "fifo", fifo: true }));
    await sender.send("a", "ping", 1);
    await sender.send("fifo", "ping", 2);
    await sender.deliverDue();
    assert.equal(requests.length, 2);
    clock.now -= 86_400_000;
    status = 200;
    const wait = await sender.deliverDue();
    assert.ok(wait > 59 && wait <= 60, wait);
    clock.now += 60_000;
    await sender.deliverDue();
    assert.equal(requests.length, 4);
  },

  async "another sender takes over when the lease has ended"(context, makeStore) {
    const { requests, url } = await endpointServer(context);
    const clock = manualClock();
    const store = makeStore(clock);
    const { sender } = hurried(context, store, { clock });
    await sender.putEndpoint(endpointAt(url));
    await sender.send("a", "ping", {}, { id: "msg_1" });
    // A sender that dies with the delivery in its hands.
    const [{ endpoint }] = await store.pending();
    const { deliveries } = await store.take(endpoint, 1, 90, "dead", ({ waiting }) => ({
      take: waiting,
      bury: null,
      pacedUntilUs: null,
      nextMs: null,
    }));
    assert.equal(deliveries.length, 1);
    await sender.deliverDue();
    assert.equal(requests.length, 0);
    clock.now += 90_001;
    const other = hurried(context, makeStore(clock, store), { clock });
    await other.sender.deliverDue();
    await other.sender.deliverDue();
    assert.equal(requests.length, 1);
    assert.equal(other.log[0].code, "interrupted");
    const [{ number }] = await other.sender.deliveries({ state: "delivered" });
    assert.deepEqual((await other.sender.attempts(number)).map(({ error }) => error), [null, "interrupted"]);
    // What the dead one says afterwards changes nothing.
    const ended = { delivery: deliveries[0], verdict: { state: "dead", reason: "late" }, atMs: clock.now, duration: 0 };
    await store.settle([{ ...ended, status: null, error: "late", answer: null, tells: null }], (health) => health);
    assert.equal((await other.sender.delivery(number)).state, "delivered");
  },

  async "endpoints are changed, listed and deleted"(context, makeStore) {
    const { requests, url } = await endpointServer(context);
    const { sender } = hurried(context, makeStore());
    assert.equal(await sender.endpoint("a"), null);
    await sender.putEndpoint(endpointAt(`${url}/old`));
    await sender.putEndpoint(endpointAt(url, { id: "b", owner: "c7", scheme: "github", secrets: ["one", "two"] }));
    await sender.send("a", "ping", {});
    await sender.putEndpoint(endpointAt(`${url}/new`));
    await sender.deliverDue();
    assert.deepEqual(requests.map((request) => request.url), ["/in/new"]);
    const all = await sender.endpoints();
    assert.deepEqual(all.map(({ id }) => id), ["a", "b"]);
    assert.deepEqual((await sender.endpoints("a", 5)).map(({ id }) => id), ["b"]);
    assert.deepEqual((await sender.endpoints("", 1)).map(({ id }) => id), ["a"]);
    const { scheme, secretCount, owner, health } = all[1];
    assert.deepEqual([scheme, secretCount, owner, health], ["github", 2, "c7", HEALTHY]);
    await sender.send("b", "ping", {});
    assert.equal(await sender.deleteEndpoint("b"), true);
    assert.equal(await sender.deleteEndpoint("b"), false);
    await sender.deliverDue();
    const [dead] = await sender.deadLetters();
    assert.deepEqual([dead.endpoint, dead.reason, requests.length], [null, "deleted", 1]);
    assert.equal(await codeOf(sender.send("b", "ping", {})), "unknown_endpoint");
    assert.equal(await sender.enable("b"), false);
  },

  async "what is past is forgotten, and keys later"(context, makeStore) {
    const { url } = await endpointServer(context);
    const clock = manualClock();
    const store = makeStore(clock);
    const { sender } = hurried(context, store, { clock });
    await sender.putEndpoint(endpointAt(url));
    await sender.send("a", "ping", 1, { id: "msg_1", idempotencyKey: "one" });
    await sender.send("a", "ping", 2, { id: "msg_2" });
    await sender.deliverDue();
    const retention = { delivered: 60, dead: 60, idempotencyKeys: 120 };
    const forget = async () => {
      while (await store.forget(retention));
      return (await sender.deliveries()).length;
    };
    assert.equal(await forget(), 2);
    clock.now += 60_000;
    assert.equal(await forget(), 0);
    assert.notEqual(await sender.payload("msg_1"), null);
    assert.equal(await sender.payload("msg_2"), null);
    assert.equal((await sender.send("a", "ping", 1, { idempotencyKey: "one" })).isNew, false);
    clock.now += 60_000;
    await forget();
    assert.equal(await sender.payload("msg_1"), null);
    assert.equal((await sender.send("a", "ping", 1, { idempotencyKey: "one" })).isNew, true);
  },

  async "a stop waits for what is under way"(context, makeStore) {
    const { requests, url } = await endpointServer(context, (response) => {
      setTimeout(() => response.writeHead(200).end(), 200);
    });
    const { sender } = hurried(context, makeStore());
    await sender.putEndpoint(endpointAt(url));
    await sender.send("a", "ping", {});
    sender.start();
    assert.throws(() => sender.start(), /already/);
    while (requests.length === 0) {
      await sleep(5);
    }
    assert.equal(await sender.stop(), true);
    assert.deepEqual(await sender.counts(), { waiting: 0, running: 0, delivered: 1, dead: 0 });
    assert.equal(await sender.stop(), true);
  },

  async "a stop cuts off what takes too long, for others to try again"(context, makeStore) {
    let isSlow = true;
    const { requests, url } = await endpointServer(context, (response) => (isSlow ? undefined : 200));
    const store = makeStore();
    const { sender } = hurried(context, store);
    await sender.putEndpoint(endpointAt(url));
    await sender.send("a", "ping", {});
    sender.start();
    while (requests.length === 0) {
      await sleep(5);
    }
    assert.equal(await sender.stop(0.05), false);
    assert.deepEqual(await sender.counts(), { waiting: 1, running: 0, delivered: 0, dead: 0 });
    isSlow = false;
    await hurried(context, makeStore(undefined, store)).sender.deliverDue();
    assert.deepEqual(await sender.counts(), { waiting: 0, running: 0, delivered: 1, dead: 0 });
    const [{ number }] = await sender.deliveries();
    assert.equal((await sender.attempts(number)).length, 1);
  },

  async "an endpoint whose settings are wrong holds up nobody"(context, makeStore) {
    const { requests, url } = await endpointServer(context);
    const store = makeStore();
    const { sender, log } = hurried(context, store);
    await sender.putEndpoint(endpointAt(url));
    await sender.putEndpoint(endpointAt(url, { id: "b" }));
    // As another program has written it.
    await store.putSecrets("b", ["sealed:1:AAAA"], (await store.endpoint("b")).version);
    await sender.send("a", "ping", {});
    await sender.send("b", "ping", {});
    const wait = await sender.deliverDue();
    assert.ok(wait > 0);
    assert.equal(requests.length, 1);
    assert.deepEqual(log.map(({ code, endpoint }) => [code, endpoint]), [["unreadable_secret", "b"]]);
  },

  async "a store that fails refuses, and delays"(context, makeStore) {
    const { requests, url } = await endpointServer(context);
    const store = makeStore();
    let isDown = false;
    const failing = new Proxy(store, {
      get(target, name) {
        const value = target[name];
        return typeof value !== "function"
          ? value
          : (...given) => {
              if (isDown) {
                throw new Error("down");
              }
              return value.apply(target, given);
            };
      },
    });
    const { sender, log } = hurried(context, failing);
    await sender.putEndpoint(endpointAt(url));
    await sender.send("a", "ping", {});
    isDown = true;
    assert.equal(await codeOf(sender.send("a", "ping", {})), "outbox_unavailable");
    sender.start();
    await sleep(50);
    isDown = false;
    await settled(sender);
    assert.equal(requests.length, 1);
    assert.ok(log.every(({ code, exception }) => code === "outbox_unavailable" && exception === "Error"));
  },

  ...LOOKING,
  ...SETTINGS,
};

/** Those that set the clock of the store, which not every store lets them. */
export const NEED_A_CLOCK = [
  "an endpoint that asks for a pause gets it, whatever waits",
  "a circuit opens, and single attempts find out when the endpoint is back",
  "a rate is kept",
  "what was due soon is due soon when the clock was set back",
  "another sender takes over when the lease has ended",
  "what is past is forgotten, and keys later",
  "a replay goes as fast as it is told, in another sender too, until somebody ends it",
  "an endpoint has a retry policy of its own, in the form of all languages",
];

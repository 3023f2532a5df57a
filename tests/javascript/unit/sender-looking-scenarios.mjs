/** What a sender and a monitor show of every store, and replays of many. */

import assert from "node:assert/strict";

import { RetryPolicy } from "countersign";
import { Monitor } from "countersign/monitor";

import { BEARER, client, FORM, PATH } from "./monitor-helpers.mjs";
import { endpointAt, endpointServer, hurried, manualClock, settled } from "./sender-helpers.mjs";
import { until } from "./servers.mjs";

const ONCE = RetryPolicy.exponential(1, 1);

/** Endpoints on one server: `/well`, `/refusing` and `/gone`. */
async function threeEndpoints(context) {
  const { requests, url } = await endpointServer(context, (response) => {
    const statuses = { "/in/well": 204, "/in/refusing": 400, "/in/gone": 410 };
    response.writeHead(statuses[response.req.url]).end();
  });
  const endpoints = ["well", "refusing", "gone"].map((id) => endpointAt(`${url}/${id}`, { id }));
  return { requests, endpoints };
}

/** A sender with so many dead letters for `a`, whose endpoint answers from now on. */
async function withDeadLetters(context, store, count, options) {
  const answers = { status: 400 };
  const { requests, url } = await endpointServer(context, () => answers.status);
  const { sender, log } = hurried(context, store, options);
  await sender.putEndpoint(endpointAt(url));
  await Promise.all(Array.from({ length: count }, (_, number) => sender.send("a", "ping", number)));
  await sender.deliverDue();
  assert.equal((await sender.counts()).dead, count);
  requests.length = 0;
  answers.status = 200;
  return { requests, url, sender, log };
}

export const LOOKING = {
  async "endpoints, attempts and dead letters are shown"(context, makeStore) {
    const { endpoints } = await threeEndpoints(context);
    const { sender } = hurried(context, makeStore());
    assert.deepEqual(await sender.standings(), []);
    assert.deepEqual(await sender.latestAttempts(), []);
    for (const endpoint of endpoints) {
      await sender.putEndpoint(endpoint);
    }
    const ids = async () => (await sender.standings()).map(({ id }) => id);
    assert.deepEqual(await ids(), ["gone", "refusing", "well"]);
    const start = Date.now() / 1e3;
    const refused = await sender.send("refusing", "invoice.paid", {});
    await sender.deliverDue();
    for (const id of ["gone", "well", "well"]) {
      await sender.send(id, "invoice.paid", {});
      await sender.deliverDue();
    }
    await Promise.all([sender.send("well", "ping", 1), sender.send("well", "ping", 2)]);
    // Those that ail come first.
    assert.deepEqual(await ids(), ["gone", "refusing", "well"]);
    const [gone, refusing, well] = await sender.standings();
    const counts = [gone, refusing, well].map(({ waiting, running, dead }) => [waiting, running, dead]);
    assert.deepEqual(counts, [[0, 0, 1], [0, 0, 1], [2, 0, 0]]);
    assert.deepEqual(gone.availability, { state: "disabled", until: null, reason: "gone" });
    assert.deepEqual([refusing.availability.state, refusing.health.failures, well.health.failures], ["ready", 1, 0]);
    assert.deepEqual((await sender.standings({ limit: 1 })).map(({ id }) => id), ["gone"]);

    const attempts = await sender.latestAttempts();
    assert.deepEqual(attempts.map(({ endpoint, status }) => [endpoint, status]), [
      ["well", 204],
      ["well", 204],
      ["gone", 410],
      ["refusing", 400],
    ]);
    const { at, duration, delivery, ...others } = attempts[3];
    assert.deepEqual(others, {
      attempt: 1,
      status: 400,
      error: null,
      endpoint: "refusing",
      messageId: refused.id,
      type: "invoice.paid",
    });
    assert.ok(Math.abs(at - start) < 60 && duration > 0 && duration < 60);
    assert.equal((await sender.delivery(delivery)).messageId, refused.id);
    assert.equal((await sender.latestAttempts({ limit: 2 })).length, 2);
    // What remains of an endpoint that is deleted.
    await sender.deleteEndpoint("refusing");
    assert.equal((await sender.latestAttempts())[3].endpoint, null);
  },

  async "the endpoint for which most waits comes first"(context, makeStore) {
    const { sender } = hurried(context, makeStore());
    for (const [id, waiting] of Object.entries({ a: 1, b: 3, c: 2, d: 0, e: 0 })) {
      await sender.putEndpoint(endpointAt("https://example.com/", { id }));
      await Promise.all(Array.from({ length: waiting }, () => sender.send(id, "ping", {})));
    }
    const standings = await sender.standings();
    assert.deepEqual(standings.map(({ id, waiting }) => `${id}${waiting}`), ["b3", "c2", "a1", "d0", "e0"]);
  },

  async "a monitor counts attempts, shows the outbox and replays what was given up"(context, makeStore) {
    const { requests, endpoints } = await threeEndpoints(context);
    const { sender, log } = hurried(context, makeStore());
    const observed = [];
    sender.observe((attempt) => observed.push(attempt));
    sender.observe(() => assert.fail("on purpose"));
    sender.observe(async () => assert.fail("on purpose"));
    const monitor = new Monitor({ log: null }).attachSender(sender);
    const ask = client(monitor);
    const shown = async () => JSON.parse((await ask("GET", `${PATH}/data`, BEARER)).body).outbox;
    for (const endpoint of endpoints) {
      await sender.putEndpoint(endpoint);
      await sender.send(endpoint.id, "invoice.paid", {}, { id: `msg_${endpoint.id}` });
      await sender.deliverDue();
    }
    const told = observed.map(({ duration, ...others }) => ({ ...others, took: duration > 0 && duration < 60 }));
    assert.deepEqual(told, [
      { endpoint: "well", verdict: "delivered", status: 204, error: null, took: true },
      { endpoint: "refusing", verdict: "rejected", status: 400, error: null, took: true },
      { endpoint: "gone", verdict: "disabled", status: 410, error: null, took: true },
    ]);
    assert.equal(log.filter(({ code }) => code === "observer_failed").length, 6);

    const { endpoints: rows, replays, attempts, dead_letters: letters } = await shown();
    assert.deepEqual(rows.map(({ id, state, reason, dead }) => [id, state, reason, dead]), [
      ["gone", "disabled", "gone", 1],
      ["refusing", "ready", null, 1],
      ["well", "ready", null, 0],
    ]);
    assert.ok(rows[2].attempts === 1 && rows[2].latency.p99 > 0);
    assert.deepEqual(replays, []);
    assert.deepEqual(attempts.map(({ message_id: id, status }) => [id, status]), [
      ["msg_gone", 410],
      ["msg_refusing", 400],
      ["msg_well", 204],
    ]);
    assert.deepEqual(letters.map(({ message_id: id, endpoint, reason }) => [id, endpoint, reason]), [
      ["msg_gone", "gone", "disabled"],
      ["msg_refusing", "refusing", "rejected"],
    ]);
    const { body: metrics } = await ask("GET", `${PATH}/metrics`, BEARER);
    assert.match(metrics, /^countersign_attempts_total\{endpoint="well",verdict="delivered",answer="2xx"\} 1$/m);
    assert.match(metrics, /^countersign_outbox_up 1$/m);
    assert.match(metrics, /^countersign_outbox_deliveries\{endpoint="refusing",state="dead"\} 1$/m);

    const headers = { ...BEARER, "content-type": FORM };
    const replay = (number) => ask("POST", `${PATH}/replay-delivery`, headers, `number=${number}`);
    const answer = await replay(letters[1].number);
    assert.deepEqual([answer.status, JSON.parse(answer.body)], [200, { replayed: letters[1].number }]);
    await sender.deliverDue();
    assert.equal(requests.length, 4);
    // What was delivered is not delivered again because a page still shows it as given up.
    const [delivered] = await sender.deliveries({ state: "delivered" });
    assert.equal((await replay(delivered.number)).status, 404);
    assert.equal((await replay(10_000)).status, 404);
    assert.equal((await sender.counts()).waiting, 0);
  },

  async "many dead letters are replayed, but those of endpoints that are disabled"(context, makeStore) {
    const store = makeStore();
    const { requests, url, sender } = await withDeadLetters(context, store, 30, { retryPolicy: ONCE });
    await sender.putEndpoint(endpointAt(url, { id: "off" }));
    await sender.disable("off");
    await sender.send("off", "ping", {});
    await sender.deliverDue();
    sender.start();
    assert.equal((await sender.replayAll({ type: "pong" }, { perSecond: 500 })).total, 0);
    const replay = await sender.replayAll({ reason: null }, { perSecond: 500 });
    assert.deepEqual([replay.total, replay.replayed, replay.perSecond, replay.state], [31, 0, 500, "running"]);
    assert.ok(Math.abs(replay.created - Date.now() / 1e3) < 60);
    await until(async () => (await sender.replays({ limit: 2 })).every(({ state }) => state === "done"));
    await settled(sender);
    assert.deepEqual(await sender.replays({ limit: 1 }), [{ ...replay, replayed: 30, state: "done" }]);
    assert.equal((await sender.replays()).length, 2);
    assert.equal(requests.length, 30);
    assert.deepEqual(await sender.counts(), { waiting: 0, running: 0, delivered: 30, dead: 1 });
    assert.equal(await sender.cancelReplay(replay.number), false);
    assert.equal(await sender.cancelReplay(10_000), false);
  },

  async "a replay goes as fast as it is told, in another sender too, until somebody ends it"(context, makeStore) {
    const clock = manualClock();
    const store = makeStore(clock);
    const { requests, sender } = await withDeadLetters(context, store, 12, { clock, retryPolicy: ONCE });
    const { number, total } = await sender.replayAll({ endpoint: "a" }, { perSecond: 20 });
    assert.equal(total, 12);
    const wait = await sender.deliverDue();
    assert.ok(wait > 0 && wait <= 0.1, wait);
    assert.equal(requests.length, 2);
    clock.now += 99;
    await sender.deliverDue();
    assert.equal(requests.length, 2);
    clock.now += 1;
    await sender.deliverDue();
    assert.equal(requests.length, 4);
    const { sender: other } = hurried(context, makeStore(clock, store), { clock });
    clock.now += 100;
    await other.deliverDue();
    assert.equal(requests.length, 6);
    // A clock that is set back delays it by a page.
    clock.now -= 86_400_000;
    await other.deliverDue();
    assert.ok(requests.length >= 8, requests.length);
    const made = requests.length;
    assert.equal((await other.replays())[0].replayed, made);
    const monitor = new Monitor().attachSender(other);
    const [{ created, ...shown }] = (await monitor.snapshot()).outbox.replays;
    assert.deepEqual(shown, { number, state: "running", total: 12, replayed: made, per_second: 20 });
    assert.ok(created > 0);
    assert.match(await monitor.openmetrics(), /^countersign_outbox_replay_deliveries\{replay="\d+",state="replayed"\} /m);
    assert.equal(await other.cancelReplay(number), true);
    clock.now += 1_000;
    assert.equal(await other.deliverDue(), null);
    assert.deepEqual([requests.length, (await other.replays())[0].state], [made, "cancelled"]);
  },
};

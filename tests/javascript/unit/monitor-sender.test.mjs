/** What a monitor counts and shows of senders. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Monitor } from "countersign/monitor";

import { assertDeliberate, strangeValues, thrownBy } from "./helpers.mjs";
import { BEARER, client, deadDelivery, FakeInbox, FakeSender, FORM, letter, logIn, PATH, SlowSender } from "./monitor-helpers.mjs";

test("an outbox is shown as it is told", async () => {
  for (const sender of [new FakeSender(deadDelivery(7, "msg_7", "ping")), new SlowSender(deadDelivery(7, "msg_7", "ping"))]) {
    const monitor = new Monitor().attachSender(sender);
    assert.equal(monitor.sender, sender);
    sender.tell();
    sender.tell({ verdict: "retry", status: 503, duration: 0.003 });
    const { outbox, inbox } = await monitor.snapshot();
    assert.equal(inbox, null);
    const { latency, ...endpoint } = outbox.endpoints[0];
    assert.ok(latency.p50 > 0.002 && latency.p99 < 0.005, JSON.stringify(latency));
    assert.deepEqual(endpoint, {
      id: "customer-7",
      state: "circuit_open",
      until: 1_700_000_030,
      reason: null,
      failures: 12,
      waiting: 0,
      running: 1,
      dead: 1,
      attempts: 2,
    });
    const replay = { number: 3, created: 1_700_000_000, state: "running", total: 10, replayed: 4, per_second: 50 };
    assert.deepEqual(outbox.replays, [replay]);
    assert.deepEqual(outbox.attempts, [
      {
        delivery: 9,
        time: 1_700_000_000.5,
        attempt: 2,
        duration: 0.25,
        endpoint: "customer-7",
        message_id: "msg_9",
        event_type: "invoice.paid",
        status: null,
        error: "timeout",
      },
    ]);
    assert.deepEqual(outbox.dead_letters, [
      {
        number: 7,
        created: 1_700_000_000,
        attempts: 7,
        endpoint: "customer-7",
        message_id: "msg_7",
        event_type: "ping",
        reason: "exhausted",
      },
    ]);
  }
});

test("a disabled endpoint is shown with its reason", async () => {
  const sender = new FakeSender();
  const [ailing] = sender.standings();
  for (const reason of ["gone", "failing", "manual"]) {
    sender.standings = () => [{ ...ailing, availability: { state: "disabled", until: null, reason } }];
    const [{ state, until, reason: shown }] = (await new Monitor().attachSender(sender).snapshot()).outbox.endpoints;
    assert.deepEqual([state, until, shown], ["disabled", null, reason]);
  }
});

test("without a sender there is no outbox", async () => {
  const monitor = new Monitor();
  assert.equal(monitor.sender, null);
  assert.equal((await monitor.snapshot()).outbox, null);
  assert.doesNotMatch(await monitor.openmetrics(), /outbox/);
  const headers = { ...BEARER, "content-type": FORM };
  assert.equal((await client(monitor)("POST", `${PATH}/replay-delivery`, headers, "number=1")).status, 404);
});

test("attempts of several senders are counted, of each once, and the last outbox is shown", async () => {
  const [first, second] = [new FakeSender(), new FakeSender(deadDelivery(1, "msg_1", "ping"))];
  const monitor = new Monitor().attachSender(first).attachSender(first).attachSender(second);
  first.tell();
  second.tell({ endpoint: "b", verdict: "exhausted", status: null, error: "timeout" });
  const metrics = await monitor.openmetrics();
  assert.match(metrics, /^countersign_attempts_total\{endpoint="customer-7",verdict="delivered",answer="2xx"\} 1$/m);
  assert.match(metrics, /^countersign_attempts_total\{endpoint="b",verdict="exhausted",answer="timeout"\} 1$/m);
  assert.equal((await monitor.snapshot()).outbox.dead_letters.length, 1);
});

test("endpoints that are told apart are bounded", async () => {
  const sender = new FakeSender();
  const monitor = new Monitor({ mostEndpoints: 2 }).attachSender(sender);
  for (const endpoint of ["a", "b", "c", "d", "a"]) {
    sender.tell({ endpoint });
  }
  const metrics = await monitor.openmetrics();
  const counted = [...metrics.matchAll(/^countersign_attempts_total\{endpoint="(\w+)".*\} (\d)$/gm)];
  assert.deepEqual(counted.map(([, endpoint, count]) => `${endpoint}${count}`), ["a2", "b1", "other2"]);
});

test("metrics ask for no attempts and no dead letters", async () => {
  const sender = new FakeSender();
  sender.latestAttempts = sender.deadLetters = () => assert.fail("asked");
  const logged = [];
  const metrics = await new Monitor({ log: (entry) => logged.push(entry) }).attachSender(sender).openmetrics();
  assert.match(metrics, /^countersign_outbox_up 1$/m);
  assert.match(metrics, /^countersign_outbox_endpoint_state\{endpoint="customer-7",\w+="circuit_open"\} 1$/m);
  assert.match(metrics, /^countersign_outbox_replay_deliveries\{replay="3",state="remaining"\} 6$/m);
  assert.deepEqual(logged, []);
});

test("an outbox that is down is shown as such beside an inbox that is not, and the log says why", async () => {
  for (const sender of [new FakeSender(), new SlowSender()]) {
    const logged = [];
    const monitor = new Monitor({ log: (entry) => logged.push(entry) });
    monitor.attachInbox(new FakeInbox(letter(1, null, null))).attachSender(sender);
    sender.down = true;
    const { inbox, outbox } = await monitor.snapshot();
    assert.equal(inbox.dead_letters.length, 1);
    assert.deepEqual(outbox, { endpoints: null, replays: null, attempts: null, dead_letters: null });
    const metrics = await monitor.openmetrics();
    assert.match(metrics, /^countersign_outbox_up 0$/m);
    assert.match(metrics, /^countersign_inbox_up 1$/m);
    const told = logged.map(({ level, message, exception }) => [level, message, exception]);
    assert.deepEqual(told, Array(6).fill(["error", "the outbox failed", "RangeError"]));
    assert.ok(!JSON.stringify(logged).includes("secret"));
    const headers = { ...BEARER, "content-type": FORM };
    const answer = await client(monitor)("POST", `${PATH}/replay-delivery`, headers, "number=1");
    assert.equal(answer.status, 503);
  }
});

test("an outbox that never answers is down", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const sender = new FakeSender();
  sender.standings = () => new Promise(() => {});
  const metrics = new Monitor({ log: null }).attachSender(sender).openmetrics();
  context.mock.timers.tick(5_000);
  assert.match(await metrics, /^countersign_outbox_up 0$/m);
});

test("an outbox that answers nonsense is down", async () => {
  const parts = { endpoints: "standings", replays: "replays", attempts: "latestAttempts", dead_letters: "deadLetters" };
  for (const [part, method] of Object.entries(parts)) {
    const whole = [...new FakeSender(deadDelivery(1, "msg_1", "ping"))[method]()][0];
    for (const field of [null, ...Object.keys(whole)]) {
      for (const [name, value] of strangeValues()) {
        const sender = new FakeSender();
        sender[method] = () => (field === null ? value : [{ ...whole, [field]: value }]);
        const logged = [];
        const { outbox } = await new Monitor({ log: (entry) => logged.push(entry) }).attachSender(sender).snapshot();
        const failed = Object.keys(outbox).filter((one) => outbox[one] === null);
        assert.ok(failed.length === 0 || (failed.length === 1 && failed[0] === part), `${part}.${field}: ${name}`);
        assert.equal(logged.length, failed.length, `${part}.${field}: ${name}`);
      }
    }
  }
});

test("rows are bounded, however many an outbox gives", async () => {
  const sender = new FakeSender(deadDelivery(1, "i".repeat(1000), "ping"));
  for (const [method, most] of Object.entries({ standings: 100, replays: 20, latestAttempts: 50, deadLetters: 100 })) {
    const [row] = [...sender[method]()];
    sender[method] = function* (which) {
      assert.deepEqual(which, { limit: most });
      for (;;) {
        yield row;
      }
    };
  }
  const { outbox } = await new Monitor().attachSender(sender).snapshot();
  assert.deepEqual(Object.values(outbox).map(({ length }) => length), [100, 20, 50, 100]);
  assert.equal(outbox.dead_letters[0].message_id, `${"i".repeat(199)}…`);
});

test("a page replays what it shows, in a session too", async () => {
  const logged = [];
  const sender = new FakeSender(deadDelivery(7, "msg_7", "ping"), deadDelivery(8, "msg_8", "ping"));
  const ask = client(new Monitor({ log: (entry) => logged.push(entry) }).attachSender(sender));
  const replay = (headers, body) => ask("POST", `${PATH}/replay-delivery`, { "content-type": FORM, ...headers }, body);
  assert.equal((await replay(BEARER, "number=7")).status, 200);
  assert.equal((await replay(BEARER, "number=7")).status, 404);
  assert.equal((await replay(BEARER, "number=x")).status, 400);
  const cookie = await logIn(ask);
  assert.equal((await replay({ cookie }, "number=8")).status, 403);
  const { csrf } = JSON.parse((await ask("GET", `${PATH}/data`, { cookie })).body);
  assert.equal((await replay({ cookie }, new URLSearchParams({ number: "8", csrf }).toString())).status, 200);
  assert.deepEqual(sender.replayed, [7, 8]);
  const told = logged.map(({ level, message }) => [level, message]);
  assert.deepEqual(told, [
    ["info", "dead letter 7 of the outbox is replayed"],
    ["info", "dead letter 8 of the outbox is replayed"],
  ]);
});

test("what is no sender is a TypeError", () => {
  for (const [name, value] of strangeValues()) {
    try {
      new Monitor().attachSender(value);
      assert.fail(`${name} is no sender`);
    } catch (error) {
      assertDeliberate(error, name);
    }
    try {
      new Monitor({ mostEndpoints: value });
    } catch (error) {
      assertDeliberate(error, name);
    }
  }
  assert.match(thrownBy(() => new Monitor().attachSender({ observe() {} })).message, /standings, replays/);
  assert.match(thrownBy(() => new Monitor({ mostEndpoints: 0 })).message, /above 0/);
});

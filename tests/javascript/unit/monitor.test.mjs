/** What a monitor keeps, and its metrics. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { CONTENT_TYPE, Monitor } from "countersign/monitor";

import { assertDeliberate, strangeValues, thrownBy } from "./helpers.mjs";
import { FakeInbox, letter, SlowInbox, Source } from "./monitor-helpers.mjs";
import { deliver, observed, signedDelivery } from "./receiver-helpers.mjs";

/** A source that is watched under this name, with its monitor. */
function watched(name = "source", options) {
  const monitor = new Monitor(options);
  const source = new Source();
  monitor.watch(source, name);
  return { monitor, source };
}

test("requests are counted and kept", async () => {
  const { receiver } = observed();
  receiver.on("invoice.*", () => {});
  const monitor = new Monitor().watch(receiver, "eu");
  await deliver(receiver, "evt_1", { type: "invoice.paid" });
  await deliver(receiver, "evt_1", { type: "invoice.paid" });
  await deliver(receiver, "evt_2", { type: "other", data: { amount: "a payload's" } });
  const { headers } = signedDelivery("evt_3");
  const forged = {
    method: "POST",
    url: "/",
    headers,
    peer: null,
    header: (name) => (headers[name] === undefined ? [] : [headers[name]]),
    body: () => Buffer.from("{}"),
  };
  await receiver.receive(forged);
  const snapshot = await monitor.snapshot();
  const results = snapshot.recent.map(({ result }) => result);
  assert.deepEqual(results, ["signature_mismatch", "ignored", "duplicate", "handled"]);
  const [described] = snapshot.receivers;
  assert.deepEqual(described.types, { "invoice.paid": 2, other: 1 });
  assert.deepEqual([described.name, described.scheme, described.requests], ["eu", "sha256", 4]);
  const { p50, p99 } = described.latency;
  assert.ok(0 < p50 && p50 <= p99 && p99 < 10, `${p50} and ${p99}`);
  assert.equal(snapshot.inbox, null);
  assert.equal(snapshot.process, process.pid);
  assert.ok(Math.abs(snapshot.time - Date.now() / 1e3) < 60 && snapshot.since <= snapshot.time);
  const text = JSON.stringify(snapshot) + (await monitor.openmetrics());
  assert.ok(!text.includes("hush") && !text.includes("a payload's"));
});

test("an outcome is shown as it was told", async () => {
  const { monitor, source } = watched();
  source.tell({ time: 1_700_000_000.123, keyIndex: 1 });
  source.tell({ status: 401, result: "missing_header", eventId: null, eventType: null, keyIndex: null });
  const { recent } = await monitor.snapshot();
  const common = { receiver: "source", scheme: "standard", duration: 0.003 };
  assert.deepEqual(recent, [
    {
      ...common,
      time: 1_700_000_000,
      status: 401,
      result: "missing_header",
      event_id: null,
      event_type: null,
      key_index: null,
    },
    {
      ...common,
      time: 1_700_000_000.123,
      status: 200,
      result: "handled",
      event_id: "msg_1",
      event_type: "invoice.paid",
      key_index: 1,
    },
  ]);
});

test("memory is bounded", async () => {
  const { monitor, source } = watched("source", { recent: 10, mostTypes: 5 });
  for (let number = 0; number < 1000; number++) {
    source.tell({ eventId: "i".repeat(10_000), eventType: `type ${number} ${"t".repeat(10_000)}` });
    source.tell({ result: `code_${number}`, eventType: null, eventId: null });
  }
  const snapshot = await monitor.snapshot();
  assert.equal(snapshot.recent.length, 10);
  const [described] = snapshot.receivers;
  assert.equal(Object.keys(described.types).length, 6);
  assert.equal(described.types.other, 995);
  assert.ok(Object.keys(described.results).length <= 129);
  assert.equal(described.requests, 2000);
  assert.ok(JSON.stringify(snapshot).length < 20_000);
});

test("200 outcomes and 100 types are kept if nothing is said", async () => {
  const { monitor, source } = watched();
  for (let number = 0; number < 300; number++) {
    source.tell({ eventType: `type ${number}` });
  }
  const { recent, receivers } = await monitor.snapshot();
  assert.equal(recent.length, 200);
  assert.equal(receivers[0].types.other, 200);
});

test("the metrics are those of OpenMetrics", async () => {
  const { monitor, source } = watched("eu");
  source.tell();
  source.tell({ eventType: 'a"} 7\n# EOF\nx{y="\\ ünï 🦀', status: 500, result: "handler_failed" });
  monitor.attachInbox(new FakeInbox(letter(1, "msg_1", null)));
  const text = await monitor.openmetrics();
  const buckets = text.match(/_bucket\{receiver="eu",le="([^"]+)"\} \d/g);
  assert.equal(buckets.at(-1), '_bucket{receiver="eu",le="+Inf"} 2');
  assert.equal(
    text.replace(/^countersign_request_duration_seconds_bucket.*\n/gm, ""),
    [
      "# TYPE countersign_requests counter",
      "# HELP countersign_requests Requests by what became of them.",
      'countersign_requests_total{receiver="eu",scheme="standard",result="handled"} 1',
      'countersign_requests_total{receiver="eu",scheme="standard",result="handler_failed"} 1',
      "# TYPE countersign_events counter",
      "# HELP countersign_events Authentic events by type.",
      'countersign_events_total{receiver="eu",type="invoice.paid"} 1',
      'countersign_events_total{receiver="eu",type="a\\"} 7\\n# EOF\\nx{y=\\"\\\\ ünï 🦀"} 1',
      "# TYPE countersign_request_duration_seconds histogram",
      "# UNIT countersign_request_duration_seconds seconds",
      "# HELP countersign_request_duration_seconds From the arrival of a request to its answer.",
      'countersign_request_duration_seconds_count{receiver="eu"} 2',
      'countersign_request_duration_seconds_sum{receiver="eu"} 0.006',
      "# TYPE countersign_inbox_up gauge",
      "# HELP countersign_inbox_up Whether the inbox answers.",
      "countersign_inbox_up 1",
      "# TYPE countersign_inbox_events gauge",
      "# HELP countersign_inbox_events Events in the inbox by their state.",
      'countersign_inbox_events{state="waiting"} 0',
      'countersign_inbox_events{state="dead"} 1',
      "# EOF",
      "",
    ].join("\n"),
  );
  assert.equal(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8");
});

test("an inbox that is down is shown as such, and the log says why", async () => {
  for (const inbox of [new FakeInbox(), new SlowInbox()]) {
    const logged = [];
    const monitor = new Monitor({ log: (entry) => logged.push(entry) }).attachInbox(inbox);
    assert.equal(monitor.inbox, inbox);
    inbox.down = true;
    assert.deepEqual((await monitor.snapshot()).inbox, { counts: null, dead_letters: null });
    const metrics = await monitor.openmetrics();
    assert.match(metrics, /^countersign_inbox_up 0$/m);
    assert.doesNotMatch(metrics, /countersign_inbox_events/);
    const told = logged.map(({ level, message, exception }) => [level, message, exception]);
    assert.deepEqual(told, Array(3).fill(["error", "the inbox failed", "RangeError"]));
    assert.ok(!JSON.stringify(logged).includes("secret"));
  }
});

test("an inbox that never answers is down", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const inbox = { counts: () => new Promise(() => {}), deadLetters: () => [], replay: () => 0 };
  const monitor = new Monitor({ log: null }).attachInbox(inbox);
  const metrics = monitor.openmetrics();
  context.mock.timers.tick(5_000);
  assert.match(await metrics, /^countersign_inbox_up 0$/m);
});

test("an inbox that answers nonsense is down", async () => {
  for (const [name, value] of strangeValues()) {
    const inbox = {
      counts: () => ({ dead: value }),
      deadLetters: () => [{ ...letter(1, null, null), received: value }],
      replay: () => value,
    };
    const logged = [];
    const monitor = new Monitor({ log: (entry) => logged.push(entry) }).attachInbox(inbox);
    const { counts, dead_letters: letters } = (await monitor.snapshot()).inbox;
    const isTime = typeof value === "number" && value >= 0 && value < Infinity;
    assert.equal(letters !== null, isTime, name);
    assert.equal(counts !== null, isTime && Number.isInteger(value), name);
    const failures = [counts, letters].filter((each) => each === null).length;
    assert.equal(logged.length, failures, name);
  }
});

test("dead letters are bounded, however many an inbox gives", async () => {
  function* endless() {
    for (let number = 0; ; number++) {
      yield letter(number, "i".repeat(1000), null);
    }
  }
  const inbox = { counts: () => ({}), deadLetters: endless, replay: () => 0 };
  const { counts, dead_letters: shown } = (await new Monitor().attachInbox(inbox).snapshot()).inbox;
  assert.deepEqual(counts, {});
  assert.equal(shown.length, 100);
  assert.deepEqual(shown[0], {
    number: 0,
    event_id: `${"i".repeat(199)}…`,
    event_type: null,
    received: 1_700_000_000,
    attempts: 7,
    error: "RangeError",
  });
});

test("names are distinct", () => {
  const { monitor, source } = watched("eu");
  assert.throws(() => monitor.watch(source, "eu"), { name: "TypeError", message: /already/ });
  assert.throws(() => monitor.watch(source, "\ud800"), TypeError);
});

test("a log that fails changes nothing", async () => {
  for (const log of [() => assert.fail("thrown"), async () => assert.fail("rejected"), null]) {
    const inbox = new FakeInbox();
    inbox.down = true;
    const snapshot = await new Monitor({ log }).attachInbox(inbox).snapshot();
    assert.equal(snapshot.inbox.counts, null);
  }
});

test("wrong arguments are TypeErrors", () => {
  const calls = {
    options: (value) => new Monitor(value),
    recent: (value) => new Monitor({ recent: value }),
    mostTypes: (value) => new Monitor({ mostTypes: value }),
    log: (value) => new Monitor({ log: value }),
    receiver: (value) => new Monitor().watch(value, "eu"),
    name: (value) => watched().monitor.watch(new Source(), value),
    inbox: (value) => new Monitor().attachInbox(value),
  };
  for (const [what, call] of Object.entries(calls)) {
    for (const [name, value] of strangeValues()) {
      try {
        call(value);
      } catch (error) {
        assertDeliberate(error, `${what} with ${name}`);
      }
    }
  }
  assert.match(thrownBy(() => new Monitor({ recent: 0 })).message, /above 0/);
  assert.match(thrownBy(() => new Monitor({ mostTypes: 0.5 })).message, /whole/);
});

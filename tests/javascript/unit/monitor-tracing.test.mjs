/** Spans of requests, in the SDK of OpenTelemetry. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Webhook } from "countersign";
import { trace } from "countersign/monitor";
import { Receiver } from "countersign/receiver";
import { context, ROOT_CONTEXT, SpanStatusCode, trace as opentelemetry } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";

import { assertDeliberate, strangeValues } from "./helpers.mjs";
import { Source } from "./monitor-helpers.mjs";
import { deliver, observed } from "./receiver-helpers.mjs";

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

/** A tracer, and the spans that it has ended. */
function tracing() {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  return { tracer: provider.getTracer("countersign"), spans: () => exporter.getFinishedSpans() };
}

const nanoseconds = ([seconds, rest]) => BigInt(seconds) * 1_000_000_000n + BigInt(rest);

test("requests have spans", async () => {
  const { receiver } = observed();
  receiver.on("invoice.paid", () => {});
  const { tracer, spans } = tracing();
  trace(receiver, { tracer });
  const before = Date.now();
  await deliver(receiver, "evt_1", { type: "invoice.paid" });
  await receiver.receive({ method: "POST", url: "/", headers: {}, peer: null, header: () => [], body: () => Buffer.from("{}") });
  const [handled, refused] = spans();
  assert.equal(handled.name, "webhook");
  assert.deepEqual(handled.attributes, {
    "countersign.scheme": "sha256",
    "countersign.result": "handled",
    "http.response.status_code": 200,
    "countersign.event.id": "evt_1",
    "countersign.event.type": "invoice.paid",
  });
  assert.ok(nanoseconds(handled.endTime) > nanoseconds(handled.startTime));
  assert.ok(Math.abs(Number(nanoseconds(handled.startTime)) / 1e6 - before) < 60_000);
  assert.deepEqual(refused.attributes, {
    "countersign.scheme": "sha256",
    "countersign.result": "missing_header",
    "http.response.status_code": 401,
  });
  assert.equal(refused.status.code, SpanStatusCode.UNSET);
});

test("a span begins and ends as the outcome says", () => {
  const { tracer, spans } = tracing();
  const source = new Source();
  trace(source, { tracer });
  source.tell({ time: 1_700_000_000.999, duration: 0.0015 });
  source.tell({ time: 1_700_000_000, duration: 2.5, eventId: "i".repeat(1000), eventType: null });
  const [first, second] = spans();
  assert.deepEqual([first.startTime, first.endTime], [[1_700_000_000, 999_000_000], [1_700_000_001, 500_000]]);
  assert.deepEqual(second.endTime, [1_700_000_002, 500_000_000]);
  assert.equal(second.attributes["countersign.event.id"], `${"i".repeat(199)}…`);
  assert.ok(!("countersign.event.type" in second.attributes));
});

test("a failure is an error, without a payload, a secret or the text of what was thrown", async () => {
  const receiver = new Receiver(new Webhook("sha256", "hush"), { log: null });
  receiver.on("*", () => {
    throw new RangeError("a private text");
  });
  const { tracer, spans } = tracing();
  trace(receiver, { tracer });
  await deliver(receiver, "evt_1", { data: { text: "a private payload" } });
  const [failed] = spans();
  assert.deepEqual(failed.status, { code: SpanStatusCode.ERROR, message: "handler_failed" });
  assert.deepEqual(failed.events, []);
  assert.doesNotMatch(JSON.stringify([failed.attributes, failed.status]), /hush|private/);
});

test("a span is below the current one", async () => {
  const { receiver } = observed();
  const { tracer, spans } = tracing();
  trace(receiver, { tracer });
  const server = tracer.startSpan("POST /webhooks", {}, ROOT_CONTEXT);
  await context.with(opentelemetry.setSpan(ROOT_CONTEXT, server), () => deliver(receiver, "evt_1"));
  server.end();
  const [webhook] = spans();
  assert.equal(webhook.parentSpanContext.spanId, server.spanContext().spanId);
});

test("wrong arguments are TypeErrors", () => {
  const { tracer } = tracing();
  for (const [name, value] of strangeValues()) {
    for (const call of [
      () => trace(value, { tracer }),
      () => trace(new Source(), value),
      () => trace(new Source(), { tracer: value }),
    ]) {
      assert.throws(call, (error) => assertDeliberate(error, name) ?? true, name);
    }
  }
});

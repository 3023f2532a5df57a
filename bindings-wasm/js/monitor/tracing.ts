/** Spans of OpenTelemetry. */

import { options, wrong } from "../check.js";
import { Receiver } from "../receiver/receiver.js";
import { glue } from "./core.js";

/** What is used of a `Tracer` of `@opentelemetry/api`. */
export interface SpanStarter {
  startSpan(
    name: string,
    options: { attributes: Record<string, string | number>; startTime: [seconds: number, nanoseconds: number] },
  ): {
    setStatus(status: { code: number; message: string }): unknown;
    end(endTime: [seconds: number, nanoseconds: number]): void;
  };
}

/** Options of {@link trace}. */
export interface TraceOptions {
  /** What `trace.getTracer("countersign")` of `@opentelemetry/api` gives. */
  readonly tracer: SpanStarter;
}

/** `SpanStatusCode.ERROR`. */
const ERROR = 2;
const BILLION = 1e9;

/**
 * Makes a span of each request, from its arrival to its answer, below the span that is current
 * then: that of the server's own instrumentation.
 *
 * Its attributes are `countersign.scheme`, `countersign.result`, `http.response.status_code` and,
 * where known, `countersign.event.id` and `countersign.event.type`; never a payload or a secret. It
 * is an error if the status is 500 or above. The span is made when the request has been answered,
 * so that spans of a handler are beside it, not below it.
 *
 * The tracer is passed, since an import of this package would be one that every bundler looks for.
 *
 * @example
 * ```ts
 * import { trace as opentelemetry } from "@opentelemetry/api";
 * import { Webhook } from "countersign";
 * import { trace } from "countersign/monitor";
 * import { Receiver } from "countersign/receiver";
 *
 * const receiver = new Receiver(new Webhook("github", "hush"));
 * trace(receiver, { tracer: opentelemetry.getTracer("countersign") });
 * ```
 */
export function trace(receiver: Receiver, traceOptions: TraceOptions): void {
  if (!(receiver instanceof Receiver)) {
    throw wrong("the receiver", "a Receiver", receiver);
  }
  const { tracer } = options("the options", { tracer: true }, traceOptions);
  if (typeof tracer?.startSpan !== "function") {
    throw wrong("the tracer", "a Tracer of @opentelemetry/api", tracer);
  }
  receiver.observe(({ time, status, result, scheme, eventId, eventType, duration }) => {
    const attributes: Record<string, string | number> = {
      "countersign.scheme": scheme,
      "countersign.result": result,
      "http.response.status_code": status,
    };
    if (eventId !== null) {
      attributes["countersign.event.id"] = glue.shortened_text(eventId);
    }
    if (eventType !== null) {
      attributes["countersign.event.type"] = glue.shortened_text(eventType);
    }
    const span = tracer.startSpan("webhook", { attributes, startTime: precise(time, 0) });
    if (status >= 500) {
      span.setStatus({ code: ERROR, message: result });
    }
    span.end(precise(time, duration));
  });
}

/** So many seconds after an instant, as seconds and nanoseconds; the instant is in milliseconds. */
function precise(time: number, after: number): [number, number] {
  const seconds = Math.floor(time);
  const nanoseconds = Math.round((time - seconds) * 1e3) * 1e6 + Math.round(after * BILLION);
  return [seconds + Math.floor(nanoseconds / BILLION), nanoseconds % BILLION];
}

/**
 * Shows what receivers and senders do: the last events and attempts, counts, latency, the state of
 * endpoints, and dead letters to replay.
 *
 * A {@link Monitor} watches receivers and senders; {@link StatusPage} shows what it saw to whoever has a token,
 * and {@link statusFetchHandler}, {@link statusNodeHandler} and {@link statusFastify} serve it.
 *
 * What is counted is of this process. Where a server runs several, each tells what it saw itself, and the
 * page says which one answered. So it is with the isolates of edge runtimes, which come and go and
 * have no numbers: there, {@link trace} tells more.
 *
 * @packageDocumentation
 */

/** The media type of {@link Monitor.openmetrics}. A literal: modules have no instance yet when they begin. */
export const CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

export { statusFastify } from "./fastify.js";
export type { StatusFastifyApp, StatusFastifyOptions } from "./fastify.js";
export { statusFetchHandler } from "./fetch.js";
export type { DeadLetter, MonitoredInbox } from "./inbox.js";
export type { MonitorLogEntry, MonitorLogger } from "./log.js";
export { Monitor } from "./monitor.js";
export type { MonitorOptions } from "./monitor.js";
export type {
  MonitoredAttempt,
  MonitoredDelivery,
  MonitoredEndpoint,
  MonitoredReplay,
  MonitoredSender,
  ObservedAttempt,
} from "./outbox.js";
export { statusNodeHandler } from "./node.js";
export type { StatusNodeRequest } from "./node.js";
export { judgedPath, StatusPage } from "./page.js";
export type { StatusAnswer, StatusPageOptions, StatusRequest } from "./page.js";
export type {
  AttemptSnapshot,
  DeadDeliverySnapshot,
  DeadLetterSnapshot,
  EndpointSnapshot,
  InboxSnapshot,
  OutboxSnapshot,
  OutcomeSnapshot,
  ReceiverSnapshot,
  ReplaySnapshot,
  Snapshot,
} from "./snapshot.js";
export { trace } from "./tracing.js";
export type { SpanStarter, TraceOptions } from "./tracing.js";

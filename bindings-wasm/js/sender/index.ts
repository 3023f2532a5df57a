/**
 * Sends webhooks: a store keeps them, a sender delivers them by `fetch`.
 *
 * {@link Sender} is the whole; {@link HealthPolicy} and {@link DestinationRules} are the decisions
 * that it follows, for senders of your own.
 *
 * @packageDocumentation
 */

export { chooseNext } from "./choice.js";
export type { Next, Turn } from "./choice.js";
export { DestinationRules } from "./destination.js";
export type { Destination, DestinationRulesOptions } from "./destination.js";
export { DurableObjectSenderStore } from "./durable-object.js";
export type { DurableObjectSqlStorage } from "../inbox/durable-object-connection.js";
export type { Endpoint, RegisteredEndpoint, Timeouts } from "./endpoint.js";
export { HealthPolicy, HEALTHY } from "./health.js";
export type { Availability, DisableReason, EndpointHealth, HealthPolicyOptions } from "./health.js";
export type { SenderLog, SenderLogEntry } from "./log.js";
export type {
  Attempted,
  AvailableEndpoint,
  DeliveryFilter,
  DeliveryState,
  EndpointStanding,
  LatestAttempt,
  Limit,
  Replay,
  ReplayFilter,
  ReplayPace,
  StoredDelivery,
} from "./looking.js";
export { MemorySenderStore } from "./memory.js";
export type { MemorySenderStoreOptions } from "./memory.js";
export type { PublishOptions, SendOptions } from "./message.js";
export type { AttemptObserver, AttemptOutcome } from "./observers.js";
export { writePayload } from "./payload.js";
export { PostgresSenderStore } from "./postgres.js";
export type { PostgresSenderStoreOptions } from "./postgres.js";
export type { PostgresClient, PostgresPool } from "../inbox/postgres-connection.js";
export { Sender } from "./sender.js";
export type { SenderOptions } from "./settings.js";
export { SqliteSenderStore } from "./sqlite.js";
export type { SqliteDatabase, SqliteStatement } from "../receiver/sqlite-database.js";
export type {
  Awaitable,
  Choice,
  Ended,
  EndpointRecord,
  EndpointSettings,
  OutgoingMessage,
  Pending,
  ReplayStep,
  Retention,
  SenderStore,
  Sent,
  Standing,
  StoredEndpoint,
  Subscription,
  TakenDelivery,
  Taking,
  Verdict,
  Waiting,
} from "./store.js";
export type { SchemasByPattern, SchemaValidator } from "../receiver/schemas.js";
export type { Resolve } from "./transport.js";

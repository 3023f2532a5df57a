/**
 * Handles events after they were answered: a receiver stores them durably, workers handle them.
 *
 * Each event that was acknowledged is handled at least once, whatever process is killed and
 * whenever: if its worker dies, another takes it over after the lease. A handler may therefore see
 * one twice, and knows it by `event.dedupeKey`. What fails is tried again as a `RetryPolicy` says,
 * and is a dead letter after that, which can be replayed. Events come roughly in the order of their
 * arrival, and several at a time.
 *
 * Endpoints of different schemes can share an inbox, two of one scheme cannot: their deliveries
 * could not be told apart. Programs in other languages share the table.
 *
 * Edge runtimes have neither SQLite nor connections to PostgreSQL. In Cloudflare Workers there is
 * `DurableObjectInbox`; elsewhere give the receiver an `EventStore` of your own over what the
 * platform has that is durable, such as its queue.
 *
 * @packageDocumentation
 */

export { DurableObjectInbox } from "./durable-object.js";
export type { DurableObjectSqlStorage } from "./durable-object-connection.js";
export type { Inbox, Taken } from "./inbox.js";
export type { EventsOptions, ReplayOptions } from "./management.js";
export { PostgresInbox } from "./postgres.js";
export type { PostgresInboxOptions } from "./postgres.js";
export type { PostgresClient, PostgresPool } from "./postgres-connection.js";
export { SqliteInbox } from "./sqlite.js";
export type { State, StoredEvent } from "./stored.js";
export { Workers } from "./workers.js";
export type { WorkersOptions } from "./workers.js";

/**
 * Receives deliveries: who may call, how often, each event once, and which handler it goes to.
 *
 * @packageDocumentation
 */

export { AddressPolicy, Network, rateLimitKey } from "./address.js";
export type { AddressPolicyOptions, ForwardingHeader } from "./address.js";
export { errorAnswer, eventAnswer } from "./answer.js";
export type { Answer, AnswerForm, Handling } from "./answer.js";
export type { BodyReader } from "./body.js";
export type { EventStore, InsertOptions } from "./event-store.js";
export type { Incoming } from "./incoming.js";
export type { LogEntry, Logger, Observer, Outcome } from "./outcome.js";
export { MemoryRateStore, RateLimit } from "./rate-limit.js";
export type { MemoryStoreOptions, RateLimitOptions, RateSlots, RateStore } from "./rate-limit.js";
export { Receiver } from "./receiver.js";
export { redisConstants, RedisStore } from "./redis.js";
export type { IoredisClient, NodeRedisClient, RedisConstants, RedisStoreOptions } from "./redis.js";
export { storeRefusal } from "./refusal.js";
export type { StoreRefusal } from "./refusal.js";
export { decideClaim, MemoryReplayStore } from "./replay.js";
export type { Held, ReplayStore } from "./replay.js";
export { Routes } from "./routes.js";
export type { Route } from "./routes.js";
export type { SchemasByPattern, SchemaValidator } from "./schemas.js";
export type { HandshakeReply } from "../handshake.js";
export type { Handler, HandshakeHandler, KeySource, ReceiverOptions } from "./settings.js";
export { SqliteStore } from "./sqlite.js";
export type { SqliteDatabase, SqliteStatement } from "./sqlite-database.js";

/** All entries as one module, so that they share the classes and the instance. */

import "./init.js";

export * as express from "./adapters/express.js";
export * as fastify from "./adapters/fastify.js";
export * as fetch from "./adapters/fetch.js";
export * as index from "./index.js";
export * as node from "./adapters/node.js";
export * as receiver from "./receiver/index.js";
export * as testing from "./testing.js";

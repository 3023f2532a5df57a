// What users write to receive in the frameworks of Node, with the frameworks' own types.

import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";

import { Validator } from "@cfworker/json-schema";
import { trace as opentelemetry } from "@opentelemetry/api";
import { Webhook } from "countersign";
import { expressHandler } from "countersign/express";
import { fastifyReceiver } from "countersign/fastify";
import { PostgresInbox, Workers } from "countersign/inbox";
import { Monitor, statusFastify, statusNodeHandler, StatusPage, trace } from "countersign/monitor";
import { nodeHandler } from "countersign/node";
import { Receiver, RedisStore } from "countersign/receiver";
import express from "express";
import Fastify from "fastify";
import { Redis } from "ioredis";
import { Pool } from "pg";
import { createClient, createCluster } from "redis";

const webhook = new Webhook("github", "hush");
const schemas = { push: { type: "object", required: ["ref"] }, "*": true };
const receiver = new Receiver(webhook, { replay: new RedisStore(createClient()), schemas, validator: Validator });
new RedisStore(createCluster({ rootNodes: [] }));
new RedisStore(new Redis(), { timeout: 1 });

createServer(nodeHandler(receiver));

const app = express();
app.all("/webhooks/github", expressHandler(receiver));
app.use("/webhooks", express.Router().post("/github", expressHandler(receiver)));

const fastify = Fastify();
fastify.register(fastifyReceiver, { receiver, prefix: "/webhooks/github" });
fastify.register(fastifyReceiver, { receiver, path: "/webhooks/github" });

const inbox = new PostgresInbox(new Pool({ connectionString: "postgresql://localhost/hooks" }), { timeout: 1 });
new Workers(new Receiver(webhook, { inbox, wait: 2 }), inbox).start();

const page = new StatusPage(new Monitor().watch(receiver, "github"), "a token of the reader's");
createServer(statusNodeHandler(page));
createSecureServer({}, statusNodeHandler(page));
app.use(statusNodeHandler(page));
app.use("/internal", statusNodeHandler(page));
fastify.register(statusFastify, { page });
fastify.register(statusFastify, { page, prefix: "/internal" });
trace(receiver, { tracer: opentelemetry.getTracer("countersign") });

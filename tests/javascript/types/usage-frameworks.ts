// What users write to receive in the frameworks of Node, with the frameworks' own types.

import { createServer } from "node:http";

import { Validator } from "@cfworker/json-schema";
import { Webhook } from "countersign";
import { expressHandler } from "countersign/express";
import { fastifyReceiver } from "countersign/fastify";
import { PostgresInbox, Workers } from "countersign/inbox";
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

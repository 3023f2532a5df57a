/**
 * Receives in Fastify.
 *
 * @packageDocumentation
 */

import { wrong } from "../check.js";
import type { Answer } from "../receiver/answer.js";
import { Receiver } from "../receiver/receiver.js";
import { answerRaw, type FastifyApp } from "./fastify-routes.js";
import { discardRest, headersToSend, nodeIncoming, type NodeRequest } from "./node-request.js";

export type { FastifyApp };

/** Options of {@link fastifyReceiver}. */
export interface FastifyReceiverOptions {
  readonly receiver: Receiver;
  /** Below the plugin's `prefix`; `/` if not given. */
  readonly path?: string | null | undefined;
}

/**
 * A plugin that gives each request below its `prefix` to the receiver. Bodies of this plugin's
 * routes are not parsed; those of all others are, as before.
 *
 * @example
 * ```ts
 * import Fastify from "fastify";
 * import { Webhook } from "countersign";
 * import { fastifyReceiver } from "countersign/fastify";
 * import { Receiver } from "countersign/receiver";
 *
 * const receiver = new Receiver(new Webhook("github", "hush"));
 * Fastify().register(fastifyReceiver, { receiver, prefix: "/webhooks/github" });
 * ```
 */
export async function fastifyReceiver(app: FastifyApp, pluginOptions: FastifyReceiverOptions): Promise<void> {
  const { receiver, path } = pluginOptions;
  if (!(receiver instanceof Receiver)) {
    throw wrong("the receiver", "a Receiver", receiver);
  }
  answerRaw(app, [path ?? "/"], (raw) => receive(receiver, raw));
}

async function receive(receiver: Receiver, raw: NodeRequest): Promise<Answer> {
  const answer = await receiver.receive(nodeIncoming(raw, raw.url ?? ""));
  discardRest(raw, receiver.bodyTimeout);
  return { ...answer, headers: headersToSend(answer) };
}

/**
 * Receives in Fastify.
 *
 * @packageDocumentation
 */

import { wrong } from "../check.js";
import type { Answer } from "../receiver/answer.js";
import { Receiver } from "../receiver/receiver.js";
import { discardRest, headersToSend, nodeIncoming, type NodeRequest } from "./node-request.js";

/** What Fastify says of a content type before it looks for a parser: the receiver answers that. */
const MALFORMED_TYPE = "FST_ERR_CTP_INVALID_MEDIA_TYPE";

/** What is used of a Fastify instance. */
export interface FastifyApp {
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(type: string, parser: (request: any, payload: any, done: any) => void): unknown;
  setErrorHandler(handler: (error: any, request: any, reply: any) => Promise<unknown>): unknown;
  all(path: string, handler: (request: any, reply: any) => Promise<unknown>): unknown;
}

/** Options of {@link fastifyReceiver}. */
export interface FastifyReceiverOptions {
  readonly receiver: Receiver;
  /** Below the plugin's `prefix`; `/` if not given. */
  readonly path?: string | null | undefined;
}

interface FastifyRequest {
  readonly raw: NodeRequest;
}

interface FastifyReply {
  code(status: number): FastifyReply;
  header(name: string, value: string): FastifyReply;
  send(body: Uint8Array): unknown;
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
  app.removeAllContentTypeParsers();
  // The body stays unread until the receiver wants it.
  app.addContentTypeParser("*", (_request, _payload, done: (error: null) => void) => done(null));
  const answer = async ({ raw }: FastifyRequest, reply: FastifyReply) => {
    const { status, headers, body } = await receive(receiver, raw);
    reply.code(status);
    for (const [name, value] of headers) {
      reply.header(name, value);
    }
    // As text, Fastify would add a charset to its type.
    return reply.send(new TextEncoder().encode(body));
  };
  app.setErrorHandler(async (error: { code?: unknown } | null, request: FastifyRequest, reply: FastifyReply) => {
    if (error?.code !== MALFORMED_TYPE) {
      throw error;
    }
    return answer(request, reply);
  });
  app.all(path ?? "/", answer);
}

async function receive(receiver: Receiver, raw: NodeRequest): Promise<Answer> {
  const answer = await receiver.receive(nodeIncoming(raw, raw.url ?? ""));
  discardRest(raw, receiver.bodyTimeout);
  return { ...answer, headers: headersToSend(answer) };
}

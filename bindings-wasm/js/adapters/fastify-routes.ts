/** Routes of Fastify whose bodies nobody reads before they are wanted. */

import type { Answer } from "../receiver/answer.js";
import type { NodeRequest } from "./node-request.js";

/** What Fastify says of a content type before it looks for a parser: the receiver answers that. */
const MALFORMED_TYPE = "FST_ERR_CTP_INVALID_MEDIA_TYPE";

/** What is used of a Fastify instance. */
export interface FastifyApp {
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(type: string, parser: (request: any, payload: any, done: any) => void): unknown;
  setErrorHandler(handler: (error: any, request: any, reply: any) => Promise<unknown>): unknown;
  all(path: string, handler: (request: any, reply: any) => Promise<unknown>): unknown;
}

interface FastifyRequest {
  readonly raw: NodeRequest;
}

interface FastifyReply {
  code(status: number): FastifyReply;
  header(name: string, value: string): FastifyReply;
  send(body: Uint8Array): unknown;
}

/** Answers each request at these paths. */
export function answerRaw(app: FastifyApp, paths: readonly string[], answerTo: (raw: NodeRequest) => Promise<Answer>): void {
  app.removeAllContentTypeParsers();
  // The body stays unread until it is wanted.
  app.addContentTypeParser("*", (_request, _payload, done: (error: null) => void) => done(null));
  const answer = async ({ raw }: FastifyRequest, reply: FastifyReply) => {
    const { status, headers, body } = await answerTo(raw);
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
  for (const path of paths) {
    app.all(path, answer);
  }
}

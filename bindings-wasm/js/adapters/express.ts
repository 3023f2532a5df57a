/**
 * Receives in Express.
 *
 * @packageDocumentation
 */

import { wrong } from "../check.js";
import { refuseParsed } from "../receiver/body.js";
import { Receiver } from "../receiver/receiver.js";
import { answerWith, nodeIncoming, type NodeRequest, type NodeResponse } from "./node-request.js";

/** What is used of Express's `Request`. */
export interface ExpressRequest extends NodeRequest {
  /** The path and query before any router took a part of it. */
  readonly originalUrl: string;
  /** What a body parser left. */
  readonly body?: unknown;
}

/**
 * A handler that gives each request to the receiver. Mount it for all methods, before any body
 * parser; `express.raw()` may come before it too.
 *
 * After `express.json()` the bytes that were signed are gone: such a request is answered with 500
 * and `unsupported_body`, and never judged by what is left.
 *
 * @example
 * ```ts
 * import express from "express";
 * import { Webhook } from "countersign";
 * import { expressHandler } from "countersign/express";
 * import { Receiver } from "countersign/receiver";
 *
 * const receiver = new Receiver(new Webhook("github", "hush"));
 * express().all("/webhooks/github", expressHandler(receiver));
 * ```
 */
export function expressHandler(
  receiver: Receiver,
): (request: ExpressRequest, response: NodeResponse) => Promise<void> {
  if (!(receiver instanceof Receiver)) {
    throw wrong("the receiver", "a Receiver", receiver);
  }
  return (request, response) => {
    // Parsers leave an empty object of a body that they did not read, so the stream is to be asked.
    const incoming = request.readableDidRead
      ? nodeIncoming(request, request.originalUrl, () => readAlready(request.body))
      : nodeIncoming(request, request.originalUrl);
    return answerWith(receiver, incoming, request, response);
  };
}

function readAlready(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : refuseParsed();
}

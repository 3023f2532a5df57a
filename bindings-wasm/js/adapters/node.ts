/**
 * Receives in a server of Node's `http`.
 *
 * @packageDocumentation
 */

import { wrong } from "../check.js";
import { Receiver } from "../receiver/receiver.js";
import { answerWith, nodeIncoming, type NodeRequest, type NodeResponse } from "./node-request.js";

export type { NodeRequest, NodeResponse };

/**
 * A listener for `createServer` that gives each request to the receiver.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { Webhook } from "countersign";
 * import { nodeHandler } from "countersign/node";
 * import { Receiver } from "countersign/receiver";
 *
 * const receiver = new Receiver(new Webhook("github", "hush"));
 * createServer(nodeHandler(receiver));
 * ```
 */
export function nodeHandler(receiver: Receiver): (request: NodeRequest, response: NodeResponse) => Promise<void> {
  if (!(receiver instanceof Receiver)) {
    throw wrong("the receiver", "a Receiver", receiver);
  }
  return (request, response) => answerWith(receiver, nodeIncoming(request, request.url ?? ""), request, response);
}

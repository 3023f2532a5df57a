/**
 * Receives in every host of the fetch API: Workers, Deno, Bun, Next.js, Hono.
 *
 * @packageDocumentation
 */

import { options, wrong } from "../check.js";
import { Receiver } from "../receiver/receiver.js";
import { checkRequest, type Context, fetchIncoming } from "./fetch-request.js";

export type { Context };

/** Options of {@link fetchHandler}. */
export interface FetchHandlerOptions {
  /**
   * The other end of the connection, which the fetch API does not tell: the name of a header that
   * your platform itself sets, such as `cf-connecting-ip`, or a function of the request and what
   * else the host passes. Needed when the receiver has an address policy or a rate limit.
   */
  readonly peer?: string | ((request: Request, ...context: any[]) => string | null | undefined) | null | undefined;
}

/**
 * A handler that gives each `Request` to the receiver and returns its `Response`.
 *
 * A handler of an event that outlives the deadline is passed to `waitUntil`, if the host has it.
 * Routers that give a context of their own have the `Request` in it: in Hono it is
 * `app.all("/webhooks", (c) => handle(c.req.raw))`. What is no `Request` rejects with a `TypeError`.
 *
 * @example
 * ```ts
 * import { Webhook } from "countersign";
 * import { fetchHandler } from "countersign/fetch";
 * import { Receiver } from "countersign/receiver";
 *
 * const receiver = new Receiver(new Webhook("github", "hush"));
 * receiver.on("push", (event) => console.log(event.id));
 * export default { fetch: fetchHandler(receiver, { peer: "cf-connecting-ip" }) };
 * ```
 */
export function fetchHandler(
  receiver: Receiver,
  handlerOptions?: FetchHandlerOptions,
): (request: Request, ...context: any[]) => Promise<Response> {
  if (!(receiver instanceof Receiver)) {
    throw wrong("the receiver", "a Receiver", receiver);
  }
  const { peer } = options("the options", { peer: true }, handlerOptions);
  if (receiver.needsPeer && !peer) {
    throw new TypeError("a receiver with an address policy or a rate limit needs the option peer");
  }
  const peerOf = typeof peer === "string" ? (request: Request) => request.headers.get(peer) : peer;
  return async (request, ...context) => {
    checkRequest(request);
    const known = peerOf?.(request, ...(context as unknown[])) ?? null;
    const { status, headers, body } = await receiver.receive(fetchIncoming(request, known, context));
    // Not even an empty text may be the body of a 204.
    return new Response(body || null, { status, headers: headers.map(([name, value]) => [name, value] as [string, string]) });
  };
}

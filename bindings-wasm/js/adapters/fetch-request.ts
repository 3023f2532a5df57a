/** Requests of the fetch API. */

import { wrong } from "../check.js";
import { type BodyReader, refuseParsed } from "../receiver/body.js";
import type { Incoming } from "../receiver/incoming.js";

/** What a host passes to a handler besides the request. */
export type Context = readonly unknown[];

/** Throws what is no `Request`, of whichever realm or library. */
export function checkRequest(request: unknown): void {
  const { method, url, headers } = (request ?? {}) as Partial<Request>;
  if (typeof method !== "string" || typeof url !== "string" || typeof headers?.get !== "function") {
    throw wrong("the request", "a Request, which is c.req.raw in Hono", request);
  }
}

/** A request as receivers take it. */
export function fetchIncoming(request: Request, peer: string | null = null, context: Context = []): Incoming {
  const host = context.find((each) => typeof (each as WaitUntil | null)?.waitUntil === "function");
  return {
    method: request.method,
    url: request.url,
    headers: request.headers,
    peer,
    header(name) {
      // `Headers` has joined what was sent several times.
      const value = request.headers.get(name);
      return value === null ? [] : [value];
    },
    body() {
      if (request.bodyUsed || request.body?.locked) {
        refuseParsed();
      }
      return request.body === null ? new Uint8Array(0) : new RequestReader(request.body);
    },
    waitUntil: (work) => (host as WaitUntil | undefined)?.waitUntil(work),
  };
}

interface WaitUntil {
  waitUntil(work: Promise<void>): void;
}

/** Reads a body of the fetch API piece by piece. */
class RequestReader implements BodyReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  async read(): Promise<Uint8Array | null> {
    const { done, value } = await this.#reader.read();
    return done ? null : value;
  }

  cancel(): void {
    // That a connection has ended already is no matter to those who want no more of it.
    this.#reader.cancel().catch(() => undefined);
  }
}

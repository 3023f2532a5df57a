/** Requests and answers of Node's `http`, on which its frameworks stand. */

import type { Answer } from "../receiver/answer.js";
import type { BodyReader } from "../receiver/body.js";
import type { Incoming } from "../receiver/incoming.js";
import type { Receiver } from "../receiver/receiver.js";
import { milliseconds } from "../receiver/timer.js";

/** What is used of Node's `IncomingMessage`. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly rawHeaders: readonly string[];
  readonly readableEnded: boolean;
  readonly readableDidRead: boolean;
  readonly destroyed: boolean;
  readonly socket: { readonly remoteAddress?: string | undefined; destroy(): unknown };
  read(): unknown;
  resume(): unknown;
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
}

/** What is used of Node's `ServerResponse`. */
export interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

/** A request as receivers take it. `body` is asked when the body is wanted. */
export function nodeIncoming(
  request: NodeRequest,
  path: string,
  body: () => BodyReader | Uint8Array = () => new NodeReader(request),
): Incoming {
  const headers = headersOf(request.rawHeaders);
  const scheme = "encrypted" in request.socket && request.socket.encrypted === true ? "https" : "http";
  return {
    method: request.method ?? "",
    url: `${scheme}://${(headers.get("host") ?? headers.get(":authority"))?.[0] ?? ""}${path}`,
    headers,
    peer: request.socket.remoteAddress ?? null,
    header: (name) => headers.get(name) ?? [],
    body,
  };
}

/** Gives the request to the receiver and writes its answer. */
export async function answerWith(
  receiver: Receiver,
  incoming: Incoming,
  request: NodeRequest,
  response: NodeResponse,
): Promise<void> {
  sendAnswer(await receiver.receive(incoming), receiver.bodyTimeout, request, response);
}

/** Writes an answer, after which what is left of the body may take so many seconds. */
export function sendAnswer(answer: Answer, seconds: number, request: NodeRequest, response: NodeResponse): void {
  response.statusCode = answer.status;
  for (const [name, value] of headersToSend(answer)) {
    response.setHeader(name, value);
  }
  response.end(answer.body);
  discardRest(request, seconds);
}

/** A sender that was too slow is not waited for any longer. */
export function headersToSend({ status, headers }: Answer): readonly (readonly [string, string])[] {
  return status === 408 ? [...headers, ["connection", "close"]] : headers;
}

/**
 * Reads and forgets what is left of a body, so that a sender that is still at it gets to read the
 * answer; but not for ever.
 */
export function discardRest(request: NodeRequest, seconds: number): void {
  if (request.readableEnded) {
    return;
  }
  const timer: unknown = setTimeout(() => request.socket.destroy(), milliseconds(seconds));
  // A server that is to end does not wait for it.
  (timer as { unref(): void }).unref();
  for (const event of ["end", "close"]) {
    request.on(event, () => clearTimeout(timer as number));
  }
  request.resume();
}

/** Every value of each header, by its name in lower case. */
function headersOf(raw: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at]!.toLowerCase();
    const values = headers.get(name);
    if (values === undefined) {
      headers.set(name, [raw[at + 1]!]);
    } else {
      values.push(raw[at + 1]!);
    }
  }
  return headers;
}

const EVENTS = ["readable", "end", "error", "close"] as const;

/** Reads a stream piece by piece, so that no more is held than was asked for. */
class NodeReader implements BodyReader {
  readonly #request: NodeRequest;
  #isOver = false;
  #wake: () => void = () => undefined;
  readonly #onEvent = () => this.#wake();
  readonly #onOver = () => {
    this.#isOver = true;
    this.#wake();
  };

  constructor(request: NodeRequest) {
    this.#request = request;
    for (const event of EVENTS) {
      request.on(event, this.#listener(event));
    }
  }

  async read(): Promise<Uint8Array | null> {
    for (;;) {
      const piece = this.#request.read();
      if (piece instanceof Uint8Array) {
        return piece;
      }
      if (this.#request.readableEnded) {
        this.cancel();
        return null;
      }
      // It may have been over before anybody listened.
      if (this.#isOver || this.#request.destroyed) {
        throw new Error("the connection ended");
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  cancel(): void {
    for (const event of EVENTS) {
      this.#request.off(event, this.#listener(event));
    }
  }

  #listener(event: (typeof EVENTS)[number]): () => void {
    return event === "error" || event === "close" ? this.#onOver : this.#onEvent;
  }
}

/** The status page in Node's `http`, Express and their like. */

import { nodeIncoming, type NodeRequest, type NodeResponse, sendAnswer } from "../adapters/node-request.js";
import { refuseParsed } from "../receiver/body.js";
import { judgedPath, type StatusPage } from "./page.js";
import { BODY_TIMEOUT, checkedPage, serve } from "./serving.js";

/** What is used of a request of Node, Express or Connect. */
export interface StatusNodeRequest extends NodeRequest {
  /** The path and query before any router took a part of it. */
  readonly originalUrl?: string | undefined;
  /** What a body parser left. */
  readonly body?: unknown;
}

/**
 * A listener for `createServer` that shows the page, and finds nothing at other paths; in Express,
 * `app.use` takes it, and other paths are left to what comes after. Mount it before any body
 * parser.
 *
 * The cookie of a session is `Secure` if the socket is: behind a proxy that ends TLS it is not.
 *
 * @example
 * ```ts
 * import express from "express";
 * import { Monitor, statusNodeHandler, StatusPage } from "countersign/monitor";
 *
 * const page = new StatusPage(new Monitor(), "a token of the reader's", { path: "/status" });
 * express().use("/internal", statusNodeHandler(page)); // at /internal/status
 * ```
 */
export function statusNodeHandler(
  page: StatusPage,
): (request: StatusNodeRequest, response: NodeResponse, next?: () => void) => Promise<void> {
  const checked = checkedPage(page);
  return async (request, response, next) => {
    const url = request.url ?? "";
    const sent = request.originalUrl ?? url;
    const path = judgedPath(sent, url.split("?", 1)[0]!);
    if (next !== undefined && !checked.paths.includes(path)) {
      next();
      return;
    }
    // Parsers leave an empty object of a body that they did not read, so the stream is to be asked.
    const incoming = request.readableDidRead
      ? nodeIncoming(request, sent, () => readAlready(request.body))
      : nodeIncoming(request, sent);
    sendAnswer(await serve(checked, incoming, path), BODY_TIMEOUT, request, response);
  };
}

function readAlready(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : refuseParsed();
}

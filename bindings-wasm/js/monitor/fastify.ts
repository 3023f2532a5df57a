/** The status page in Fastify. */

import { answerRaw, type FastifyApp } from "../adapters/fastify-routes.js";
import { discardRest, headersToSend, nodeIncoming } from "../adapters/node-request.js";
import { judgedPath, type StatusPage } from "./page.js";
import { BODY_TIMEOUT, checkedPage, serve } from "./serving.js";

/** What is used of a Fastify instance. */
export interface StatusFastifyApp extends FastifyApp {
  /** Below which its routes lie. */
  readonly prefix: string;
}

/** Options of {@link statusFastify}. */
export interface StatusFastifyOptions {
  readonly page: StatusPage;
}

/**
 * A plugin that shows the page below its `prefix`.
 *
 * @example
 * ```ts
 * import Fastify from "fastify";
 * import { Monitor, statusFastify, StatusPage } from "countersign/monitor";
 *
 * const page = new StatusPage(new Monitor(), "a token of the reader's", { path: "/status" });
 * Fastify().register(statusFastify, { page, prefix: "/internal" }); // at /internal/status
 * ```
 */
export async function statusFastify(app: StatusFastifyApp, pluginOptions: StatusFastifyOptions): Promise<void> {
  const page = checkedPage(pluginOptions.page);
  const { prefix } = app;
  answerRaw(app, page.paths, async (raw) => {
    const url = raw.url ?? "";
    const [below] = (url.startsWith(prefix) ? url.slice(prefix.length) : url).split("?", 1);
    const answer = await serve(page, nodeIncoming(raw, url), judgedPath(url, below!));
    discardRest(raw, BODY_TIMEOUT);
    return { ...answer, headers: headersToSend(answer) };
  });
}

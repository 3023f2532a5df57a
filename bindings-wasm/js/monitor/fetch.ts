/** The status page in every host of the fetch API. */

import { checkRequest, fetchIncoming } from "../adapters/fetch-request.js";
import { judgedPath, type StatusPage } from "./page.js";
import { checkedPage, serve } from "./serving.js";

/**
 * A handler that answers each `Request` for the page, and gives `null` for all others, which are
 * another's to answer.
 *
 * Hosts of the fetch API make paths such as `/x/../status` into `/status` before anybody sees them.
 *
 * @example
 * ```ts
 * import { Webhook } from "countersign";
 * import { fetchHandler } from "countersign/fetch";
 * import { Monitor, statusFetchHandler, StatusPage } from "countersign/monitor";
 * import { Receiver } from "countersign/receiver";
 *
 * const receiver = new Receiver(new Webhook("github", "hush"));
 * const monitor = new Monitor().watch(receiver, "github");
 * const status = statusFetchHandler(new StatusPage(monitor, "a token of the reader's"));
 * const receive = fetchHandler(receiver);
 * export default { fetch: async (request: Request) => (await status(request)) ?? receive(request) };
 * ```
 */
export function statusFetchHandler(page: StatusPage): (request: Request) => Promise<Response | null> {
  const checked = checkedPage(page);
  return async (request) => {
    checkRequest(request);
    const { pathname } = new URL(request.url);
    const path = judgedPath(request.url, pathname);
    if (!checked.paths.includes(path)) {
      return null;
    }
    const { status, headers, body } = await serve(checked, fetchIncoming(request), path);
    return new Response(body, { status, headers: headers.map(([name, value]) => [name, value] as [string, string]) });
  };
}

/** What all servers of the status page do. */

import { wrong } from "../check.js";
import { CountersignError } from "../errors.js";
import { readBody } from "../receiver/body.js";
import type { Incoming } from "../receiver/incoming.js";
import { describeThrown } from "../receiver/outcome.js";
import { refusal } from "../receiver/refusal.js";
import { glue } from "./core.js";
import { type StatusAnswer, StatusPage } from "./page.js";

/** How long a form may take to arrive, in seconds. */
export const BODY_TIMEOUT = 10;

export function checkedPage(page: unknown): StatusPage {
  if (!(page instanceof StatusPage)) {
    throw wrong("the page", "a StatusPage", page);
  }
  return page;
}

/** The answer of the page to a request at this path, whatever fails. */
export async function serve(page: StatusPage, incoming: Incoming, path: string): Promise<StatusAnswer> {
  const { method, url } = incoming;
  try {
    const body = page.wantsBody(method, path) ? await bodyOf(incoming) : undefined;
    const names = glue.status_header_names().split("\n");
    const headers = names.flatMap((name) => incoming.header(name).map((value) => [name, value] as const));
    return await page.answer({ method, path, headers, body, secure: url.startsWith("https:") });
  } catch (thrown) {
    if (!(thrown instanceof CountersignError)) {
      page.log({ level: "error", message: "the status page failed", ...describeThrown(thrown) });
      return page.refused(500);
    }
    if (thrown.status === 500) {
      // Such as a parser that has taken the body before.
      page.log({ level: "error", message: thrown.message });
    }
    return page.refused(thrown.status);
  }
}

async function bodyOf(incoming: Incoming): Promise<Uint8Array> {
  const body = incoming.body();
  const limit = StatusPage.bodyLimit;
  if (!(body instanceof Uint8Array)) {
    return readBody(body, limit, BODY_TIMEOUT);
  }
  if (body.length > limit) {
    throw refusal("payload_too_large", limit);
  }
  return body;
}

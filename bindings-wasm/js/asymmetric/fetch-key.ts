/** One key, by `fetch`. */

import { Reason } from "../reason.js";
import { within } from "../receiver/timer.js";

/** In seconds. */
export const FETCH_TIMEOUT = 5;

/** No provider's key has a tenth of this. */
const MOST_BYTES = 64 * 1024;

/** What is at the URL, if it comes as a key does. */
export async function fetchKey(send: typeof fetch, url: string): Promise<Uint8Array> {
  if (!url.startsWith("https://")) {
    throw new Reason("the URL of the key is not HTTPS");
  }
  const controller = new AbortController();
  try {
    return await within(FETCH_TIMEOUT, read(send, url, controller.signal), () => {
      throw new Reason("it took too long");
    });
  } finally {
    // Nothing else has to come.
    controller.abort();
  }
}

async function read(send: typeof fetch, url: string, signal: AbortSignal): Promise<Uint8Array> {
  // Hosts that have cookies send none to another origin; the others do not know `credentials`.
  const response = await send(url, { redirect: "manual", signal });
  const { status } = response;
  if (status !== 200) {
    throw new Reason(`the provider answered ${status} in place of its key`);
  }
  const key = new Uint8Array(MOST_BYTES);
  let length = 0;
  const reader = response.body?.getReader();
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    if (length + value.length > MOST_BYTES) {
      throw new Reason("the provider answered with more than a key");
    }
    key.set(value, length);
    length += value.length;
  }
  return key.slice(0, length);
}

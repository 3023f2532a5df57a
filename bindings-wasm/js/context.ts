/** What belongs to a body and its headers, or to a message that is signed, on its way to the core. */

import { type Body, bodyOf, bytesOf } from "./body.js";
import { type Keys, options, optionalText, text, time, wrong } from "./check.js";
import type { Exchange } from "./exchange.js";
import { ID, Message, METHOD, REQUEST_URL } from "./message.js";
import type { RequestContext, SignOptions } from "./webhook-options.js";

/** The context of a verification may stand for that of a signature, with the key that this needs not. */
const SIGN_KEYS: Keys<SignOptions & RequestContext> = { id: true, now: true, url: true, method: true, key: true };

const keyDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A key as text; bytes that are none are as little a key as the empty text. */
export function keyText(key: unknown): string {
  if (typeof key === "string") {
    return text("the key", key);
  }
  const bytes = bytesOf("the key", key);
  if (bytes === undefined) {
    throw wrong("the key", "a string, a Uint8Array or an ArrayBuffer", key);
  }
  try {
    return keyDecoder.decode(bytes);
  } catch {
    return "";
  }
}

/** Stages what is signed; the instant at which. */
export function stageToSign(exchange: Exchange, body: Body, signOptions: SignOptions | undefined): number {
  const { id, now } = options<SignOptions & RequestContext>("the options", SIGN_KEYS, signOptions);
  const message = new Message();
  if (id !== undefined && id !== null) {
    if (typeof id !== "string") {
      throw wrong("the id", "a string", id);
    }
    // The core answers for an id that no header can hold.
    message.add(ID, id);
  }
  addContext(message, signOptions);
  exchange.stage(message, bodyOf(body));
  return time(now);
}

export function addContext(message: Message, context: SignOptions | null | undefined): void {
  message.addOptional(METHOD, optionalText("the method", context?.method));
  message.addOptional(REQUEST_URL, optionalText("the URL", context?.url));
}

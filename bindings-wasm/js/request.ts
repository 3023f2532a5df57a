import type { glue } from "./core.js";
import type { Message } from "./message.js";

/** A request on its way through the core. */
export interface WebhookRequest {
  readonly handle: glue.WebhookHandle;
  readonly message: Message;
  /** Nobody else holds it. */
  readonly body: string | Uint8Array;
  /** Unix seconds. */
  readonly now: number;
}

import type { Exchange } from "./exchange.js";
import type { WebhookHandle } from "./glue.js";
import type { Kept } from "./keep.js";
import type { Message } from "./message.js";

/** A request that was verified, as nobody can change it any more. */
export interface VerifiedRequest {
  readonly keyIndex: number;
  readonly exchange: Exchange;
  readonly handle: WebhookHandle;
  readonly message: Message;
  readonly body: string | Kept;
}

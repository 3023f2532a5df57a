import type { glue } from "./core.js";
import type { Kept } from "./keep.js";
import type { Message } from "./message.js";

/** A request that was verified, as nobody can change it any more. */
export interface VerifiedRequest {
  readonly keyIndex: number;
  readonly handle: glue.WebhookHandle;
  readonly message: Message;
  readonly body: string | Kept;
}

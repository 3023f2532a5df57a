import { type Instance, instanceOf } from "../instance.js";
import { Webhook as SharedSecretWebhook } from "../webhook.js";

/**
 * The `Webhook` of `countersign`, whose schemes may have public keys, too.
 *
 * It is a `Webhook` wherever one is wanted. Keys that a provider publishes, or gives by an id, are
 * fetched by a {@link KeyFetcher}.
 *
 * @example
 * ```ts
 * import { VerificationError, Webhook } from "countersign/asymmetric";
 *
 * const webhook = new Webhook("discord", "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29");
 * try {
 *   webhook.verify("{}", { "x-signature-ed25519": "00", "x-signature-timestamp": "1700000000" });
 * } catch (error) {
 *   error instanceof VerificationError && error.code; // "malformed_signature"
 * }
 * ```
 */
export class Webhook extends SharedSecretWebhook {
  /** @internal */
  static override instance(): Instance {
    return instanceOf("asymmetric");
  }
}

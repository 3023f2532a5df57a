/**
 * Why a request is refused, and what would make it pass: reports for the developer and the log. They
 * hold no secret, no byte of the body and no signature, and are the same in every language.
 *
 * @packageDocumentation
 */

export { detect, explain } from "./explain.js";
export type { Certainty, ExplainedRequest, ExplainedWebhook, Explanation, Finding } from "./explain.js";
export type { EveryHeader } from "./headers.js";

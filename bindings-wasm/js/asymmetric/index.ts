/**
 * All that `countersign` has, and public keys: Ed25519, ECDSA on P-256, RSA and JSON Web Signatures.
 *
 * @packageDocumentation
 */

export * from "../index.js";
export { KeyFetcher } from "./key-fetcher.js";
export type { FetchedKey, KeyFetcherOptions } from "./key-fetcher.js";
export { Webhook } from "./webhook.js";

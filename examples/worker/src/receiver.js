// The receiver: what is checked, and where it is remembered.

import { Validator } from "@cfworker/json-schema";
import { Receiver } from "countersign/receiver";

import { SCHEMAS } from "./schemas.js";

/** The largest body that is read, in bytes. */
export const BODY_LIMIT = 1024 * 1024;

/**
 * The receiver of these settings; `stores` are its options `replay` and `rateStore`.
 *
 * `clock` replaces the system's (it returns Unix seconds), for tests with recorded requests. A
 * receiver that runs with a fixed clock accepts recorded requests for ever.
 */
export function createReceiver({ webhook, address, rateLimit }, { stores, clock } = {}) {
  return new Receiver(webhook, {
    address,
    rateLimit,
    ...stores,
    schemas: SCHEMAS,
    validator: Validator,
    bodyLimit: BODY_LIMIT,
    clock,
  });
}

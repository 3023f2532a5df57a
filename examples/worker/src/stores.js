// Where claims on deliveries are kept.

import { DurableReplayStore } from "./claims.js";

/** Memory is that of one isolate, Durable Objects are shared by all; see README.md. */
export function storesOf({ store, claims }) {
  if (store === "off") return { replay: false };
  return store === "durable-object" ? { replay: new DurableReplayStore(claims) } : {};
}

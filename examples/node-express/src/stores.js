// Where claims on deliveries and the rates of callers are kept.

import { RedisStore } from "countersign/receiver";
import { createClient } from "redis";

/** The options `replay` and `rateStore` of a receiver, and what ends their connection. */
export async function openStores(store) {
  const close = () => {};
  if (store === "off") return { stores: { replay: false }, close };
  if (store === "memory") return { stores: {}, close };
  const client = createClient({ url: store });
  // It connects again by itself; until then the receiver refuses, as it says in its log.
  client.on("error", ({ code }) => console.error(`Redis: ${code ?? "the connection failed"}`));
  await client.connect();
  const redis = new RedisStore(client);
  return { stores: { replay: redis, rateStore: redis }, close: () => client.destroy() };
}

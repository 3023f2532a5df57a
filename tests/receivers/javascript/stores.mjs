/** The stores of Node that a case may name. */

import { RedisStore, SqliteStore } from "countersign/receiver";
import { Redis } from "ioredis";

export const STORES = {
  sqlite(path) {
    // Not in every Node that the other cases run in.
    const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
    return new SqliteStore(new DatabaseSync(path));
  },
  redis(url) {
    const client = new Redis(url);
    client.on("error", (error) => console.error(error.name));
    return new RedisStore(client);
  },
};

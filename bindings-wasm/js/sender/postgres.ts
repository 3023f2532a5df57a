/** A store of a sender in PostgreSQL, for several machines. */

import { options } from "../check.js";
import { type Dialect, PostgresConnection, type PostgresPool } from "../inbox/postgres-connection.js";
import { glue } from "./core.js";
import { SqlSenderStore } from "./sql-store.js";
import { outboxStatements } from "./statements.js";

/** Options of {@link PostgresSenderStore}. */
export interface PostgresSenderStoreOptions {
  /** After how many seconds PostgreSQL counts as down; 5 if not given. */
  readonly timeout?: number | null | undefined;
}

const DIALECT: Dialect = {
  table: "countersign_delivery",
  schema: () => outboxStatements().postgres_schema,
  numbered: (statement) => glue.postgres_numbered(statement),
  encode: (text) => glue.encode_postgres_text(text),
  decode: (text) => glue.decode_postgres_text(text),
};

/**
 * Keeps the messages of senders in PostgreSQL, which any number of machines can share, programs in
 * Rust and Python among them; the server's clock is that of all. The database's encoding must be
 * UTF-8.
 *
 * It makes its tables in the first schema of the search path if there are none. Senders find what
 * other processes send when they poll. A `Pool` of `pg` needs a listener of its event `error`, or a
 * server that goes down ends the process. Secrets are in the tables as they are.
 *
 * @example
 * ```ts
 * import { PostgresSenderStore, Sender } from "countersign/sender";
 * import { Pool } from "pg";
 *
 * const pool = new Pool({ connectionString: "postgresql://localhost/hooks" });
 * pool.on("error", () => {}); // the store finds it out itself
 * const sender = new Sender({ store: new PostgresSenderStore(pool) });
 * ```
 */
export class PostgresSenderStore extends SqlSenderStore {
  constructor(pool: PostgresPool, storeOptions?: PostgresSenderStoreOptions) {
    super(new PostgresConnection(pool, DIALECT, options("the options", storeOptions).timeout));
  }
}

/** A store of a sender in PostgreSQL, for several machines. */

import { number, options } from "../check.js";
import { type Dialect, PostgresConnection, type PostgresPool } from "../inbox/postgres-connection.js";
import { glue } from "./core.js";
import { clientMaker, Listening, NOTIFY } from "./postgres-listening.js";
import { SqlSenderStore } from "./sql-store.js";
import { outboxStatements } from "./statements.js";
import type { SenderStore } from "./store.js";

/** Options of {@link PostgresSenderStore}. */
export interface PostgresSenderStoreOptions {
  /** After how many seconds PostgreSQL counts as down; 5 if not given. */
  readonly timeout?: number | null | undefined;
}

const TIMEOUT = 5;

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
 * It makes its tables in the first schema of the search path if there are none. A sender that was
 * started is told at once what other processes send, on one connection more, which it makes as a `Pool`
 * of `pg` makes its own; beside another pool, or one behind a proxy that forwards no notifications, it
 * finds that out when it polls. A `Pool` of `pg` needs a listener of its event `error`, or a
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
  /** @internal Tells senders what other processes have sent; not every pool can. */
  readonly listen?: NonNullable<SenderStore["listen"]>;

  constructor(pool: PostgresPool, storeOptions?: PostgresSenderStoreOptions) {
    const timeout = number("the timeout", options("the options", { timeout: true }, storeOptions).timeout ?? TIMEOUT);
    super(new PostgresConnection(pool, DIALECT, timeout), NOTIFY);
    const makeClient = clientMaker(pool);
    if (makeClient !== null) {
      this.listen = (heard, failed) => {
        const listening = new Listening(makeClient, timeout, heard, failed);
        return () => listening.end();
      };
    }
  }
}

/** An inbox in PostgreSQL, for several machines. */

import { options } from "../check.js";
import { glue } from "../receiver/core.js";
import { inboxStatements } from "../receiver/sql.js";
import { Inbox } from "./inbox.js";
import { type Dialect, PostgresConnection, type PostgresPool } from "./postgres-connection.js";

/** Options of {@link PostgresInbox}. */
export interface PostgresInboxOptions {
  /** After how many seconds PostgreSQL counts as down; 5 if not given. */
  readonly timeout?: number | null | undefined;
}

const DIALECT: Dialect = {
  table: "countersign_inbox",
  schema: () => inboxStatements().postgres_schema,
  numbered: (statement) => glue.postgres_numbered(statement),
  encode: (text) => glue.encode_postgres_text(text),
  decode: (text) => glue.decode_postgres_text(text),
};

/**
 * An inbox in PostgreSQL, which any number of machines can share; the server's clock is that of
 * all. The database's encoding must be UTF-8, or it cannot hold every event.
 *
 * It makes one table in the first schema of the search path if there is none. Workers find what
 * other processes insert when they poll. A `Pool` of `pg` needs a listener of its event `error`, or
 * a server that goes down ends the process.
 *
 * @example
 * ```ts
 * import { Webhook } from "countersign";
 * import { PostgresInbox, Workers } from "countersign/inbox";
 * import { Receiver } from "countersign/receiver";
 * import { Pool } from "pg";
 *
 * const pool = new Pool({ connectionString: "postgresql://localhost/hooks" });
 * pool.on("error", () => {}); // the inbox finds it out itself
 * const inbox = new PostgresInbox(pool);
 * const receiver = new Receiver(new Webhook("stripe", "whsec_test"), { inbox });
 * receiver.on("invoice.paid", async (event) => console.log(event.id));
 * new Workers(receiver, inbox).start();
 * ```
 */
export class PostgresInbox extends Inbox {
  constructor(pool: PostgresPool, inboxOptions?: PostgresInboxOptions) {
    super(new PostgresConnection(pool, DIALECT, options("the options", { timeout: true }, inboxOptions).timeout));
  }
}

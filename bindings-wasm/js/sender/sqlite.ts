/** A store of a sender in SQLite, for the processes of one machine. */

import { SqliteConnection } from "../inbox/sqlite-connection.js";
import type { SqliteDatabase } from "../receiver/sqlite-database.js";
import { SqlSenderStore } from "./sql-store.js";
import { outboxStatements } from "./statements.js";

/**
 * Keeps the messages of senders in an SQLite database, which the processes of one machine can share,
 * programs in Rust and Python among them.
 *
 * A message that was committed survives a power cut, as far as the disk keeps what it says it has
 * written. What senders note of deliveries is not synchronised, so that a power cut may have the
 * last messages delivered again. Secrets are in the tables as they are: who reads the file can sign
 * for every endpoint. Those that the Rust or Python package has sealed with a key are unreadable
 * here (`unreadable_secret`).
 *
 * It makes its tables, switches the database to its write-ahead log, and waits up to a second for
 * other processes. Give it a connection of its own: it runs transactions, and none of yours may be
 * open meanwhile.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from "node:sqlite";
 * import { Sender, SqliteSenderStore } from "countersign/sender";
 *
 * const sender = new Sender({ store: new SqliteSenderStore(new DatabaseSync("outbox.db")) });
 * ```
 */
export class SqliteSenderStore extends SqlSenderStore {
  /** @param clock The clock in Unix milliseconds, the same for all who share the file. */
  constructor(database: SqliteDatabase, clock: () => number = Date.now) {
    super(new SqliteConnection(database, outboxStatements().sqlite_schema, clock));
  }
}

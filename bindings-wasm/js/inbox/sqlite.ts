/** An inbox in SQLite, for the processes of one machine. */

import type { SqliteDatabase } from "../receiver/sqlite-database.js";
import { inboxStatements } from "../receiver/sql.js";
import type { Steps } from "./database.js";
import { type Arrival, Inbox } from "./inbox.js";
import { SqliteConnection } from "./sqlite-connection.js";
import { nextTurn } from "./turns.js";

/**
 * An inbox in an SQLite database, which the processes of one machine can share.
 *
 * An event that was acknowledged survives a power cut, as far as the disk keeps what it says it has
 * written: before an event is answered the file is synchronised, once for all events that arrive in
 * one turn of the event loop. What workers note is not synchronised, so that a power cut may have
 * the last events handled again.
 *
 * It makes one table, switches the database to its write-ahead log, and waits up to a second for
 * other processes. Give it a connection of its own: it runs transactions, and none of yours may be
 * open meanwhile. Deno's `node:sqlite` reads a text only as far as a NUL in it.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from "node:sqlite";
 * import { Webhook } from "countersign";
 * import { SqliteInbox, Workers } from "countersign/inbox";
 * import { Receiver } from "countersign/receiver";
 *
 * const inbox = new SqliteInbox(new DatabaseSync("inbox.db"));
 * const receiver = new Receiver(new Webhook("stripe", "whsec_test"), { inbox });
 * receiver.on("invoice.paid", async (event) => console.log(event.id));
 * new Workers(receiver, inbox).start();
 * ```
 */
export class SqliteInbox extends Inbox {
  readonly #sqlite: SqliteConnection;
  #arrivals: Waiting[] = [];

  /** @param clock The clock in Unix milliseconds, the same for all who share the file. */
  constructor(database: SqliteDatabase, clock: () => number = Date.now) {
    const sqlite = new SqliteConnection(database, inboxStatements().sqlite_schema, clock);
    super(sqlite);
    this.#sqlite = sqlite;
  }

  /** @internal */
  protected override store(arrival: Arrival): Promise<number | null> {
    return new Promise((resolve, reject) => {
      this.#arrivals.push({ arrival, resolve, reject });
      if (this.#arrivals.length === 1) {
        nextTurn().then(() => this.#storeAll());
      }
    });
  }

  /** Stores all that arrived meanwhile, or none. */
  #storeAll(): void {
    const waiting = this.#arrivals;
    this.#arrivals = [];
    try {
      const numbers = this.#sqlite.now("store", (now) => this.#insertedAll(waiting, now));
      waiting.forEach(({ resolve }, place) => resolve(numbers[place]!));
    } catch (error) {
      for (const { reject } of waiting) {
        reject(error);
      }
    }
  }

  *#insertedAll(waiting: Waiting[], now: number): Steps<(number | null)[]> {
    const numbers: (number | null)[] = [];
    for (const { arrival } of waiting) {
      numbers.push(yield* this.inserted(arrival, now));
    }
    return numbers;
  }
}

/** An event that is to be stored, and who waits for that. */
interface Waiting {
  readonly arrival: Arrival;
  readonly resolve: (stored: number | null) => void;
  readonly reject: (error: unknown) => void;
}

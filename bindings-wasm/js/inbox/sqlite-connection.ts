/** Transactions in SQLite. */

import { setUp, type SqliteDatabase, type SqliteStatement, transact } from "../receiver/sqlite-database.js";
import { type Database, perform, type Purpose, type Query, type Reply, type Row, type Steps } from "./database.js";

/** A connection. Each transaction is done at once, so that no other comes in between. */
export class SqliteConnection implements Database {
  readonly #database: SqliteDatabase;
  readonly #clock: () => number;
  readonly #statements = new Map<string, SqliteStatement>();
  #isDurable: boolean | undefined;

  /** @param clock The clock in Unix milliseconds. */
  constructor(database: SqliteDatabase, schema: string, clock: () => number) {
    setUp(database, schema);
    this.#database = database;
    this.#clock = clock;
  }

  async transaction<T>(purpose: Purpose, steps: (now: number) => Steps<T>): Promise<T> {
    return this.now(purpose, steps);
  }

  now<T>(purpose: Purpose, steps: (now: number) => Steps<T>): T {
    this.#synchronise(purpose);
    // The clock only then: waiting for another process takes time.
    const action = () => perform(steps(Math.floor(this.#clock())), (query) => this.#reply(query));
    // One that begins with reading could not wait for others that write.
    return transact(this.#database, action, purpose === "read" ? "BEGIN" : "BEGIN IMMEDIATE");
  }

  #synchronise(purpose: Purpose): void {
    const isDurable = purpose === "store";
    if (purpose !== "read" && this.#isDurable !== isDurable) {
      this.#database.exec(`PRAGMA synchronous = ${isDurable ? "FULL" : "NORMAL"}`);
      this.#isDurable = isDurable;
    }
  }

  #reply({ statement, values, wanted }: Query): Reply {
    const prepared = this.#prepared(statement);
    // Nobody else writes meanwhile, so that all rows are locked.
    return wanted === "changes"
      ? { rows: [], changes: Number(prepared.run(...values).changes) }
      : { rows: prepared.all(...values) as Row[], changes: 0 };
  }

  #prepared(statement: string): SqliteStatement {
    let prepared = this.#statements.get(statement);
    if (prepared === undefined) {
      prepared = this.#database.prepare(statement);
      this.#statements.set(statement, prepared);
    }
    return prepared;
  }
}

/** Transactions in the SQLite of a Durable Object. */

import { type Database, perform, type Purpose, type Query, type Reply, type Row, type Steps } from "./database.js";

/** The storage of a Durable Object with SQLite, `ctx.storage`. */
export interface DurableObjectSqlStorage {
  transactionSync<T>(action: () => T): T;
  readonly sql: { exec(query: string, ...values: any[]): { toArray(): unknown[] } };
}

/** Transactions there. */
export class DurableObjectConnection implements Database {
  readonly #storage: DurableObjectSqlStorage;
  readonly #clock: () => number;

  /** @param clock The clock in Unix milliseconds. */
  constructor(storage: DurableObjectSqlStorage, schema: string, clock: () => number) {
    storage.sql.exec(schema);
    this.#storage = storage;
    this.#clock = clock;
  }

  async transaction<T>(_purpose: Purpose, steps: (now: number) => Steps<T>): Promise<T> {
    const action = () => perform(steps(Math.floor(this.#clock())), (query) => this.#reply(query));
    return this.#storage.transactionSync(action);
  }

  #reply({ statement, values, wanted }: Query): Reply {
    const { sql } = this.#storage;
    const rows = sql.exec(statement, ...values).toArray() as Row[];
    const changes = wanted === "changes" ? Number((sql.exec("SELECT changes() AS changes").toArray() as Row[])[0]!["changes"]) : 0;
    return { rows, changes };
  }
}

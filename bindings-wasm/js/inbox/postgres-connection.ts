/** Transactions in PostgreSQL. */

import { number, wrong } from "../check.js";
import { within } from "../receiver/timer.js";
import { type Database, performLater, type Purpose, type Query, type Reply, type Row, type Steps } from "./database.js";

/** A `Pool` of the package `pg`. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
}

/** A client of such a pool. */
export interface PostgresClient {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: unknown[]; readonly rowCount: number | null }>;
  release(isBroken?: boolean): void;
  on(event: "error", listener: () => void): unknown;
  off(event: "error", listener: () => void): unknown;
}

/** What is kept there, and how PostgreSQL wants it: the core has it, in the module of whoever keeps it. */
export interface Dialect {
  /** One of the tables. */
  readonly table: string;
  /** What makes them. */
  readonly schema: () => string;
  readonly numbered: (statement: string) => string;
  readonly encode: (text: string) => string;
  readonly decode: (text: string) => string;
}

const TIMEOUT = 5;
const NOW = "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now";
// Any number, the same for all who may make the table at the same time.
const MAKE_ALONE = "SELECT pg_advisory_xact_lock(4915206381774)";

/** A pool, and what is done in it. */
export class PostgresConnection implements Database {
  readonly #pool: PostgresPool;
  readonly #dialect: Dialect;
  readonly #timeout: number;
  #isPrepared = false;

  /** @param timeout After how many seconds PostgreSQL counts as down; 5 if not given. */
  constructor(pool: PostgresPool, dialect: Dialect, timeout: number | null | undefined) {
    if (typeof pool?.connect !== "function") {
      throw wrong("the pool", "a Pool of the package pg", pool);
    }
    this.#pool = pool;
    this.#dialect = dialect;
    this.#timeout = number("the timeout", timeout ?? TIMEOUT);
  }

  async transaction<T>(purpose: Purpose, steps: (now: number) => Steps<T>): Promise<T> {
    const client = await this.#connect();
    // A connection that breaks says so here, too, and would end the process if nobody listened.
    const ignore = () => undefined;
    client.on("error", ignore);
    let isBroken = true;
    try {
      const result = await within(this.#timeout, this.#perform(client, purpose, steps), timedOut);
      isBroken = false;
      return result;
    } finally {
      client.off("error", ignore);
      // Whatever failed, the server rolls back what a connection had begun that ends.
      client.release(isBroken);
    }
  }

  /** Pools may wait without end for a connection. */
  #connect(): Promise<PostgresClient> {
    const connecting = this.#pool.connect();
    return within(this.#timeout, connecting, () => {
      const release = (client: PostgresClient) => client.release();
      // That it fails later has been told.
      connecting.then(release, () => undefined);
      return timedOut();
    });
  }

  async #perform<T>(client: PostgresClient, purpose: Purpose, steps: (now: number) => Steps<T>): Promise<T> {
    if (!this.#isPrepared) {
      await makeTable(client, this.#dialect);
      this.#isPrepared = true;
    }
    // What only reads does so with one statement, which is a transaction of its own.
    const isWhole = purpose !== "read";
    if (isWhole) {
      await client.query("BEGIN");
    }
    const [clock] = (await client.query(NOW)).rows as [{ now: unknown }];
    const result = await performLater(steps(Number(clock.now)), (query) => reply(client, this.#dialect, query));
    if (isWhole) {
      await client.query("COMMIT");
    }
    return result;
  }
}

function timedOut(): never {
  throw new Error("PostgreSQL did not answer in time");
}

async function makeTable(client: PostgresClient, { table, schema }: Dialect): Promise<void> {
  // Who may not make tables can use one that is there.
  const [known] = (await client.query("SELECT to_regclass($1)::text AS name", [table])).rows as [
    { name: string | null },
  ];
  if (known.name === null) {
    await client.query("BEGIN");
    await client.query(MAKE_ALONE);
    await client.query(schema());
    await client.query("COMMIT");
  }
}

async function reply(client: PostgresClient, dialect: Dialect, query: Query): Promise<Reply> {
  const { statement, values, wanted } = query;
  // Workers do not wait for each other: each takes others.
  const locking = wanted === "locked rows" ? " FOR UPDATE SKIP LOCKED" : "";
  const encoded = values.map((value) => (typeof value === "string" ? dialect.encode(value) : value));
  const { rows, rowCount } = await client.query(dialect.numbered(statement) + locking, encoded);
  return { rows: rows.map((row) => decoded(row, dialect)), changes: rowCount ?? 0 };
}

function decoded(row: unknown, { decode }: Dialect): Row {
  const columns = Object.entries(row as Row).map(([name, value]) => [
    name,
    typeof value === "string" ? decode(value) : value,
  ]);
  return Object.fromEntries(columns) as Row;
}

/** An inbox in PostgreSQL, for several machines. */

import { number, options, wrong } from "../check.js";
import { glue } from "../receiver/core.js";
import { inboxStatements } from "../receiver/sql.js";
import { within } from "../receiver/timer.js";
import { type Database, performLater, type Purpose, type Query, type Reply, type Row, type Steps } from "./database.js";
import { Inbox } from "./inbox.js";

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

/** Options of {@link PostgresInbox}. */
export interface PostgresInboxOptions {
  /** After how many seconds PostgreSQL counts as down; 5 if not given. */
  readonly timeout?: number | null | undefined;
}

const TIMEOUT = 5;

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
    if (typeof pool?.connect !== "function") {
      throw wrong("the pool", "a Pool of the package pg", pool);
    }
    super(new Postgres(pool, number("the timeout", options("the options", inboxOptions).timeout ?? TIMEOUT)));
  }
}

const NOW = "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now";
// Any number, the same for all who may make the table at the same time.
const MAKE_ALONE = "SELECT pg_advisory_xact_lock(4915206381774)";

class Postgres implements Database {
  readonly #pool: PostgresPool;
  readonly #timeout: number;
  #isPrepared = false;

  constructor(pool: PostgresPool, timeout: number) {
    this.#pool = pool;
    this.#timeout = timeout;
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
      await makeTable(client);
      this.#isPrepared = true;
    }
    // What only reads does so with one statement, which is a transaction of its own.
    const isWhole = purpose !== "read";
    if (isWhole) {
      await client.query("BEGIN");
    }
    const [clock] = (await client.query(NOW)).rows as [{ now: unknown }];
    const result = await performLater(steps(Number(clock.now)), (query) => reply(client, query));
    if (isWhole) {
      await client.query("COMMIT");
    }
    return result;
  }
}

function timedOut(): never {
  throw new Error("PostgreSQL did not answer in time");
}

async function makeTable(client: PostgresClient): Promise<void> {
  // Who may not make tables can use one that is there.
  const [table] = (await client.query("SELECT to_regclass('countersign_inbox')::text AS name")).rows as [
    { name: string | null },
  ];
  if (table.name === null) {
    await client.query("BEGIN");
    await client.query(MAKE_ALONE);
    await client.query(inboxStatements().postgres_schema);
    await client.query("COMMIT");
  }
}

async function reply(client: PostgresClient, { statement, values, wanted }: Query): Promise<Reply> {
  // Workers do not wait for each other: each takes others.
  const locking = wanted === "locked rows" ? " FOR UPDATE SKIP LOCKED" : "";
  const encoded = values.map((value) => (typeof value === "string" ? glue.encode_postgres_text(value) : value));
  const { rows, rowCount } = await client.query(glue.postgres_numbered(statement) + locking, encoded);
  return { rows: rows.map(decoded), changes: rowCount ?? 0 };
}

function decoded(row: unknown): Row {
  const columns = Object.entries(row as Row).map(([name, value]) => [
    name,
    typeof value === "string" ? glue.decode_postgres_text(value) : value,
  ]);
  return Object.fromEntries(columns) as Row;
}

/** Claims and rates in SQLite: what must outlive the process, or be shared by those of a machine. */

import { number, text } from "../check.js";
import type { RateLimit, RateSlots, RateStore } from "./rate-limit.js";
import { decideClaim, type Held, type ReplayStore } from "./replay.js";
import { guardStatements } from "./sql.js";
import { setUp, type SqliteDatabase, type SqliteStatement, transact } from "./sqlite-database.js";
import { after } from "./timer.js";
import { randomToken } from "./token.js";

type Statements = Record<Exclude<keyof ReturnType<typeof guardStatements>, "schema">, SqliteStatement>;

/**
 * Claims and rates in an SQLite database, for both options of a `Receiver`. It makes two tables,
 * switches the database to its write-ahead log, and waits up to a second for other processes.
 *
 * Give it a connection of its own: it runs transactions, and none of yours may be open meanwhile.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from "node:sqlite";
 * import { SqliteStore } from "countersign/receiver";
 *
 * const store = new SqliteStore(new DatabaseSync("receiver.db"));
 * const token = store.claim("stripe:evt_1", 300);
 * store.complete("stripe:evt_1", token, 86_400);
 * ```
 */
export class SqliteStore implements ReplayStore, RateStore {
  readonly #database: SqliteDatabase;
  readonly #statements: Statements;

  /** @param clock The clock in Unix milliseconds, the same for all who share the file. */
  constructor(
    database: SqliteDatabase,
    readonly clock: () => number = Date.now,
  ) {
    const { schema, ...statements } = guardStatements();
    setUp(database, schema);
    this.#database = database;
    // A power cut may take the last claims with it, a killed process does not.
    database.exec("PRAGMA synchronous = NORMAL");
    const prepared = Object.entries(statements).map(([name, sql]) => [name, database.prepare(sql)]);
    this.#statements = Object.fromEntries(prepared) as Statements;
  }

  claim(key: string, lease: number): string {
    const { held, hold, forget_claims: forgetClaims } = this.#statements;
    const token = randomToken();
    this.#transaction((now) => {
      decideClaim(asHeld(held.get(text("the key", key))), now);
      hold.run(key, "in progress", token, after(now, number("the lease", lease)));
      forgetClaims.run(now);
    });
    return token;
  }

  complete(key: string, token: string, lifetime: number): void {
    this.#statements.hold.run(text("the key", key), "handled", token, after(this.clock(), number("the lifetime", lifetime)));
  }

  release(key: string, token: string): void {
    this.#statements.release.run(text("the key", key), text("the token", token));
  }

  admit(caller: string, limit: RateLimit): void {
    const { slots, count, forget_rates: forgetRates } = this.#statements;
    this.#transaction((now) => {
      const row = slots.get(text("the caller", caller)) as { slots: string } | null | undefined;
      const kept = limit.admit(row ? (JSON.parse(row.slots) as RateSlots) : [], now);
      count.run(caller, JSON.stringify(kept), now + limit.windowMs + 2 * limit.slotMs);
      forgetRates.run(now);
    });
  }

  /** A refusal leaves everything as it was. */
  #transaction(action: (now: number) => void): void {
    // The clock only then: waiting for another process takes time.
    transact(this.#database, () => action(Math.floor(this.clock())));
  }
}

function asHeld(row: unknown): Held | null {
  const { state, until_ms: untilMs } = (row ?? {}) as { state?: Held["state"]; until_ms?: number };
  return state === undefined || untilMs === undefined ? null : { state, untilMs };
}

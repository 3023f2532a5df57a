/** Claims and rates in SQLite: what must outlive the process, or be shared by those of a machine. */

import { number, text, wrong } from "../check.js";
import type { RateLimit, RateSlots, RateStore } from "./rate-limit.js";
import { decideClaim, type Held, type ReplayStore } from "./replay.js";
import { randomToken } from "./token.js";

/** A database as `node:sqlite` (`DatabaseSync`) and `better-sqlite3` give it. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
}

/** A statement of such a database. */
export interface SqliteStatement {
  get(...values: (string | number)[]): unknown;
  run(...values: (string | number)[]): unknown;
}

/** How long a process waits for another that writes, in milliseconds. */
const BUSY_TIMEOUT = 1_000;
/** How often the switch to the write-ahead log is tried. */
const SWITCH_ATTEMPTS = 20;
/** How many expired rows of each table are deleted at a time. */
const BATCH = 100;

/** The same in every language, so that processes of different languages can share a file. */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS countersign_claims (
  key TEXT PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('in progress', 'handled')),
  token TEXT NOT NULL,
  until_ms INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS countersign_claims_until ON countersign_claims (until_ms);
CREATE TABLE IF NOT EXISTS countersign_rates (
  caller TEXT PRIMARY KEY,
  slots TEXT NOT NULL,
  until_ms INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS countersign_rates_until ON countersign_rates (until_ms);
`;

const STATEMENTS = {
  held: "SELECT state, until_ms FROM countersign_claims WHERE key = ?",
  hold: `INSERT INTO countersign_claims (key, state, token, until_ms) VALUES (?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET state = excluded.state, token = excluded.token, until_ms = excluded.until_ms`,
  release: "DELETE FROM countersign_claims WHERE key = ? AND token = ? AND state = 'in progress'",
  forgetClaims: `DELETE FROM countersign_claims WHERE key IN
    (SELECT key FROM countersign_claims WHERE until_ms <= ? LIMIT ${BATCH})`,
  slots: "SELECT slots FROM countersign_rates WHERE caller = ?",
  count: `INSERT INTO countersign_rates (caller, slots, until_ms) VALUES (?, ?, ?)
    ON CONFLICT (caller) DO UPDATE SET slots = excluded.slots, until_ms = excluded.until_ms`,
  forgetRates: `DELETE FROM countersign_rates WHERE caller IN
    (SELECT caller FROM countersign_rates WHERE until_ms <= ? LIMIT ${BATCH})`,
} as const;

type Statements = Record<keyof typeof STATEMENTS, SqliteStatement>;

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
    if (typeof database?.exec !== "function" || typeof database.prepare !== "function") {
      throw wrong("the database", "a DatabaseSync of node:sqlite or a Database of better-sqlite3", database);
    }
    this.#database = database;
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
    useWriteAheadLog(database);
    // A power cut may take the last claims with it, a killed process does not.
    database.exec("PRAGMA synchronous = NORMAL");
    database.exec(SCHEMA);
    const prepared = Object.entries(STATEMENTS).map(([name, sql]) => [name, database.prepare(sql)]);
    this.#statements = Object.fromEntries(prepared) as Statements;
  }

  claim(key: string, lease: number): string {
    const { held, hold, forgetClaims } = this.#statements;
    const token = randomToken();
    this.#transaction((now) => {
      decideClaim(asHeld(held.get(text("the key", key))), now);
      hold.run(key, "in progress", token, until(now, lease));
      forgetClaims.run(now);
    });
    return token;
  }

  complete(key: string, token: string, lifetime: number): void {
    this.#statements.hold.run(text("the key", key), "handled", token, until(this.clock(), lifetime));
  }

  release(key: string, token: string): void {
    this.#statements.release.run(text("the key", key), text("the token", token));
  }

  admit(caller: string, limit: RateLimit): void {
    const { slots, count, forgetRates } = this.#statements;
    this.#transaction((now) => {
      const row = slots.get(text("the caller", caller)) as { slots: string } | null | undefined;
      const kept = limit.admit(row ? (JSON.parse(row.slots) as RateSlots) : [], now);
      count.run(caller, JSON.stringify(kept), now + limit.windowMs + 2 * limit.slotMs);
      forgetRates.run(now);
    });
  }

  /** Nobody else writes in between; a refusal leaves everything as it was. */
  #transaction(action: (now: number) => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      // Only now: waiting for another process takes time.
      action(Math.floor(this.clock()));
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** SQLite has rolled back by itself after some failures, such as a full disk. */
  #rollBack(): void {
    try {
      this.#database.exec("ROLLBACK");
    } catch {
      // Then there is no transaction any more, and the failure that led here is the one to tell.
    }
  }
}

/**
 * SQLite does not wait for others at this switch, which happens once in the life of a file: those
 * that open a fresh one together get in each other's way.
 */
function useWriteAheadLog(database: SqliteDatabase): void {
  for (let attempt = 1; ; attempt++) {
    try {
      database.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (error) {
      if (attempt === SWITCH_ATTEMPTS) {
        throw error;
      }
      // Here it does wait until the others are done.
      database.exec("BEGIN IMMEDIATE; COMMIT");
    }
  }
}

function asHeld(row: unknown): Held | null {
  const { state, until_ms: untilMs } = (row ?? {}) as { state?: Held["state"]; until_ms?: number };
  return state === undefined || untilMs === undefined ? null : { state, untilMs };
}

function until(nowMs: number, seconds: number): number {
  const end = Math.ceil(nowMs + number("the time", seconds) * 1e3);
  // Larger numbers could be written, but not read again.
  return Math.min(end, Number.MAX_SAFE_INTEGER);
}

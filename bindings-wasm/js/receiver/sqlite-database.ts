/** SQLite databases that users open. */

import { wrong } from "../check.js";

/** A database as `node:sqlite` (`DatabaseSync`) and `better-sqlite3` give it. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
}

/** A statement of such a database. It takes strings, numbers, `null` and bytes. */
export interface SqliteStatement {
  get(...values: any[]): unknown;
  all(...values: any[]): unknown[];
  run(...values: any[]): { readonly changes: number | bigint };
}

/** How long a process waits for another that writes, in milliseconds. */
const BUSY_TIMEOUT = 1_000;
/** How often the switch to the write-ahead log is tried. */
const SWITCH_ATTEMPTS = 20;

/** Makes the database one that several processes can share, with these tables. */
export function setUp(database: SqliteDatabase, schema: string): void {
  if (typeof database?.exec !== "function" || typeof database.prepare !== "function") {
    throw wrong("the database", "a DatabaseSync of node:sqlite or a Database of better-sqlite3", database);
  }
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
  useWriteAheadLog(database);
  database.exec(schema);
}

/** Does all of it or nothing, and nobody else writes in between. */
export function transact<T>(database: SqliteDatabase, action: () => T, begin = "BEGIN IMMEDIATE"): T {
  database.exec(begin);
  try {
    const result = action();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

/** SQLite has rolled back by itself after some failures, such as a full disk. */
function rollBack(database: SqliteDatabase): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // Then there is no transaction any more, and the failure that led here is the one to tell.
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

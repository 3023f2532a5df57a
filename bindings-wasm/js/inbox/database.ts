/** What an inbox needs of a database. */

/** What a statement takes. */
export type Value = string | number | null | Uint8Array;

/** The columns of a row by their names. */
export type Row = Readonly<Record<string, unknown>>;

/** A statement of a transaction. Each place of a value is a question mark. */
export interface Query {
  readonly statement: string;
  readonly values: readonly Value[];
  /** Whether rows are wanted, or how many were changed; or rows that nobody else is about to change. */
  readonly wanted: "rows" | "locked rows" | "changes";
}

/** What a statement gave. */
export interface Reply {
  readonly rows: readonly Row[];
  readonly changes: number;
}

/** What is to be done with a database: it yields statements and gets their replies. */
export type Steps<T> = Generator<Query, T, Reply>;

/**
 * `read` changes nothing. What was to `store` survives a power cut; what was merely to `note`
 * survives the end of the process, and a power cut at most undoes the last of it.
 */
export type Purpose = "read" | "note" | "store";

/** A database. */
export interface Database {
  /**
   * Does the steps as a whole or not at all.
   *
   * @param steps Gets when the transaction began, in Unix milliseconds.
   */
  transaction<T>(purpose: Purpose, steps: (now: number) => Steps<T>): Promise<T>;
}

export function* rows(statement: string, ...values: Value[]): Steps<readonly Row[]> {
  return (yield { statement, values, wanted: "rows" }).rows;
}

export function* lockedRows(statement: string, ...values: Value[]): Steps<readonly Row[]> {
  return (yield { statement, values, wanted: "locked rows" }).rows;
}

export function* changes(statement: string, ...values: Value[]): Steps<number> {
  return (yield { statement, values, wanted: "changes" }).changes;
}

/** Does the steps in a database that answers at once. */
export function perform<T>(steps: Steps<T>, ask: (query: Query) => Reply): T {
  let step = steps.next();
  while (!step.done) {
    step = steps.next(ask(step.value));
  }
  return step.value;
}

/** Does the steps in a database that has to be waited for. */
export async function performLater<T>(steps: Steps<T>, ask: (query: Query) => Promise<Reply>): Promise<T> {
  let step = steps.next();
  while (!step.done) {
    step = steps.next(await ask(step.value));
  }
  return step.value;
}

/** Replays of many dead letters in an SQL database. */

import { changes, type Database, lockedRows, type Row, rows } from "../inbox/database.js";
import type { Replay, ReplayFilter } from "./looking.js";
import { isPageDue, nextPage, pageOf, untilPage } from "./pacing.js";
import { conditionsOf, replayOf } from "./rows.js";
import { onDeliveries, type Statements } from "./statements.js";
import type { ReplayStep } from "./store.js";

/** Programs in Rust and Python go on with them. */
export class SqlReplays {
  readonly #database: Database;
  readonly #statements: Statements;

  constructor(database: Database, statements: Statements) {
    this.#database = database;
    this.#statements = statements;
  }

  begin(filter: ReplayFilter, perSecond: number): Promise<Replay> {
    const { begin_replay } = this.#statements;
    const conditions = conditionsOf(filter);
    const count = onDeliveries("count", conditions, true);
    return this.#database.transaction("store", function* (now) {
      const [counted] = yield* rows(count.statement, ...count.values);
      // The columns have other names in each database.
      const [total, last] = Object.values(counted!).map((value) => Number(value ?? 0)) as [number, number];
      const { endpoint, type, reason, sinceMs, untilMs } = conditions;
      const wanted = [endpoint, type, reason, sinceMs, untilMs].map((value) => value ?? null);
      const values = [...wanted, perSecond, last, total, now, now];
      const [made] = yield* rows(`${begin_replay} RETURNING number`, ...values);
      const number = Number(made!["number"]);
      return { number, total, replayed: 0, perSecond, state: "running", created: now / 1e3 };
    });
  }

  async latest(most: number): Promise<Replay[]> {
    const { replays } = this.#statements;
    return (await this.#database.transaction("read", () => rows(replays, most))).map(replayOf);
  }

  async cancel(number: number): Promise<boolean> {
    const { cancel_replay } = this.#statements;
    return (await this.#database.transaction("store", () => changes(cancel_replay, number))) === 1;
  }

  step(): Promise<ReplayStep> {
    const { running_replays, replay_one, put_replay } = this.#statements;
    return this.#database.transaction("note", function* (now) {
      const running = yield* lockedRows(running_replays);
      const due = running.map((row) => Number(row["next_ms"]));
      // One at a time: the others are next.
      const row = running.find((_, place) => isPageDue(due[place]!, now));
      if (row === undefined) {
        return { endpoints: [], next: untilPage(due, now) };
      }
      const perSecond = Math.max(Number(row["per_second"]), 1);
      const most = pageOf(perSecond);
      const { statement, values } = onDeliveries("numbers", meantBy(row), true);
      const found = yield* rows(statement, ...values, most);
      const endpoints = new Set<number>();
      let count = 0;
      for (const { number, endpoint, disabled } of found) {
        if (disabled === null) {
          endpoints.add(Number(endpoint));
          yield* changes(replay_one, 1, now, Number(number));
          count++;
        }
      }
      const position = Number(found.at(-1)?.["number"] ?? row["position"]);
      const state = found.length < most ? "done" : "running";
      yield* changes(put_replay, position, count, state, nextPage(now, count, perSecond), Number(row["number"]));
      return { endpoints: [...endpoints], next: 0 };
    });
  }
}

/** The dead letters of a replay that are still to come. */
function meantBy(row: Row) {
  const text = (name: string) => row[name] as string | null;
  const number = (name: string) => (row[name] === null ? null : Number(row[name]));
  return {
    endpoint: text("endpoint"),
    type: text("event_type"),
    reason: text("reason"),
    sinceMs: number("since_ms"),
    untilMs: number("until_ms"),
    after: number("position"),
    last: number("last"),
  };
}

/** What people ask of an inbox: what is in it, once more, away with it. */

import { number, options, text, whole, word } from "../check.js";
import { glue } from "../receiver/core.js";
import { inboxStatements } from "../receiver/sql.js";
import { changes, type Database, rows, type Value } from "./database.js";
import { Signals } from "./signals.js";
import { fromRow, type State, STATES, type StoredEvent } from "./stored.js";

/** Which events are listed. */
export interface EventsOptions {
  readonly state?: State | null | undefined;
  readonly type?: string | null | undefined;
  /** At most so many; 100 if not given. */
  readonly limit?: number | null | undefined;
  /** The number of the last event that was listed, for those that come next. */
  readonly before?: number | null | undefined;
}

/** Which events are handled once more. */
export interface ReplayOptions {
  /** `dead` if not given. */
  readonly state?: Exclude<State, "running"> | null | undefined;
  readonly type?: string | null | undefined;
}

const BATCH = 500;
const SETTLED = ["waiting", "handled", "dead"] as const;

/** Lists, counts, replays and purges. Everything rejects with what the database throws. */
export class Management {
  /** @internal */
  protected readonly database: Database;
  /** @internal */
  protected readonly statements = inboxStatements();
  /** @internal */
  readonly signals = new Signals();

  constructor(database: Database) {
    this.database = database;
  }

  /** The latest events, newest first. */
  async events(which?: EventsOptions): Promise<StoredEvent[]> {
    const known = { state: true, type: true, limit: true, before: true } as const;
    const { state, type, limit, before } = options("the options", known, which);
    const values: Value[] = [];
    if (state !== undefined && state !== null) {
      values.push(word("the state", STATES, state));
    }
    if (type !== undefined && type !== null) {
      values.push(text("the type", type));
    }
    if (before !== undefined && before !== null) {
      values.push(whole("before", before));
    }
    const isGiven = (value: unknown) => value !== undefined && value !== null;
    const statement = glue.inbox_events(isGiven(state), isGiven(type), isGiven(before));
    const most = whole("the limit", limit ?? 100);
    const found = await this.database.transaction("read", () => rows(statement, ...values, most));
    return found.map(fromRow);
  }

  /** The event with this number; `null` if there is none, or none any more. */
  async event(eventNumber: number): Promise<StoredEvent | null> {
    const checked = whole("the number", eventNumber);
    const [row] = await this.database.transaction("read", () => rows(this.statements.event, checked));
    return row === undefined ? null : fromRow(row);
  }

  /** The events that are not tried again, newest first. */
  deadLetters(which?: Omit<EventsOptions, "state">): Promise<StoredEvent[]> {
    return this.events({ ...which, state: "dead" });
  }

  /**
   * Has the event with this number, or all of a state and type, handled once more, at once and with
   * all attempts; how many they are. One that is being handled is left alone.
   */
  async replay(which?: number | ReplayOptions): Promise<number> {
    const { replay_one: one, replay_state: ofState, replay_type: ofType } = this.statements;
    let statement: string;
    let values: Value[];
    if (typeof which === "number") {
      [statement, values] = [one, [whole("the number", which)]];
    } else {
      const { state, type } = options("the options", { state: true, type: true }, which);
      values = [word("the state", SETTLED, state ?? "dead")];
      const hasType = type !== undefined && type !== null;
      statement = hasType ? ofType : ofState;
      values.push(...(hasType ? [text("the type", type)] : []));
    }
    const count = await this.database.transaction("store", (now) => changes(statement, now, now, ...values));
    this.signals.ring();
    return count;
  }

  /**
   * Deletes the events of this state that were received more than so many seconds ago; how many
   * they were. The same deliveries are then taken as new. Those that wait are lost.
   */
  async purge(state: Exclude<State, "running">, olderThan: number): Promise<number> {
    const checked = word("the state", SETTLED, state);
    const age = number("the age", olderThan) * 1e3;
    const { purge } = this.statements;
    for (let count = 0; ; ) {
      const deleted = await this.database.transaction("store", (now) =>
        changes(purge, checked, checked, Math.ceil(now - age), BATCH),
      );
      count += deleted;
      if (deleted < BATCH) {
        return count;
      }
    }
  }

  /**
   * Deletes some of the handled events that nobody can deliver again, as workers do now and then;
   * whether there may be more.
   */
  async forget(): Promise<boolean> {
    const { forget } = this.statements;
    return (await this.database.transaction("note", (now) => changes(forget, now, BATCH))) === BATCH;
  }

  /** How many events are in each state. */
  async counts(): Promise<Record<State, number>> {
    const found = await this.database.transaction("read", () => rows(this.statements.counts));
    // The second column has another name in each database.
    const counts = new Map(found.map((row) => Object.values(row) as [State, unknown]));
    const count = (state: State) => [state, Number(counts.get(state) ?? 0)] as const;
    return Object.fromEntries(STATES.map(count)) as Record<State, number>;
  }
}

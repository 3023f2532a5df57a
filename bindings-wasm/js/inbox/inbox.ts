/** What receivers put into an inbox, and workers take out of it. */

import { count, number, text } from "../check.js";
import type { Event } from "../event.js";
import type { EventStore, InsertOptions } from "../receiver/event-store.js";
import { after } from "../receiver/timer.js";
import { randomToken } from "../receiver/token.js";
import { changes, lockedRows, rows, type Steps } from "./database.js";
import { Management } from "./management.js";
import { fromRow, type StoredEvent, type StoredValues, toValues } from "./stored.js";

/** An event in the hands of a worker, and the token that proves it. */
export interface Taken {
  readonly stored: StoredEvent;
  readonly token: string;
}

/** An event that is to be stored. */
export interface Arrival {
  readonly values: StoredValues;
  readonly options: InsertOptions;
}

/**
 * What all inboxes are, whatever their database. Times are in seconds. Everything rejects with what
 * the database throws, and has then changed nothing.
 */
export class Inbox extends Management implements EventStore {
  #latest = Infinity;

  /** Stores the event durably; see `EventStore` of `countersign/receiver`. */
  async insert(event: Event, scheme: string, insertOptions: InsertOptions = {}): Promise<number | null> {
    const values = toValues(event, text("the scheme", scheme));
    const stored = await this.store({ values, options: insertOptions });
    if (stored !== null) {
      this.signals.ring();
    }
    return stored;
  }

  /** @internal */
  protected store(arrival: Arrival): Promise<number | null> {
    return this.database.transaction("store", (now) => this.inserted(arrival, now));
  }

  /** @internal */
  protected *inserted({ values, options }: Arrival, now: number): Steps<number | null> {
    if (values[0] !== null) {
      yield* changes(this.statements.forget_key, values[0], now);
    }
    const [row] = yield* rows(`${this.statements.insert} RETURNING number`, ...values, now, now, now);
    if (row === undefined) {
      return null;
    }
    const eventNumber = Number(row["number"]);
    // Before it is committed: then a worker may be faster than the answer.
    this.signals.expect(eventNumber, options);
    return eventNumber;
  }

  /**
   * In how many seconds the next event of this scheme is due, 0 or less if now; `null` if none
   * waits. Those whose numbers are `held` by the caller do not count.
   */
  async nextDue(scheme: string, held: readonly number[] = []): Promise<number | null> {
    const checked = text("the scheme", scheme);
    const { next_due: statement } = this.statements;
    const { found, now } = await this.database.transaction("read", function* (now) {
      return { found: yield* rows(statement, checked, held.length + 1), now };
    });
    if (now < this.#latest) {
      // At the start, too: it may have been set back before.
      await this.#followClock();
    }
    this.#latest = now;
    const next = found.find((row) => !held.includes(Number(row["number"])));
    return next === undefined ? null : (Number(next["due_ms"]) - now) / 1e3;
  }

  /** What was due soon before the clock was set back shall be due soon, not that much later. */
  async #followClock(): Promise<void> {
    const { set_clock_back: statement } = this.statements;
    await this.database.transaction("note", (now) => changes(statement, now, now, now));
  }

  /** At most so many events that are due, each for one worker until its lease ends; none that is held. */
  async take(scheme: string, most: number, lease: number, held: readonly number[] = []): Promise<Taken[]> {
    const checked = text("the scheme", scheme);
    const wanted = count("the number of events", most);
    const duration = number("the lease", lease);
    const token = randomToken();
    const { due, take } = this.statements;
    return this.database.transaction("note", function* (now) {
      const found = yield* lockedRows(due, checked, now, wanted + held.length);
      const free = found.map(fromRow).filter((stored) => !held.includes(stored.number)).slice(0, wanted);
      const until = after(now, duration);
      const taken: Taken[] = [];
      for (const stored of free) {
        yield* changes(take, until, now, token, stored.number);
        const running = { ...stored, state: "running", attempts: stored.attempts + 1, due: until / 1e3 } as const;
        taken.push({ stored: running, token });
      }
      return taken;
    });
  }

  /** Begins the leases of these events again, unless they have ended and others have them. */
  async renew(taken: readonly Taken[], lease: number): Promise<void> {
    const duration = number("the lease", lease);
    const { renew } = this.statements;
    await this.database.transaction("note", function* (now) {
      for (const { stored, token } of taken) {
        yield* changes(renew, after(now, duration), now, stored.number, token);
      }
    });
  }

  /**
   * The event was handled, and is remembered so long; `false` if its lease had ended and another
   * has it, so that it is handled twice.
   */
  done(taken: Taken, lifetime: number): Promise<boolean> {
    return this.#settle(taken, "handled", number("the lifetime", lifetime), null);
  }

  /**
   * The attempt failed, for this reason. The event is tried again after the delay, or is a dead
   * letter if that is `null`; `false` if another has it.
   */
  failed(taken: Taken, error: string, delay: number | null): Promise<boolean> {
    const state = delay === null ? "dead" : "waiting";
    return this.#settle(taken, state, number("the delay", delay ?? 0), text("the error", error));
  }

  async #settle({ stored, token }: Taken, state: string, seconds: number, error: string | null): Promise<boolean> {
    const { settle } = this.statements;
    const changed = await this.database.transaction("note", (now) =>
      changes(settle, state, after(now, seconds), now, error, stored.number, token),
    );
    this.signals.tell(stored.number, error === null);
    return changed === 1;
  }
}

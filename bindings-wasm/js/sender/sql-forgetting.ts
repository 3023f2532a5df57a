/** Deletes what is past from an SQL database. */

import { changes, type Database, type Row, rows } from "../inbox/database.js";
import type { DeliveryState } from "./looking.js";
import type { Statements } from "./statements.js";
import type { Retention } from "./store.js";

const PAGE = 500;

/** Goes through deliveries and then messages, a page a step, and begins again. */
export class SqlForgetting {
  readonly #database: Database;
  readonly #statements: Statements;
  /** The last delivery that was looked at, and the last message after all of them. */
  #position = { delivery: 0, message: 0, deliveriesAreDone: false };

  constructor(database: Database, statements: Statements) {
    this.#database = database;
    this.#statements = statements;
  }

  /** Whether there may be more. */
  step(retention: Retention): Promise<boolean> {
    return this.#position.deliveriesAreDone ? this.#forgetMessages(retention) : this.#forgetDeliveries(retention);
  }

  async #forgetDeliveries(retention: Retention): Promise<boolean> {
    const { settled, delete_delivery, delete_attempts, delete_message } = this.#statements;
    const position = this.#position;
    const found = await this.#database.transaction("note", function* (now) {
      const page = yield* rows(settled, position.delivery, PAGE);
      for (const row of page) {
        const state = row["state"] as DeliveryState;
        const age = (now - Number(row["due_ms"])) / 1e3;
        if (state === "delivered" ? age >= retention.delivered : state === "dead" && age >= retention.dead) {
          yield* changes(delete_delivery, Number(row["number"]));
          yield* changes(delete_attempts, Number(row["number"]));
          yield* changes(delete_message, Number(row["message"]), beforeNow(now, retention.idempotencyKeys));
        }
      }
      return page;
    });
    position.delivery = lastOf(found);
    position.deliveriesAreDone = found.length < PAGE;
    return true;
  }

  /** Those whose deliveries were forgotten before their keys, or that nobody wanted. */
  async #forgetMessages({ delivered, dead, idempotencyKeys }: Retention): Promise<boolean> {
    const { lonely_messages, delete_message } = this.#statements;
    const position = this.#position;
    const found = await this.#database.transaction("note", function* (now) {
      const page = yield* rows(lonely_messages, position.message, beforeNow(now, Math.min(delivered, dead)), PAGE);
      for (const row of page) {
        yield* changes(delete_message, Number(row["number"]), beforeNow(now, idempotencyKeys));
      }
      return page;
    });
    const isMore = found.length === PAGE;
    position.message = isMore ? lastOf(found) : 0;
    position.deliveriesAreDone = isMore;
    position.delivery = 0;
    return isMore;
  }
}

function lastOf(found: readonly Row[]): number {
  return Number(found.at(-1)?.["number"] ?? 0);
}

function beforeNow(now: number, seconds: number): number {
  return Math.floor(now - seconds * 1e3);
}

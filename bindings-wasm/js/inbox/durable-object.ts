/** An inbox in a Durable Object, for Cloudflare Workers. */

import { inboxStatements } from "../receiver/sql.js";
import { type Database, perform, type Purpose, type Query, type Reply, type Row, type Steps } from "./database.js";
import { Inbox } from "./inbox.js";

/** The storage of a Durable Object with SQLite, `ctx.storage`. */
export interface DurableObjectSqlStorage {
  transactionSync<T>(action: () => T): T;
  readonly sql: { exec(query: string, ...values: any[]): { toArray(): unknown[] } };
}

/**
 * An inbox in the SQLite of a Durable Object. The platform holds an answer back until what was
 * stored before it is durable.
 *
 * @example
 * ```ts
 * import { DurableObject } from "cloudflare:workers";
 * import { Webhook } from "countersign";
 * import { fetchHandler } from "countersign/fetch";
 * import { DurableObjectInbox, Workers } from "countersign/inbox";
 * import { Receiver } from "countersign/receiver";
 *
 * export class Hooks extends DurableObject {
 *   inbox = new DurableObjectInbox(this.ctx.storage);
 *   receiver = new Receiver(new Webhook("stripe", "whsec_test"), { inbox: this.inbox })
 *     .on("invoice.paid", async (event) => console.log(event.id));
 *   workers = new Workers(this.receiver, this.inbox);
 *
 *   async fetch(request: Request) {
 *     const response = await fetchHandler(this.receiver)(request);
 *     await this.ctx.storage.setAlarm(Date.now());
 *     return response;
 *   }
 *
 *   // An object sleeps between requests, so that an alarm wakes it for what is due.
 *   async alarm() {
 *     const wait = await this.workers.handleDue();
 *     if (wait !== null) {
 *       await this.ctx.storage.setAlarm(Date.now() + wait * 1e3);
 *     }
 *   }
 * }
 * ```
 */
export class DurableObjectInbox extends Inbox {
  /** @param clock The clock in Unix milliseconds. */
  constructor(storage: DurableObjectSqlStorage, clock: () => number = Date.now) {
    super(new DurableObject(storage, clock));
  }
}

class DurableObject implements Database {
  readonly #storage: DurableObjectSqlStorage;
  readonly #clock: () => number;

  constructor(storage: DurableObjectSqlStorage, clock: () => number) {
    storage.sql.exec(inboxStatements().sqlite_schema);
    this.#storage = storage;
    this.#clock = clock;
  }

  async transaction<T>(_purpose: Purpose, steps: (now: number) => Steps<T>): Promise<T> {
    const action = () => perform(steps(Math.floor(this.#clock())), (query) => this.#reply(query));
    return this.#storage.transactionSync(action);
  }

  #reply({ statement, values, wanted }: Query): Reply {
    const { sql } = this.#storage;
    const rows = sql.exec(statement, ...values).toArray() as Row[];
    const changes = wanted === "changes" ? Number((sql.exec("SELECT changes() AS changes").toArray() as Row[])[0]!["changes"]) : 0;
    return { rows, changes };
  }
}

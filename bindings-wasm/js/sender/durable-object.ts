/** A store of a sender in a Durable Object, for Cloudflare Workers. */

import { DurableObjectConnection, type DurableObjectSqlStorage } from "../inbox/durable-object-connection.js";
import { SqlSenderStore } from "./sql-store.js";
import { outboxStatements } from "./statements.js";

/**
 * Keeps the messages of a sender in the SQLite of a Durable Object. The platform holds an answer back
 * until what was stored before it is durable.
 *
 * @example
 * ```ts
 * import { DurableObject } from "cloudflare:workers";
 * import { DurableObjectSenderStore, Sender } from "countersign/sender";
 *
 * export class Outbox extends DurableObject {
 *   sender = new Sender({ store: new DurableObjectSenderStore(this.ctx.storage) });
 *
 *   async publish(type: string, data: unknown) {
 *     const sent = await this.sender.publish(type, data);
 *     await this.ctx.storage.setAlarm(Date.now());
 *     return sent;
 *   }
 *
 *   // An object sleeps between requests, so that an alarm wakes it for what is due.
 *   async alarm() {
 *     const wait = await this.sender.deliverDue();
 *     if (wait !== null) {
 *       await this.ctx.storage.setAlarm(Date.now() + wait * 1e3);
 *     }
 *   }
 * }
 * ```
 */
export class DurableObjectSenderStore extends SqlSenderStore {
  /** @param clock The clock in Unix milliseconds. */
  constructor(storage: DurableObjectSqlStorage, clock: () => number = Date.now) {
    super(new DurableObjectConnection(storage, outboxStatements().sqlite_schema, clock));
  }
}

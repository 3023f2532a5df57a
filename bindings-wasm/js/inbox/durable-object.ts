/** An inbox in a Durable Object, for Cloudflare Workers. */

import { inboxStatements } from "../receiver/sql.js";
import { DurableObjectConnection, type DurableObjectSqlStorage } from "./durable-object-connection.js";
import { Inbox } from "./inbox.js";

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
    super(new DurableObjectConnection(storage, inboxStatements().sqlite_schema, clock));
  }
}

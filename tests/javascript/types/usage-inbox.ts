// What users write to defer, in every host.

import { type Event, RetryPolicy, Webhook } from "countersign";
import {
  DurableObjectInbox,
  type DurableObjectSqlStorage,
  type Inbox,
  type PostgresClient,
  PostgresInbox,
  type PostgresPool,
  SqliteInbox,
  type State,
  type StoredEvent,
  Workers,
} from "countersign/inbox";
import { type EventStore, type InsertOptions, Receiver, type SqliteDatabase } from "countersign/receiver";

class OwnInbox implements EventStore {
  async insert(event: Event, scheme: string, options?: InsertOptions): Promise<number | null> {
    options?.onAttempt?.(event.dedupeKey !== null && scheme !== "");
    return options?.signal?.aborted ? null : 1;
  }
}

const webhook = new Webhook("stripe", "whsec_test");
new Receiver(webhook, { inbox: new OwnInbox(), wait: 2 });
new Receiver(webhook, { inbox: { insert: () => null } });

declare const database: SqliteDatabase;
declare const pool: PostgresPool;
declare const client: PostgresClient;
declare const storage: DurableObjectSqlStorage;
client.release(true);

const inboxes: Inbox[] = [
  new SqliteInbox(database, Date.now),
  new PostgresInbox(pool, { timeout: 1 }),
  new DurableObjectInbox(storage),
];

export async function work(inbox: Inbox): Promise<number> {
  const receiver = new Receiver(webhook, { inbox });
  receiver.on("*", async (event) => event.id?.length);
  const options = { concurrency: 8, policy: RetryPolicy.exponential(1, 5), lease: 30, timeLimit: 60, poll: 0.5 };
  const workers = new Workers(receiver, inbox, options);
  workers.start();
  const dead: StoredEvent[] = await inbox.deadLetters({ limit: 10, type: "invoice.paid" });
  const state: State | undefined = dead[0]?.state;
  await inbox.events({ state, before: 7 });
  await inbox.replay(7);
  await inbox.replay({ state: "handled", type: null });
  await inbox.purge("dead", 86_400);
  const stopped: boolean = await workers.stop(10);
  const disposable: AsyncDisposable = workers;
  await disposable[Symbol.asyncDispose]();
  const wait: number | null = await workers.handleDue();
  const { handled, waiting } = await inbox.counts();
  return stopped ? handled + waiting + (wait ?? 0) : inboxes.length;
}

export async function scoped(receiver: Receiver, inbox: Inbox): Promise<void> {
  await using workers = new Workers(receiver, inbox);
  workers.start();
}

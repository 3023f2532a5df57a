/**
 * A program that sends, to be killed. usage: FILE URL FIRST COUNT
 *
 * It sends so many messages, writes the number of each that was committed to its standard output, and
 * delivers what is in the outbox until nothing waits, unless it is killed before.
 */

import { writeSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

import { RetryPolicy } from "countersign";
import { Sender, SqliteSenderStore } from "countersign/sender";

import { endpointAt } from "../sender-helpers.mjs";

const [file, url, first, count] = process.argv.slice(2);
const sender = new Sender({
  store: new SqliteSenderStore(new DatabaseSync(file)),
  retryPolicy: RetryPolicy.exponential(0.01, 50),
  timeouts: { total: 0.2 },
  lease: 0.4,
  poll: 0.05,
  endpointConcurrency: 4,
  log: null,
});
await sender.putEndpoint(endpointAt(url));
sender.start();
for (let at = Number(first); at < Number(first) + Number(count); at += 4) {
  const numbers = [at, at + 1, at + 2, at + 3];
  // Who is not sure whether it was committed sends it again.
  await Promise.all(numbers.map((number) => sender.send("a", "ping", number, { idempotencyKey: String(number) })));
  writeSync(1, numbers.map((number) => `${number}\n`).join(""));
  await sleep(2);
}
for (let isSettled = false; !isSettled; await sleep(20)) {
  const { waiting, running } = await sender.counts();
  isSettled = waiting === 0 && running === 0;
}
await sender.stop();

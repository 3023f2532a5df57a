/**
 * A server with workers, to be killed. usage: PLACE LOG FIRST COUNT LEASE
 *
 * It delivers so many messages to itself, writes the number of each that was acknowledged to its
 * standard output, and handles what is in the inbox until all that is there is handled, unless it
 * is killed before. Its handler writes to the log when it begins and when it ends.
 */

import { appendFileSync, writeSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

import { RetryPolicy } from "countersign";
import { PostgresInbox, SqliteInbox, Workers } from "countersign/inbox";
import { Pool } from "pg";

import { deliver, observed } from "../receiver-helpers.mjs";

const [place, log, first, count, lease] = process.argv.slice(2);
const pool = place.startsWith("{") ? new Pool(JSON.parse(place)) : null;
const inbox = pool === null ? new SqliteInbox(new DatabaseSync(place)) : new PostgresInbox(pool);
const { receiver } = observed({ inbox });
receiver.on("*", async ({ id }) => {
  appendFileSync(log, `begin ${id}\n`);
  await sleep(4);
  appendFileSync(log, `end ${id}\n`);
});

/** Delivers until it is acknowledged, as providers do. */
async function acknowledged(number) {
  while (!(await deliver(receiver, String(number))).startsWith("200")) {
    await sleep(10);
  }
  writeSync(1, `${number}\n`);
}

const policy = RetryPolicy.exponential(0.01, 50);
const workers = new Workers(receiver, inbox, { policy, lease: Number(lease), poll: 0.05 });
workers.start();
for (let at = Number(first); at < Number(first) + Number(count); at += 4) {
  await Promise.all([at, at + 1, at + 2, at + 3].map(acknowledged));
}
for (let isSettled = false; !isSettled; await sleep(50)) {
  const { waiting, running } = await inbox.counts();
  isSettled = waiting === 0 && running === 0;
}
await workers.stop();
await pool?.end();

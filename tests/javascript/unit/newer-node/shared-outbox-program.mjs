/**
 * A sender on an outbox that it shares. usage: OUTBOX URL COUNT LEASE
 *
 * It registers the endpoints and delivers. At each line of its standard input it does what that says:
 * `send` so many messages to each endpoint, `replay` the dead letters, `stop`; then it writes a line,
 * which tells how many.
 */

import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";

import { RetryPolicy } from "countersign";
import { Sender, SqliteSenderStore } from "countersign/sender";

import { endpointAt } from "../sender-helpers.mjs";

const [outbox, url, count, lease] = process.argv.slice(2);
const sender = new Sender({
  store: new SqliteSenderStore(new DatabaseSync(outbox)),
  retryPolicy: RetryPolicy.exponential(0.02, 8),
  timeouts: { total: Number(lease) / 2 },
  lease: Number(lease),
  poll: 0.05,
  log: null,
});
for (const id of ["any", "ordered", "refusing"]) {
  await sender.putEndpoint(endpointAt(`${url}/${id}`, { id, fifo: id === "ordered" }));
}
sender.start();
console.log("ready");
for await (const line of createInterface(process.stdin)) {
  if (line === "stop") {
    break;
  }
  if (line === "send") {
    for (let number = 0; number < Number(count); number += 1) {
      for (const endpoint of ["any", "ordered"]) {
        await sender.send(endpoint, "order.placed", { from: "javascript", number });
      }
    }
    await sender.send("refusing", "order.placed", { from: "javascript", number: 0 });
    console.log(2 * Number(count) + 1);
  } else {
    const letters = await sender.deadLetters();
    const replayed = await Promise.all(letters.map((letter) => sender.replay(letter.number)));
    console.log(replayed.reduce((sum, one) => sum + Number(one), 0));
  }
}
await sender.stop(5);
console.log("stopped");
process.exit();

/** Claims the same keys as its like, and prints those that it got. usage: FILE START */

import { DatabaseSync } from "node:sqlite";

import { CountersignError } from "countersign";
import { SqliteStore } from "countersign/receiver";

const [file, start] = process.argv.slice(2);
while (Date.now() < Number(start));
const store = new SqliteStore(new DatabaseSync(file));
const claimed = [];
for (let at = 0; at < 100; at++) {
  try {
    store.claim(`key ${at}`, 300);
    claimed.push(at);
  } catch (error) {
    if (!(error instanceof CountersignError && error.code === "event_in_progress")) {
      throw error;
    }
  }
}
console.log(JSON.stringify(claimed));

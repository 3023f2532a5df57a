/** Claims the same keys as its like, and prints those that it got. usage: FILE */

import { DatabaseSync } from "node:sqlite";

import { CountersignError } from "countersign";
import { SqliteStore } from "countersign/receiver";

const store = new SqliteStore(new DatabaseSync(process.argv[2]));
const claimed = [];
for (let at = 0; at < 300; at++) {
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

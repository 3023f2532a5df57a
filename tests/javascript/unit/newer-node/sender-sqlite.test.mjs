/** A sender over SQLite. */

import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import Database from "better-sqlite3";
import { SqliteSenderStore } from "countersign/sender";

import { SCENARIOS } from "../sender-scenarios.mjs";
import { temporaryFile } from "./inboxes.mjs";

const OPEN = { "node:sqlite": (file) => new DatabaseSync(file), "better-sqlite3": (file) => new Database(file) };

for (const [kind, open] of Object.entries(OPEN)) {
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    test(`${name} (${kind})`, (context) => {
      const files = new Map();
      return scenario(context, (clock, same) => {
        const file = files.get(same) ?? temporaryFile(context, "outbox.db");
        const database = open(file);
        context.after(() => database.close());
        const store = new SqliteSenderStore(database, clock);
        files.set(store, file);
        return store;
      });
    });
  }
}

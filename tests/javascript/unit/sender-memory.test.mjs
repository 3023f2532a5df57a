/** A sender over the store in memory. */

import { test } from "node:test";

import { MemorySenderStore } from "countersign/sender";

import { SCENARIOS } from "./sender-scenarios.mjs";

for (const [name, scenario] of Object.entries(SCENARIOS)) {
  test(name, (context) => scenario(context, (clock, same) => same ?? new MemorySenderStore({ clock })));
}

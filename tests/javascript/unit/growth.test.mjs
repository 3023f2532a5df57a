/** The module's memory grows while it is read. In a file, and so a process, of its own. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Webhook } from "countersign";

test("what is reported is right while it makes the memory grow", () => {
  const github = new Webhook("github", "hush");
  const body = '{"zen":"Design for failure."}';
  // Small steps, as only some lengths make just the copy of the text too large for what is free.
  for (let length = 1_000; length < 2_000_000; length = Math.floor(length * 1.07)) {
    const id = "x".repeat(length);
    const headers = github.sign(body, { id });
    const verified = github.verify(body, headers);
    for (const { id: reported, dedupeKey } of [verified, verified.event(), github.unwrap(body, headers)]) {
      assert.ok(reported === id, `the id of ${length} units is another`);
      assert.ok(dedupeKey === `github:${id}`, `the dedupe key of ${length} units is another`);
    }
  }
});

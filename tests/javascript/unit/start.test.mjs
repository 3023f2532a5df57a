/** The package starts whatever the page has put into its globals. In a process of its own. */

import assert from "node:assert/strict";
import { test } from "node:test";

test("a global Buffer that is another thing does not matter", async () => {
  const { Buffer } = globalThis;
  // As an element of a page is, whose id is this name.
  globalThis.Buffer = { nodeName: "DIV" };
  try {
    const { Webhook } = await import("countersign");
    const webhook = new Webhook("github", "hush");
    assert.equal(webhook.verify("{}", webhook.sign("{}")).keyIndex, 0);
  } finally {
    globalThis.Buffer = Buffer;
  }
});

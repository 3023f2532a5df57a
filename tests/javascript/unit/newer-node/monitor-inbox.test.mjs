/** Inboxes of the package on the status page. */

import assert from "node:assert/strict";

import { RetryPolicy } from "countersign";
import { Monitor } from "countersign/monitor";

import { BEARER, client, FORM, PATH } from "../monitor-helpers.mjs";
import { deliver, observed } from "../receiver-helpers.mjs";
import { until } from "../servers.mjs";
import { hurried, testEach, working } from "./inboxes.mjs";

testEach("a dead letter is shown, and replayed once", async ({ inbox }) => {
  const { receiver } = observed({ inbox });
  let failures = 1;
  receiver.on("*", () => {
    if (failures-- > 0) {
      throw new RangeError("of the first attempt");
    }
  });
  const monitor = new Monitor({ log: null }).watch(receiver, "/hook").attachInbox(inbox);
  const ask = client(monitor);
  const shown = async () => JSON.parse((await ask("GET", `${PATH}/data`, BEARER)).body).inbox;
  await working(hurried(receiver, inbox, { policy: RetryPolicy.exponential(0.01, 1) }), async () => {
    assert.equal(await deliver(receiver, "evt_1", { type: "invoice.paid" }), "200 accepted");
    await until(async () => (await shown()).counts.dead === 1);
    const [letter] = (await shown()).dead_letters;
    const { event_id: id, event_type: type, attempts, error } = letter;
    assert.deepEqual([id, type, attempts, error], ["evt_1", "invoice.paid", 1, "RangeError"]);
    assert.ok(Math.abs(letter.received - Date.now() / 1e3) < 60);
    const headers = { ...BEARER, "content-type": FORM };
    const replay = () => ask("POST", `${PATH}/replay`, headers, `number=${letter.number}`);
    assert.equal((await replay()).status, 200);
    await until(async () => (await shown()).counts.handled === 1);
    // What was handled is not handled again because a page still shows it as dead.
    assert.equal((await replay()).status, 404);
  });
  const { body } = await ask("GET", `${PATH}/metrics`, BEARER);
  assert.match(body, /^countersign_inbox_events\{state="handled"\} 1$/m);
  assert.match(body, /^countersign_requests_total\{receiver="\/hook",scheme="sha256",result="accepted"\} 1$/m);
});

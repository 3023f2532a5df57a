/**
 * A server whose status page has something to show, some of it chosen by an attacker.
 *
 * usage: node status-server.mjs
 *
 * Prints `listening on URL of the page`. It shows the same as `tests/python/status_server.py` of what is received.
 */

import { createServer } from "node:http";

import { Webhook } from "countersign";
import { Monitor, statusNodeHandler, StatusPage } from "countersign/monitor";
import { Receiver } from "countersign/receiver";
import { signedRequest } from "countersign/testing";

import { FakeInbox, letter, PATH, TOKEN } from "./monitor-helpers.mjs";
import { listening } from "./servers.mjs";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ATTACK = "</script><img src=x onerror='attacked=1'>\"&";

const receiver = new Receiver(new Webhook("standard", SECRET), { log: null });
receiver.on("invoice.*", () => {});
receiver.on("payment.failed", () => {
  throw new Error("as on purpose");
});
const inbox = new FakeInbox(letter(7, "msg_7", "invoice.paid"), letter(8, ATTACK, ATTACK));
const monitor = new Monitor().watch(receiver, "/webhooks").attachInbox(inbox);

/** Gives the receiver an event, whose body may be another than was signed. */
async function deliver(id, type, body) {
  const signed = signedRequest("standard", SECRET, { type }, { id });
  await receiver.receive({
    method: "POST",
    url: "http://localhost/webhooks",
    headers: signed.headers,
    peer: null,
    header: (name) => (signed.headers[name] === undefined ? [] : [signed.headers[name]]),
    body: () => body ?? signed.body,
  });
}

for (let number = 0; number < 40; number++) {
  await deliver(`msg_${number}`, "invoice.paid");
}
await deliver("msg_0", "invoice.paid");
await deliver("msg_failed", "payment.failed");
await deliver(ATTACK, ATTACK);
await deliver("msg_forged", "invoice.paid", Buffer.from("{}"));

const { port } = await listening(createServer(statusNodeHandler(new StatusPage(monitor, TOKEN))));
console.log(`listening on http://127.0.0.1:${port}${PATH}`);

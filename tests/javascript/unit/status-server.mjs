/**
 * A server whose status page has something to show, some of it chosen by an attacker.
 *
 * usage: node status-server.mjs
 *
 * Prints `listening on URL of the page`. It shows the same as `tests/python/status_server.py`.
 */

import { createServer } from "node:http";

import { Webhook } from "countersign";
import { Monitor, statusNodeHandler, StatusPage } from "countersign/monitor";
import { Receiver } from "countersign/receiver";
import { MemorySenderStore, Sender } from "countersign/sender";
import { signedRequest } from "countersign/testing";

import { FakeInbox, letter, PATH, TOKEN } from "./monitor-helpers.mjs";
import { listening } from "./servers.mjs";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ATTACK = "</script><img src=x onerror='attacked=1'>\"&";
/** The same as a name, which has no spaces. */
const ATTACKING_NAME = ATTACK.replaceAll(" ", "/");

const receiver = new Receiver(new Webhook("standard", SECRET), { log: null });
receiver.on("invoice.*", () => {});
receiver.on("payment.failed", () => {
  throw new Error("as on purpose");
});
/** What endpoints answer next, or 200. */
const answers = [];
const fetch = async () => new Response("", { status: answers.shift() ?? 200 });
const sender = new Sender({ store: new MemorySenderStore(), fetch });
const inbox = new FakeInbox(letter(7, "msg_7", "invoice.paid"), letter(8, ATTACK, ATTACK));
const monitor = new Monitor().watch(receiver, "/webhooks").attachInbox(inbox).attachSender(sender);

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

for (const id of ["customer-7", ATTACKING_NAME]) {
  await sender.putEndpoint({ id, url: "https://customer.example/hook", secrets: SECRET });
}
await sender.send("customer-7", "invoice.paid", {}, { id: "msg_sent" });
await sender.deliverDue();
answers.push(400);
await sender.send(ATTACKING_NAME, ATTACKING_NAME, {}, { id: ATTACKING_NAME });
await sender.deliverDue();
sender.start();

const { port } = await listening(createServer(statusNodeHandler(new StatusPage(monitor, TOKEN))));
console.log(`listening on http://127.0.0.1:${port}${PATH}`);

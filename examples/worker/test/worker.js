// The receiver under test: its clock can be fixed and one of its handlers goes wrong.

import { env } from "cloudflare:workers";

import { createWorker } from "../src/http.js";
import { Receiver } from "../src/receiver.js";
import { readSettings } from "../src/settings.js";

const { webhook, eventsToken } = readSettings(env);
const now = env.NOW === undefined ? undefined : () => env.NOW;
const webhooks = new Receiver(webhook, { now });
webhooks.on("payment.succeeded", () => {});
webhooks.on("order.failing", async ({ data }) => {
  throw new RangeError(`private particulars\n    ${data}`);
});

export default createWorker(webhooks, { eventsToken });

// The Worker. A configuration that is not complete fails here, before any request.

import { env } from "cloudflare:workers";

import { registerHandlers } from "./handlers.js";
import { createWorker } from "./http.js";
import { Receiver } from "./receiver.js";
import { readSettings } from "./settings.js";

const { webhook, eventsToken } = readSettings(env);
const webhooks = new Receiver(webhook);
registerHandlers(webhooks);

export default createWorker(webhooks, { eventsToken });

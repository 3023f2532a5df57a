// The Worker. A configuration that is not complete fails here, before any request.

import { env } from "cloudflare:workers";

import { RecentEvents } from "./events.js";
import { registerHandlers } from "./handlers.js";
import { createWorker } from "./http.js";
import { createReceiver, storesOf } from "./receiver.js";
import { readSettings } from "./settings.js";

const settings = readSettings(env);
const receiver = createReceiver(settings, { stores: storesOf(settings) });
const events = new RecentEvents();
registerHandlers(receiver, events);

export default createWorker(receiver, { events, eventsToken: settings.eventsToken });

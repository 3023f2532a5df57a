// The Worker. A configuration that is not complete fails here, before any request.

import { env } from "cloudflare:workers";

import { RecentEvents } from "./events.js";
import { registerHandlers } from "./handlers.js";
import { createWorker } from "./http.js";
import { createReceiver } from "./receiver.js";
import { readSettings } from "./settings.js";
import { storesOf } from "./stores.js";

export { Claims } from "./claims.js";

const settings = readSettings(env);
const receiver = createReceiver(settings, { stores: storesOf(settings) });
const events = new RecentEvents();
registerHandlers(receiver, events);

export default createWorker(receiver, { events, eventsToken: settings.eventsToken });

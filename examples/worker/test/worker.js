// The receiver under test: its clock can be fixed and one of its handlers fails the first time.

import { env } from "cloudflare:workers";

import { RecentEvents } from "../src/events.js";
import { registerHandlers } from "../src/handlers.js";
import { createWorker } from "../src/http.js";
import { createReceiver } from "../src/receiver.js";
import { readSettings } from "../src/settings.js";
import { storesOf } from "../src/stores.js";

export { Claims } from "../src/claims.js";

const settings = readSettings(env);
const clock = env.NOW === undefined ? undefined : () => env.NOW;
const receiver = createReceiver(settings, { stores: storesOf(settings), clock });
const events = new RecentEvents();
registerHandlers(receiver, events);
let runs = 0;
receiver.on("order.failing", async (event) => {
  runs += 1;
  if (runs === 1) throw new RangeError(`private particulars\n    ${event.data}`);
  events.add(event);
});

export default createWorker(receiver, { events, eventsToken: settings.eventsToken });

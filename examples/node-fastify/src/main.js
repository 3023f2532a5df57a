// Runs the receiver; see README.md.

import { createApp } from "./app.js";
import { RecentEvents } from "./events.js";
import { registerHandlers } from "./handlers.js";
import { createReceiver } from "./receiver.js";
import { readSettings, SettingsError } from "./settings.js";
import { openStores } from "./stores.js";

async function start() {
  const settings = readSettings(process.env);
  const { stores } = await openStores(settings.store);
  const receiver = createReceiver(settings, { stores });
  const events = new RecentEvents();
  registerHandlers(receiver, events);

  const app = createApp(receiver, { events, eventsToken: settings.eventsToken });
  await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT ?? 8000) });
  console.log(`listening on http://127.0.0.1:${app.server.address().port}/webhooks`);
}

try {
  await start();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(`cannot start: ${error.message}`);
  process.exitCode = 1;
}

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

  const port = Number(process.env.PORT ?? 8000);
  const app = createApp(receiver, { events, eventsToken: settings.eventsToken });
  const server = app.listen(port, "127.0.0.1", (error) => {
    if (error) throw error;
    console.log(`listening on http://127.0.0.1:${server.address().port}/webhooks`);
  });
}

try {
  await start();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(`cannot start: ${error.message}`);
  process.exitCode = 1;
}

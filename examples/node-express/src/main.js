// Runs the receiver; see README.md.

import { createApp } from "./app.js";
import { registerHandlers } from "./handlers.js";
import { Receiver } from "./receiver.js";
import { readSettings, SettingsError } from "./settings.js";

function start() {
  const { webhook, eventsToken } = readSettings(process.env);
  const webhooks = new Receiver(webhook);
  registerHandlers(webhooks);

  const port = Number(process.env.PORT ?? 8000);
  const server = createApp(webhooks, { eventsToken }).listen(port, "127.0.0.1", (error) => {
    if (error) throw error;
    console.log(`listening on http://127.0.0.1:${server.address().port}/webhooks`);
  });
}

try {
  start();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(`cannot start: ${error.message}`);
  process.exitCode = 1;
}

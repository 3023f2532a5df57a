// `npm start`: runs the Worker with the settings of the environment; see README.md.

import { fileURLToPath } from "node:url";

import { serve } from "./serve.js";

const NAMES = ["SENDER_TOKEN", "STATUS_TOKEN", "RETRY_SECONDS", "ALLOW_LOCAL"];
const given = NAMES.filter((name) => process.env[name] !== undefined);

try {
  const { url } = await serve({
    entry: fileURLToPath(new URL("../src/index.js", import.meta.url)),
    env: Object.fromEntries(given.map((name) => [name, process.env[name]])),
    durableObjects: { OUTBOX: "Outbox" },
    queues: { EVENTS: "countersign-events" },
    port: Number(process.env.PORT ?? 8000),
  });
  console.log(`listening on ${url}`);
} catch (error) {
  console.error(`cannot start: ${error.message}`);
  process.exitCode = 1;
}

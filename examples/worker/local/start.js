// `npm start`: runs the Worker with the settings of the environment; see README.md.

import { fileURLToPath } from "node:url";

import { serve } from "./serve.js";

const isSetting = ([name]) => name.startsWith("COUNTERSIGN_");
const env = Object.fromEntries(Object.entries(process.env).filter(isSetting));
const entry = fileURLToPath(new URL("../src/index.js", import.meta.url));

try {
  const { url } = await serve({
    entry,
    env,
    durableObjects: { CLAIMS: "Claims" },
    port: Number(process.env.PORT ?? 8000),
  });
  console.log(`listening on ${new URL("/webhooks", url)}`);
} catch (error) {
  console.error(`cannot start: ${error.message}`);
  process.exitCode = 1;
}

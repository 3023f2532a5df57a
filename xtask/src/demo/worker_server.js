// Serves the Worker example in workerd, once for each endpoint of the demo:
// `/<endpoint>/webhooks`. It ends when its standard input does.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { serve } from "../../../examples/worker/local/serve.js";

const entry = fileURLToPath(new URL("worker_endpoints.js", import.meta.url));
const ENDPOINTS = JSON.parse(await readFile(process.argv[2], "utf8"));
const { url, stop } = await serve({ entry, env: { ENDPOINTS } });
process.stdin.resume().once("end", stop);
console.log(`listening on ${url}`);

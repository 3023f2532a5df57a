// The Worker example, once for each endpoint of the demo. It is as it is, only that recorded
// deliveries find the time of their recording.

import { env } from "cloudflare:workers";

import { registerHandlers } from "../../../examples/worker/src/handlers.js";
import { createWorker } from "../../../examples/worker/src/http.js";
import { Receiver } from "../../../examples/worker/src/receiver.js";
import { readSettings } from "../../../examples/worker/src/settings.js";

const workers = new Map(env.ENDPOINTS.map((endpoint) => [endpoint.name, workerOf(endpoint)]));

function workerOf({ settings, now }) {
  const { webhook, eventsToken } = readSettings(settings);
  const webhooks = new Receiver(webhook, { now: now === null ? undefined : () => now });
  registerHandlers(webhooks);
  return createWorker(webhooks, { eventsToken });
}

export default {
  async fetch(request) {
    const url = new URL(request.url);
    const [, name, ...path] = url.pathname.split("/");
    url.pathname = path.join("/");
    const worker = workers.get(name);
    return worker ? worker.fetch(new Request(url, request)) : new Response(null, { status: 404 });
  },
};

// The Worker example, once for each endpoint of the demo. It is as it is, only that recorded
// deliveries find the time of their recording, and that it can be asked which events of the type
// `order.placed` were handled.

import { env } from "cloudflare:workers";

import { RecentEvents } from "../../../examples/worker/src/events.js";
import { registerHandlers } from "../../../examples/worker/src/handlers.js";
import { createWorker } from "../../../examples/worker/src/http.js";
import { createReceiver } from "../../../examples/worker/src/receiver.js";
import { readSettings } from "../../../examples/worker/src/settings.js";
import { storesOf } from "../../../examples/worker/src/stores.js";

const workers = new Map(env.ENDPOINTS.map((endpoint) => [endpoint.name, workerOf(endpoint)]));

function workerOf({ settings: environment, now }) {
  const settings = readSettings(environment);
  const clock = now === null ? undefined : () => now;
  const receiver = createReceiver(settings, { stores: storesOf(settings), clock });
  const events = new RecentEvents();
  registerHandlers(receiver, events);
  const counted = [];
  receiver.on("order.placed", (event) => {
    counted.push(event.id);
  });
  const worker = createWorker(receiver, { events, eventsToken: settings.eventsToken });
  return {
    fetch(request, bindings, context) {
      const { pathname } = new URL(request.url);
      if (pathname === "/webhooks/counted") return Response.json(counted);
      return worker.fetch(request, bindings, context);
    },
  };
}

export default {
  async fetch(request, bindings, context) {
    const url = new URL(request.url);
    const [, name, ...path] = url.pathname.split("/");
    url.pathname = path.join("/");
    const worker = workers.get(name);
    if (!worker) return new Response(null, { status: 404 });
    return worker.fetch(new Request(url, request), bindings, context);
  },
};

// The routes.

import { createHash, timingSafeEqual } from "node:crypto";

import { fastifyReceiver } from "countersign/fastify";
import Fastify from "fastify";

/** The application of a receiver. Without a token there is no list of events. */
export function createApp(receiver, { events, eventsToken } = {}) {
  const app = Fastify();
  app.register(fastifyReceiver, { receiver, prefix: "/webhooks" });
  if (eventsToken) addList(app, events, eventsToken);
  return app;
}

function addList(app, events, token) {
  const wanted = digest(`Bearer ${token}`);
  app.get("/webhooks/events", async (request, reply) => {
    // Node hands the bytes of a header over as Latin-1.
    const sent = Buffer.from(request.headers.authorization ?? "", "latin1");
    if (timingSafeEqual(digest(sent), wanted)) return events.newestFirst();
    const message = "the list of events needs the bearer token";
    reply.code(401).header("WWW-Authenticate", "Bearer");
    return { error: "unauthorized", message };
  });
}

function digest(text) {
  return createHash("sha256").update(text).digest();
}

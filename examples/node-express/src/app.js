// The routes.

import { createHash, timingSafeEqual } from "node:crypto";

import { expressHandler } from "countersign/express";
import express from "express";

/** The application of a receiver. Without a token there is no list of events. */
export function createApp(receiver, { events, eventsToken } = {}) {
  const app = express();
  app.disable("x-powered-by");
  // For all methods and before any parser of bodies: the receiver answers for both.
  app.all("/webhooks", expressHandler(receiver));
  if (eventsToken) addList(app, events, eventsToken);
  return app;
}

function addList(app, events, token) {
  const wanted = digest(`Bearer ${token}`);
  app.get("/webhooks/events", (request, response) => {
    // Node hands the bytes of a header over as Latin-1.
    const sent = Buffer.from(request.get("Authorization") ?? "", "latin1");
    if (timingSafeEqual(digest(sent), wanted)) return response.json(events.newestFirst());
    const message = "the list of events needs the bearer token";
    response.status(401).set("WWW-Authenticate", "Bearer").json({ error: "unauthorized", message });
  });
}

function digest(text) {
  return createHash("sha256").update(text).digest();
}

// The routes.

import { fetchHandler } from "countersign/fetch";

/** The Worker of a receiver. Without a token there is no list of events. */
export function createWorker(receiver, { events, eventsToken } = {}) {
  // Cloudflare itself sets this header, so that no caller can.
  const receive = fetchHandler(receiver, { peer: "cf-connecting-ip" });
  return {
    async fetch(request, env, context) {
      const { pathname } = new URL(request.url);
      if (pathname === "/webhooks") return receive(request, env, context);
      if (pathname === "/webhooks/events" && eventsToken) {
        return listEvents(events, eventsToken, request);
      }
      return new Response("Not Found", { status: 404 });
    },
  };
}

async function listEvents(events, token, request) {
  if (request.method !== "GET") {
    return new Response("Method Not Allowed", { status: 405, headers: { Allow: "GET" } });
  }
  const sent = request.headers.get("Authorization") ?? "";
  // Digests, because the comparison wants values of one length.
  const [sentDigest, wanted] = await Promise.all([digest(sent), digest(`Bearer ${token}`)]);
  if (crypto.subtle.timingSafeEqual(sentDigest, wanted)) {
    return Response.json(events.newestFirst());
  }
  const message = "the list of events needs the bearer token";
  const headers = { "WWW-Authenticate": "Bearer" };
  return Response.json({ error: "unauthorized", message }, { status: 401, headers });
}

function digest(text) {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}

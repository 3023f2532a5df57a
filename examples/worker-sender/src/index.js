// The Worker: its routes put events into a queue, and what comes out of it is published.

import { isAuthorized } from "./access.js";

export { Outbox } from "./outbox.js";

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    // The page has a token of its own, and sessions for people.
    if (pathname === "/status" || pathname.startsWith("/status/")) return outbox(env).fetch(request);
    if (!(await isAuthorized(request, env.SENDER_TOKEN))) {
      return Response.json({ error: "the routes need the bearer token" }, { status: 401 });
    }
    const route = ROUTES[`${request.method} ${pathname}`];
    return route === undefined ? new Response("Not Found", { status: 404 }) : route(request, env);
  },

  /** A queue delivers a message at least once, and its id makes that one event. */
  async queue(batch, env) {
    for (const message of batch.messages) {
      const refused = await outbox(env).publish(message.body, message.id);
      if (refused === null) {
        message.ack();
      } else {
        // The queue tries it again, and has a dead letter queue of its own for what never works.
        console.error(`an event was refused: ${refused}`);
        message.retry();
      }
    }
  },
};

const ROUTES = {
  "PUT /endpoints": async (request, env) => answer(await outbox(env).putEndpoint(await request.json())),
  "POST /events": async (request, env) => {
    const { type, data } = await request.json();
    await env.EVENTS.send({ type, data });
    return Response.json({ status: "queued" }, { status: 202 });
  },
  "GET /deliveries": async (_, env) => Response.json(await outbox(env).deliveries()),
  "POST /dead-letters/replay": async (_, env) => Response.json({ replayed: await outbox(env).replay() }),
};

function answer(refused) {
  return refused === null ? Response.json({ status: "stored" }) : Response.json({ error: refused }, { status: 400 });
}

/** One for all. Those who send much have one for each customer, whose name is the customer's. */
function outbox(env) {
  return env.OUTBOX.get(env.OUTBOX.idFromName("outbox"));
}

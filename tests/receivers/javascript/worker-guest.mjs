/** Runs in workerd: a receiver of each case behind the fetch adapter. */

import { fetchHandler } from "countersign/fetch";

import { endpointsOf, find } from "./fixture.mjs";

/** Of this isolate. Made with the first request, because bindings come with it. */
let endpoints;

export default {
  fetch(request, env, context) {
    endpoints ??= endpointsOf(env.RECEIVE);
    const found = find(endpoints, new URL(request.url).pathname);
    if (found === null) {
      return new Response(null, { status: 404 });
    }
    if (found.wantsHandled) {
      // DELETE takes what it lists, so that the list stays short.
      return Response.json(request.method === "DELETE" ? found.handled.splice(0) : found.handled);
    }
    return fetchHandler(found.receiver, { peer: "cf-connecting-ip" })(request, env, context);
  },
};

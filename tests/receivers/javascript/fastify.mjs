/** Fastify with a receiver of each case. usage: node fastify.mjs RECEIVE_JSON */

import { fastifyReceiver } from "countersign/fastify";
import Fastify from "fastify";

import { announce, endpointsOfArgument } from "./command.mjs";

const app = Fastify();
for (const [id, { receiver, handled }] of endpointsOfArgument()) {
  app.get(`/${id}/-/handled`, async () => handled);
  app.register(fastifyReceiver, { receiver, prefix: `/${id}` });
}
await app.listen({ host: "127.0.0.1", port: 0 });
announce(app.server.address().port);

/** Express with a receiver of each case. usage: node express.mjs RECEIVE_JSON */

import { expressHandler } from "countersign/express";
import express from "express";

import { announce, endpointsOfArgument } from "./command.mjs";

const app = express();
for (const [id, { receiver, handled }] of endpointsOfArgument()) {
  app.get(`/${id}/-/handled`, (_request, response) => void response.json(handled));
  app.all(`/${id}`, expressHandler(receiver));
}
const server = app.listen(0, "127.0.0.1", () => announce(server.address().port));

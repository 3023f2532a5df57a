/** Node's own server with a receiver of each case. usage: node node-http.mjs RECEIVE_JSON */

import { createServer } from "node:http";

import { nodeHandler } from "countersign/node";

import { announce, endpointsOfArgument } from "./command.mjs";
import { find } from "./fixture.mjs";

const endpoints = endpointsOfArgument();
const server = createServer((request, response) => {
  const found = find(endpoints, request.url);
  if (found === null) {
    response.writeHead(404).end();
  } else if (found.wantsHandled) {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(found.handled));
  } else {
    nodeHandler(found.receiver)(request, response);
  }
});
server.listen(0, "127.0.0.1", () => announce(server.address().port));

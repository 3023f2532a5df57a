/** What the servers of Node share: their argument, and the line that says where they listen. */

import { readFileSync } from "node:fs";

import { endpointsOf } from "./fixture.mjs";
import { STORES } from "./stores.mjs";

/** The receivers of the file that the program was given. */
export function endpointsOfArgument() {
  return endpointsOf(receiveFile(), STORES);
}

export function receiveFile() {
  const [, program, path] = process.argv;
  if (path === undefined) {
    throw new Error(`usage: node ${program} RECEIVE_JSON`);
  }
  return JSON.parse(readFileSync(path, "utf8"));
}

/** Tells the runner where this server is. */
export function announce(port) {
  console.log(`listening on http://127.0.0.1:${port}`);
}

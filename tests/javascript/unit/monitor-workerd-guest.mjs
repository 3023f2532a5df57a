/** A worker with a status page. */

import { Webhook } from "countersign";
import { fetchHandler } from "countersign/fetch";
import { Monitor, statusFetchHandler, StatusPage } from "countersign/monitor";
import { Receiver } from "countersign/receiver";

const receiver = new Receiver(new Webhook("sha256", "hush"), { log: null });
const monitor = new Monitor().watch(receiver, "/hook");
const status = statusFetchHandler(new StatusPage(monitor, "the token of the tests"));
const receive = fetchHandler(receiver);

export default {
  fetch: async (request) => (await status(request)) ?? receive(request),
};

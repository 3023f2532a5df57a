/** Endpoints on the loopback interface, and senders that hurry. */

import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { RetryPolicy } from "countersign";
import { Sender } from "countersign/sender";

import { SECRET } from "./helpers.mjs";
import { listening } from "./servers.mjs";

/** As many attempts as a test needs, soon after each other. */
export const SOON = RetryPolicy.exponential(0.02, 4);

/** A server that notes what it gets, and answers with a status, or as `answer` does. */
export async function endpointServer(context, answer = () => 200) {
  const requests = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      requests.push({ url: request.url, headers: request.headers, body: Buffer.concat(chunks) });
      const answered = answer(response, requests.length);
      if (typeof answered === "number") {
        response.writeHead(answered).end("thanks");
      }
    });
  });
  const { port, close } = await listening(server);
  context.after(close);
  return { requests, url: `http://127.0.0.1:${port}/in` };
}

/** An endpoint there. */
export function endpointAt(url, more = {}) {
  return { id: "a", url, secrets: SECRET, allowHttp: true, allowNetworks: ["127.0.0.0/8"], ...more };
}

/** A sender that is stopped after the test, and what it logged. */
export function hurried(context, store, options = {}) {
  const log = [];
  const sender = new Sender({ store, retryPolicy: SOON, poll: 0.05, log: (entry) => log.push(entry), ...options });
  context.after(() => sender.stop(1));
  return { sender, log };
}

/** Until nothing waits or runs any more. */
export async function settled(sender, seconds = 10) {
  for (const end = performance.now() + seconds * 1e3; performance.now() < end; await sleep(5)) {
    const { waiting, running } = await sender.counts();
    if (waiting === 0 && running === 0) {
      return;
    }
  }
  throw new Error(`deliveries are not settled: ${JSON.stringify(await sender.counts())}`);
}

/** A clock in milliseconds that goes when the test says so. */
export function manualClock() {
  const clock = () => clock.now;
  clock.now = 1_700_000_000_000;
  return clock;
}

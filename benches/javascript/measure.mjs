/**
 * The functions of one size take turns in short rounds, so that a slow moment of the machine meets
 * all of them alike; compare the minima.
 */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

import * as octokit from "@octokit/webhooks-methods";
import { Webhook } from "countersign";
import { Webhook as StandardWebhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";

import { verify as verifyByHand } from "./handwritten.mjs";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const KEY = Buffer.from(SECRET.slice("whsec_".length), "base64");
const CALLS = new Map([
  [64, 2000],
  [512, 2000],
  [4096, 500],
  [1 << 20, 4],
]);
const ROUNDS = 60;
const IMPORTS = 15;

/** What other requests carry besides, in the order in which Node gives it. */
const OTHER_HEADERS = {
  host: "example.com",
  "user-agent": "Webhooks/1.0",
  "content-type": "application/json",
  accept: "*/*",
  "content-length": "64",
};

/** A JSON object of this many bytes, as the peers parse it. */
function bodyOf(size) {
  const start = '{"type":"ping","data":"';
  return Buffer.from(`${start}${"x".repeat(size - start.length - 2)}"}`);
}

/** Headers as Node's parser makes them: each value a text of its own. */
function received(headers) {
  return JSON.parse(JSON.stringify({ ...OTHER_HEADERS, ...headers }));
}

function candidates(size) {
  const body = bodyOf(size);
  const text = body.toString();
  const standard = new Webhook("standard", SECRET);
  const standardHeaders = received(standard.sign(body, { id: "msg_p5jXN8AQM9LWM0D4loKWxJek" }));
  const svixHeaders = received(new Webhook("svix", SECRET).sign(body, { id: "msg_p5jXN8AQM9LWM0D4loKWxJek" }));
  const [theirStandard, theirSvix] = [new StandardWebhook(SECRET), new SvixWebhook(SECRET)];
  const svix = new Webhook("svix", SECRET);

  const github = new Webhook("github", SECRET);
  const githubHeaders = received(github.sign(body));
  const githubSignature = githubHeaders["x-hub-signature-256"];

  const stripe = new Webhook("stripe", SECRET);
  const stripeHeaders = received(stripe.sign(body));
  const stripeSignature = stripeHeaders["stripe-signature"];
  const theirStripe = Stripe.webhooks.signature;

  return [
    ["standard", "ours", () => standard.verify(body, standardHeaders)],
    ["standard", "ours, parsed", () => standard.unwrap(body, standardHeaders).data],
    ["standard", "standardwebhooks", () => theirStandard.verify(body, standardHeaders)],
    ["standard", "node:crypto", () => verifyByHand(KEY, body, standardHeaders)],
    ["svix", "ours", () => svix.verify(body, svixHeaders)],
    ["svix", "svix", () => theirSvix.verify(body, svixHeaders)],
    ["github", "ours", () => github.verify(body, githubHeaders)],
    ["github", "@octokit/webhooks-methods", () => octokit.verify(SECRET, text, githubSignature)],
    ["stripe", "ours", () => stripe.verify(body, stripeHeaders)],
    ["stripe", "stripe", () => theirStripe.verifyHeader(text, stripeSignature, SECRET, 300)],
  ].map(([scheme, what, action]) => ({ scheme, what, action, times: [] }));
}

async function measure(size, calls) {
  const measured = candidates(size);
  for (let round = 0; round < ROUNDS; round++) {
    for (const { action, times } of measured) {
      const isAsync = action() instanceof Promise;
      const start = process.hrtime.bigint();
      if (isAsync) {
        for (let call = 0; call < calls; call++) {
          await action();
        }
      } else {
        for (let call = 0; call < calls; call++) {
          action();
        }
      }
      times.push(Number(process.hrtime.bigint() - start) / calls);
    }
  }
  return measured.map(({ scheme, what, times }) => {
    times.sort((a, b) => a - b);
    const [min_ns, median_ns] = [times[0], times[times.length >> 1]].map(Math.round);
    return { size, scheme, what, min_ns, median_ns };
  });
}

/** The least of several fresh processes. */
function importTime() {
  const times = Array.from({ length: IMPORTS }, () =>
    Number(execFileSync(process.execPath, ["import.mjs"], { encoding: "utf8" })),
  );
  return Math.round(Math.min(...times) * 100) / 100;
}

const rows = [];
for (const [size, calls] of CALLS) {
  rows.push(...(await measure(size, calls)));
}
const entry = createRequire(import.meta.url).resolve("countersign/package.json");
const module = readFileSync(join(dirname(entry), "dist", "countersign.wasm"));
console.log(
  JSON.stringify({
    language: "javascript",
    runtime: `Node ${process.version}`,
    rows,
    import_ms: importTime(),
    wasm_gzip_bytes: gzipSync(module, { level: 9 }).length,
  }),
);

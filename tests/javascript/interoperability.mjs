/**
 * Has the official JavaScript libraries of Standard Webhooks and Svix verify what was sent.
 *
 * usage: node interoperability.mjs (--install | RECORD)
 *
 * The record is what `tests/interoperability` wrote. It must be verified while its timestamps are
 * fresh, which is why installing is a step of its own. Ends with 1 if a verdict is not as it must be.
 */

import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

import { installTools } from "./project.mjs";

async function main() {
  const [argument, ...others] = process.argv.slice(2);
  if (argument === undefined || others.length > 0) {
    throw new Error("usage: node interoperability.mjs (--install | RECORD)");
  }
  if (argument === "--install") {
    return installTools();
  }
  const verify = verifier(await libraries());
  const requests = readFileSync(argument, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
  let verdicts = 0;
  let failed = 0;
  for (const request of requests) {
    const { count, faults } = verify(request);
    verdicts += count;
    failed += faults.length > 0 ? 1 : 0;
    for (const fault of faults) {
      console.error(`${request.sent.id} (${request.scheme}, ${request.phase}): ${fault}`);
    }
  }
  console.log(`javascript: ${requests.length} requests, ${verdicts} verdicts, ${failed} requests with faults`);
  process.exitCode = failed > 0 || verdicts === 0 ? 1 : 0;
}

/** By the schemes that they know: Svix's own reads the headers of both. */
async function libraries() {
  const [standardwebhooks, svix] = [await import("standardwebhooks"), await import("svix")];
  return { standard: { standardwebhooks, svix }, svix: { svix } };
}

function verifier(libraries) {
  return (request) => {
    const faults = [];
    let count = 0;
    const headers = Object.fromEntries(request.headers);
    const body = Buffer.from(request.body_b64, "base64");
    // White space before the end, so that it is text and JSON still.
    const changed = Buffer.concat([body.subarray(0, -1), Buffer.from(" "), body.subarray(-1)]);
    const expect = (holds, fault) => {
      count += 1;
      if (!holds) {
        faults.push(fault);
      }
    };
    for (const [name, library] of Object.entries(libraries[request.scheme])) {
      const verdict = (secret, bytes) => verdictOf(library, secret, bytes, headers);
      for (const secret of request.secrets) {
        const { accepted, payload } = verdict(secret, body);
        expect(accepted, `${name} refuses a secret that signs`);
        if (payload !== undefined && !isTold(payload, request.sent)) {
          faults.push(`${name} reads something else than what was sent`);
        }
        expect(!verdict(secret, changed).accepted, `${name} accepts another body`);
      }
      for (const secret of request.strangers) {
        expect(!verdict(secret, body).accepted, `${name} accepts a secret that does not sign`);
      }
    }
    if (!isTold(JSON.parse(body.toString("utf8")), request.sent)) {
      faults.push("the body says something else than what was sent");
    }
    return { count, faults };
  };
}

/** Whether the library accepts, and the payload if it reads it. */
function verdictOf({ Webhook, WebhookVerificationError }, secret, body, headers) {
  try {
    return { accepted: true, payload: new Webhook(secret).verify(body, headers) };
  } catch (error) {
    if (error instanceof WebhookVerificationError) {
      return { accepted: false };
    }
    throw error;
  }
}

/** Whether the payload says what was sent. */
function isTold(payload, { id, type, content }) {
  if (content.payload !== undefined) {
    return isDeepStrictEqual(payload, JSON.parse(content.payload));
  }
  const told = { id: payload.id, type: payload.type, data: payload.data };
  return isDeepStrictEqual(told, { id, type, data: content.data });
}

try {
  await main();
} catch (error) {
  console.error(error.stack);
  process.exitCode = 1;
}

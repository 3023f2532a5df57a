// The routes.

import { PayloadError, VerificationError } from "countersign";

import { HandlerFailed } from "./receiver.js";

/** The largest body that is read, in bytes. */
export const BODY_LIMIT = 1024 * 1024;

class BodyTooLarge extends Error {}

/** The Worker of a receiver. Without a token there is no list of events. */
export function createWorker(webhooks, { eventsToken } = {}) {
  return {
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/webhooks") return receive(webhooks, request);
      if (pathname === "/webhooks/events" && eventsToken) {
        return listEvents(webhooks, eventsToken, request);
      }
      return new Response("Not Found", { status: 404 });
    },
  };
}

async function receive(webhooks, request) {
  if (request.method !== "POST") return methodNotAllowed("POST");
  try {
    const body = await readBody(request);
    return Response.json(await webhooks.receive(body, request.headers));
  } catch (error) {
    return answerTo(error);
  }
}

async function listEvents(webhooks, token, request) {
  if (request.method !== "GET") return methodNotAllowed("GET");
  const sent = request.headers.get("Authorization") ?? "";
  // Digests, because the comparison wants values of one length.
  const [sentDigest, wanted] = await Promise.all([digest(sent), digest(`Bearer ${token}`)]);
  if (crypto.subtle.timingSafeEqual(sentDigest, wanted)) return Response.json(webhooks.events());
  const message = "the list of events needs the bearer token";
  const response = errorResponse(401, "unauthorized", message);
  response.headers.set("WWW-Authenticate", "Bearer");
  return response;
}

/** The bytes as sent, which are what was signed; no more of them than the limit. */
async function readBody(request) {
  if (Number(request.headers.get("Content-Length")) > BODY_LIMIT) throw new BodyTooLarge();
  const chunks = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > BODY_LIMIT) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function answerTo(error) {
  if (error instanceof VerificationError || error instanceof PayloadError) {
    console.warn(`refused a delivery: ${error.code}: ${error.message}`);
    const status = error instanceof VerificationError ? 401 : 400;
    return errorResponse(status, error.code, error.message);
  }
  if (error instanceof HandlerFailed) {
    return errorResponse(500, "handler_failed", "the handler failed; deliver the event again");
  }
  if (error instanceof BodyTooLarge) {
    const message = `the payload is larger than ${BODY_LIMIT} bytes`;
    return errorResponse(413, "payload_too_large", message);
  }
  throw error;
}

function errorResponse(status, code, message) {
  return Response.json({ error: code, message }, { status });
}

function methodNotAllowed(allowed) {
  return new Response("Method Not Allowed", { status: 405, headers: { Allow: allowed } });
}

function digest(text) {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}

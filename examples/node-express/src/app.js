// The routes.

import { createHash, timingSafeEqual } from "node:crypto";

import { PayloadError, VerificationError } from "countersign";
import express from "express";

import { HandlerFailed } from "./receiver.js";

/** The largest body that is read, in bytes. */
export const BODY_LIMIT = 1024 * 1024;

class BodyTooLarge extends Error {}

/** The application of a receiver. Without a token there is no list of events. */
export function createApp(webhooks, { eventsToken } = {}) {
  const app = express();
  app.disable("x-powered-by");

  app.post("/webhooks", async (request, response) => {
    const body = await readBody(request);
    // `headersDistinct` keeps repeated headers apart, which `headers` joins.
    response.json(await webhooks.receive(body, request.headersDistinct));
  });
  app.all("/webhooks", (_request, response) => {
    response.set("Allow", "POST").sendStatus(405);
  });
  if (eventsToken) addList(app, webhooks, eventsToken);
  app.use(answerError);
  return app;
}

/**
 * The bytes as sent, which are what was signed; no more of them than the limit. `express.raw` would
 * read a body that is too large to its end before it refuses it.
 */
async function readBody(request) {
  if (Number(request.headers["content-length"]) > BODY_LIMIT) throw new BodyTooLarge();
  const chunks = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function addList(app, webhooks, token) {
  const wanted = digest(`Bearer ${token}`);
  app.get("/webhooks/events", (request, response) => {
    // Node hands the bytes of a header over as Latin-1.
    const sent = Buffer.from(request.get("Authorization") ?? "", "latin1");
    if (timingSafeEqual(digest(sent), wanted)) return response.json(webhooks.events());
    response.set("WWW-Authenticate", "Bearer");
    sendError(response, 401, "unauthorized", "the list of events needs the bearer token");
  });
}

function digest(text) {
  return createHash("sha256").update(text).digest();
}

// Express knows a handler of errors by its four parameters.
function answerError(error, _request, response, next) {
  if (response.headersSent) return next(error);
  if (error instanceof VerificationError || error instanceof PayloadError) {
    console.warn(`refused a delivery: ${error.code}: ${error.message}`);
    const status = error instanceof VerificationError ? 401 : 400;
    return sendError(response, status, error.code, error.message);
  }
  if (error instanceof HandlerFailed) {
    const message = "the handler failed; deliver the event again";
    return sendError(response, 500, "handler_failed", message);
  }
  if (error instanceof BodyTooLarge) {
    // The rest of the body is not read, so nothing else can come over this connection.
    response.set("Connection", "close");
    const message = `the payload is larger than ${BODY_LIMIT} bytes`;
    return sendError(response, 413, "payload_too_large", message);
  }
  // A sender that hung up hears no answer, and needs none.
  if (error.code === "ECONNRESET") return;
  const status = error.status ?? 500;
  if (status >= 500) console.error(error);
  response.sendStatus(status);
}

function sendError(response, status, code, message) {
  response.status(status).json({ error: code, message });
}

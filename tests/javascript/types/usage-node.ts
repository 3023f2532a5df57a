// What users write in Node, with its own types.

import { createServer, type IncomingHttpHeaders } from "node:http";

import { Secret, VerificationError, Webhook } from "countersign";
import { signedRequest } from "countersign/testing";

const webhook = new Webhook("github", Secret.fromBytes(Buffer.from("hush")));

createServer((request, response) => {
  const headers: IncomingHttpHeaders = request.headers;
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    try {
      const body = Buffer.concat(chunks);
      webhook.verify(body, request.headersDistinct);
      const event = webhook.unwrap(body, headers, { url: request.url, method: request.method });
      response.end(event.type);
    } catch (error) {
      response.writeHead(error instanceof VerificationError ? 401 : 500).end();
    }
  });
});

const { body, headers } = signedRequest("github", "hush", Buffer.from("{}"));
webhook.verify(Buffer.from(body), headers);

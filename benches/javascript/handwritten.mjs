/**
 * Standard Webhooks as one would write it by hand with `node:crypto`, with the same checks of the
 * headers: one well-formed value each, a canonical timestamp, canonical base64, freshness.
 */

import { createHmac, timingSafeEqual } from "node:crypto";

const TOLERANCE = 300;
const VISIBLE = /^[\x20-\x7e]+$/;
const TIMESTAMP = /^(?:0|[1-9][0-9]{0,18})$/;

export function verify(key, body, headers) {
  const id = value(headers, "webhook-id");
  const timestamp = value(headers, "webhook-timestamp");
  const signatures = value(headers, "webhook-signature");
  if (id.includes(".") || !TIMESTAMP.test(timestamp)) {
    throw new Error("malformed");
  }
  const candidates = [];
  for (const entry of signatures.split(" ")) {
    if (entry.startsWith("v1,")) {
      const encoded = entry.slice(3);
      const tag = Buffer.from(encoded, "base64");
      if (tag.length === 32 && tag.toString("base64") === encoded) {
        candidates.push(tag);
      }
    }
  }
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
  let fits = false;
  for (const candidate of candidates) {
    fits = timingSafeEqual(candidate, expected) || fits;
  }
  if (!fits) {
    throw new Error("mismatch");
  }
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE) {
    throw new Error("stale");
  }
}

function value(headers, name) {
  const found = headers[name];
  if (typeof found !== "string" || !VISIBLE.test(found)) {
    throw new Error(`the header ${name} is missing or malformed`);
  }
  return found;
}

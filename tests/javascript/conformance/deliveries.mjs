/** The kinds of cases of single requests. */

import { written } from "./guards.mjs";
import { same } from "./values.mjs";

export const DELIVERIES = { verify, construct, sign, sign_body: signBody, write_payload: writePayload };

/** One request in each of the forms that frameworks give; all must have the same outcome. */
function verify(session, testCase) {
  const webhook = session.webhook(testCase);
  const outcomes = forms(testCase).map(([body, headers]) => {
    const act = (name) => () => webhook[name](body, headers, context(testCase));
    const verified = session.attempt(act("verify"));
    const unwrapped = session.attempt(act("unwrap"));
    if (verified.error) {
      same("unwrap and verify", unwrapped, verified);
      return verified.error;
    }
    const result = acceptance(session, verified.value, testCase);
    same("unwrap and event", event(session, unwrapped, testCase), result.event);
    return result;
  });
  outcomes.forEach((outcome) => same("the forms of one request", outcome, outcomes[0]));
  return outcomes[0];
}

function acceptance(session, verified, testCase) {
  const parsed = session.attempt(() => verified.event());
  return {
    verdict: "accept",
    key_index: verified.keyIndex,
    id: verified.id,
    dedupe_key: verified.dedupeKey,
    ...timestampOf(verified, testCase.expect),
    event: event(session, parsed, testCase),
  };
}

function event(session, { value: event, error }, testCase) {
  if (error) {
    return { code: error.code, message: error.message };
  }
  const body = bytesOf(testCase);
  if (!(event.raw instanceof Uint8Array) || String(event.raw) !== String(body)) {
    throw new Error("event.raw is not the body");
  }
  const expect = testCase.expect.event ?? {};
  return {
    id: event.id,
    type: event.type,
    dedupe_key: event.dedupeKey,
    data: dataOf(event, testCase, body, expect.data),
    ...timestampOf(event, expect),
    ...(event.handshake === null ? {} : { handshake: written(event.handshake) }),
  };
}

function construct(session, testCase) {
  session.webhook(testCase);
  return { verdict: "accept" };
}

function sign(session, testCase) {
  const webhook = session.webhook(testCase);
  const body = bytesOf(testCase);
  const headers = webhook.sign(body, { id: testCase.message_id, ...context(testCase) });
  // What is signed is also accepted, with every other header absent.
  webhook.verify(body, headers, context(testCase));
  const result = { headers: Object.entries(headers) };
  if (!testCase.every_secret_signs) {
    return result;
  }
  const alone = testCase.secrets.map((secret) => session.webhook({ scheme: testCase.scheme, secrets: [secret] }));
  const fits = (webhook) => !session.attempt(() => webhook.verify(body, headers, context(testCase))).error;
  return { ...result, verified_by: [...alone.keys()].filter((index) => fits(alone[index])) };
}

function signBody(session, testCase) {
  const webhook = session.webhook(testCase);
  const { message_id: id, now } = testCase;
  const body = webhook.signBody(bytesOf(testCase), { id, now });
  if (webhook.signsInBody) {
    webhook.verify(body, {}, { now });
  }
  return { body_b64: btoa(String.fromCharCode(...body)) };
}

function writePayload(session, { message_id, event_type, now_ms, data }) {
  // Half a millisecond more, so that flooring gives back the milliseconds.
  const now = (now_ms + 0.5) / 1000;
  return { payload: session.countersign.writePayload(message_id, event_type, data, now) };
}

function context({ now, method, url, key }) {
  return { now, method, url, key };
}

function bytesOf({ body_b64 }) {
  return Uint8Array.from(atob(body_b64), (unit) => unit.charCodeAt(0));
}

/** Body and headers of one request in different forms. */
function forms(testCase) {
  const body = bytesOf(testCase);
  const { headers } = testCase;
  const grouped = new Map();
  for (const [name, value] of headers) {
    grouped.set(name, [...(grouped.get(name) ?? []), value]);
  }
  // The view begins and ends inside of its buffer.
  const padded = new Uint8Array(body.length + 8).fill(0x7b);
  padded.set(body, 3);
  const view = new DataView(padded.buffer, 3, body.length);
  const all = [
    [body, headers],
    [body.buffer, Object.fromEntries(grouped)],
    [view, grouped],
  ];
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
  const isText = String(new TextEncoder().encode(text)) === String(body);
  return isText ? [...all, [text, { [Symbol.iterator]: () => headers.values() }]] : all;
}

/** A case leaves out a timestamp that not every language has a number for. */
function timestampOf({ timestamp }, expect) {
  return "timestamp" in expect || "code" in expect ? { timestamp } : {};
}

/** The expected text if it stands for the event's data; else the data. */
function dataOf({ data }, { scheme }, body, expected) {
  if (typeof expected !== "string") {
    return data;
  }
  // Only an object or a batch passes as JSON, so that any other text is a form.
  const start = body.find((byte) => ![0x20, 0x09, 0x0a, 0x0d].includes(byte));
  const isForm = scheme.payload === "form" || !["{".charCodeAt(0), "[".charCodeAt(0)].includes(start);
  const parsed = isForm ? Object.fromEntries(new URLSearchParams(expected)) : JSON.parse(expected);
  return JSON.stringify(parsed) === JSON.stringify(data) ? expected : data;
}

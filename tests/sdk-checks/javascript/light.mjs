/** The libraries that install in little time. */

import { createHash } from "node:crypto";

import { LinearWebhookClient } from "@linear/sdk/webhooks";
import * as line from "@line/bot-sdk";
import Mux from "@mux/mux-node";
import * as octokit from "@octokit/webhooks-methods";
import { Paddle } from "@paddle/paddle-node-sdk";
import * as sanity from "@sanity/webhook";
import { EventWebhook } from "@sendgrid/eventwebhook";
import { WorkOS } from "@workos-inc/node";
import { Webhook as AsymmetricWebhook } from "countersign/asymmetric";
import { verifyKey } from "discord-interactions";
import OpenAI from "openai";
import Razorpay from "razorpay";
import { Webhook as StandardWebhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";
import twilio from "twilio";

import {
  ed25519Pair, ed25519Public, ed25519Rewritten, ed25519Signature, isDer, p256Public, p256Rewritten, p256Signature,
} from "./keys.mjs";
import {
  anyText, anyUrl, base64Secret, hexSecret, jsonBody, source, textBody, textSecret,
} from "./sample.mjs";
import { BASE64, BYTES, EMPTY, NO_AGE, NUMBER, TIMES, difference, onKinds } from "./sdk.mjs";

const stripe = new Stripe("unused");

const STRIPE = {
  package: "stripe",
  function: "webhooks.signature.verifyHeader",
  source: source({
    scheme: "stripe",
    signature: "stripe-signature",
    timestamp: "stripe-signature",
    separator: ",",
    secret: (random) => textSecret(random, "whsec_"),
    sign: ({ text, secret }, timestamp) => ({
      "stripe-signature": stripe.webhooks.generateTestHeaderString({ payload: text, secret, timestamp }),
    }),
  }),
  verify: ({ body, headers, secret }) =>
    stripe.webhooks.signature.verifyHeader(body, headers["stripe-signature"], secret, 300),
  differences: [
    BYTES,
    NUMBER,
    TIMES,
    difference("it drops a BOM at the body's start, although that was signed", false, ({ hasBom }) => hasBom),
    onKinds("it drops a BOM at the body's start, although none was signed", true, "body: a BOM more"),
  ],
};

function fieldsOf(text) {
  const fields = {};
  for (const [name, value] of new URLSearchParams(text)) {
    fields[name] = [...(fields[name] ?? []), value];
  }
  return fields;
}

function formBody(random) {
  const names = ["From", "To", "Body", "MediaUrl0", "é", "a b", "A", "a"];
  const pairs = random.times(random.between(0, 8), () => [random.choice(names), anyText(random)]);
  if (random.next() < 0.05) {
    // Of which UTF-16 and code points have another order.
    pairs.push(["a", "\ufffd"], ["a", "🧾"]);
  }
  return Buffer.from(new URLSearchParams(pairs).toString());
}

/** Whether some values of the form are in another order by code points than by units of UTF-16. */
function isOrderedOtherwise({ text }) {
  const values = [...new URLSearchParams(text).values()];
  return values.some((value) => /[\ue000-\uffff]/.test(value)) && values.some((value) => /[\ud800-\udbff]/.test(value));
}

const ORDER = "it sorts values by units of UTF-16, where we and Twilio's Python library sort by code points";

function twilioSource(others) {
  const sign = ({ text, secret, url }) => ({
    "x-twilio-signature": twilio.getExpectedTwilioSignature(secret, url, url.includes("bodySHA256") ? {} : fieldsOf(text)),
  });
  return source({ scheme: "twilio", signature: "x-twilio-signature", secret: hexSecret, sign, ...others });
}

const TWILIO_FORM = {
  package: "twilio",
  function: "validateRequest",
  source: twilioSource({ body: formBody }),
  verify: ({ text, headers, secret, url }) =>
    twilio.validateRequest(secret, headers["x-twilio-signature"], url, fieldsOf(text)),
  differences: [
    difference(`${ORDER}: what it signs`, true, isOrderedOtherwise),
    difference(`${ORDER}: what we sign`, false, isOrderedOtherwise),
  ],
};
const TWILIO_JSON = {
  package: "twilio",
  function: "validateRequestWithBody",
  source: twilioSource({
    body: jsonBody,
    url: (random, body) => {
      const url = anyUrl(random);
      const digest = createHash("sha256").update(body).digest("hex");
      return `${url}${url.includes("?") ? "&" : "?"}bodySHA256=${digest}`;
    },
  }),
  verify: ({ text, headers, secret, url }) =>
    twilio.validateRequestWithBody(secret, headers["x-twilio-signature"], url, text),
};
const GITHUB = {
  package: "@octokit/webhooks-methods",
  function: "verify",
  source: source({
    scheme: "github",
    signature: "x-hub-signature-256",
    body: textBody,
    sign: async ({ text, secret }) => ({ "x-hub-signature-256": await octokit.sign(secret, text) }),
  }),
  verify: ({ text, headers, secret }) => octokit.verify(secret, text, headers["x-hub-signature-256"]),
  differences: [EMPTY],
};
const LINE = {
  package: "@line/bot-sdk",
  function: "validateSignature",
  source: source({ scheme: "line", signature: "x-line-signature" }),
  verify: ({ body, headers, secret }) => line.validateSignature(body, secret, headers["x-line-signature"]),
  differences: [BASE64],
};
const LINEAR = {
  package: "@linear/sdk",
  function: "LinearWebhookClient.verify",
  source: source({
    scheme: "linear",
    signature: "linear-signature",
    body: jsonBody,
    dated: (body, now) => Buffer.from(JSON.stringify({ ...JSON.parse(body), webhookTimestamp: now * 1000 })),
  }),
  verify: ({ body, headers, secret }) =>
    new LinearWebhookClient(secret).verify(body, headers["linear-signature"]),
};
const paddle = new Paddle("unused");
const PADDLE = {
  package: "@paddle/paddle-node-sdk",
  function: "webhooks.isSignatureValid",
  source: source({
    scheme: "paddle",
    signature: "paddle-signature",
    timestamp: "paddle-signature",
    separator: ";",
    secret: (random) => textSecret(random, "pdl_ntfset_"),
    body: textBody,
  }),
  verify: ({ text, headers, secret }) =>
    paddle.webhooks.isSignatureValid(text, secret, headers["paddle-signature"]),
  differences: [
    NUMBER,
    onKinds(
      "it looks at the last signature only, where we find the one that fits",
      false,
      "signature: another after",
    ),
  ],
};
const mux = new Mux({ tokenId: "unused", tokenSecret: "unused" });
const MUX = {
  package: "@mux/mux-node",
  function: "webhooks.verifySignature",
  source: source({
    scheme: "mux",
    signature: "mux-signature",
    timestamp: "mux-signature",
    separator: ",",
    body: textBody,
  }),
  verify: async ({ text, headers, secret }) => {
    await mux.webhooks.verifySignature(text, headers, secret);
    return true;
  },
  differences: [NUMBER, TIMES],
};
const workos = new WorkOS("unused");
const WORKOS = {
  package: "@workos-inc/node",
  function: "webhooks.verifyHeader",
  source: source({
    scheme: "workos",
    signature: "workos-signature",
    timestamp: "workos-signature",
    separator: ",",
    // It takes the event parsed.
    body: (random) => Buffer.from(JSON.stringify(JSON.parse(jsonBody(random)))),
  }),
  verify: ({ text, headers, secret }) =>
    workos.webhooks.verifyHeader({ payload: JSON.parse(text), sigHeader: headers["workos-signature"], secret }),
  differences: [
    onKinds(
      "it takes the event parsed and writes it anew, so that the body may have other spaces than what was signed",
      true,
      "body: a line more",
      "body: a space first",
    ),
    onKinds("it does not look at the version of a signature", true, "signature: of another version"),
    onKinds(
      "it looks at the first signature only, where we find the one that fits",
      false,
      "signature: another before",
    ),
  ],
};
const RAZORPAY = {
  package: "razorpay",
  function: "validateWebhookSignature",
  source: source({ scheme: "razorpay", signature: "x-razorpay-signature", body: textBody }),
  verify: ({ text, headers, secret }) =>
    Razorpay.validateWebhookSignature(text, headers["x-razorpay-signature"], secret),
};
const SANITY = {
  package: "@sanity/webhook",
  function: "isValidRequest",
  source: source({
    scheme: "sanity",
    signature: "sanity-webhook-signature",
    timestamp: "sanity-webhook-signature",
    separator: ",",
    body: textBody,
    sign: async ({ text, secret }, now) => ({
      "sanity-webhook-signature": await sanity.encodeSignatureHeader(text, now * 1000, secret),
    }),
  }),
  verify: ({ body, headers, secret }) => sanity.isValidRequest({ body, headers }, secret),
  differences: [
    NO_AGE,
    EMPTY,
    onKinds(
      "it wants one signature in the header, where we find the one that fits",
      false,
      "signature: another before",
      "signature: another after",
    ),
  ],
};
const openai = new OpenAI({ apiKey: "unused" });
const OPENAI = {
  package: "openai",
  function: "webhooks.verifySignature",
  source: source({
    scheme: "openai",
    signature: "webhook-signature",
    timestamp: "webhook-timestamp",
    separator: " ",
    secret: (random) => (random.next() < 0.7 ? base64Secret(random) : textSecret(random)),
    body: textBody,
  }),
  verify: async ({ text, headers, secret }) => {
    await openai.webhooks.verifySignature(text, headers, secret);
    return true;
  },
  differences: [
    BASE64,
    onKinds("it takes spaces around the time away, as HTTP does", true, "time: spaces around"),
    onKinds("it takes a signature that does not say its version", true, "signature: without its prefix"),
  ],
};

function standardSign(Library, prefix) {
  return ({ text, secret }, now) => ({
    [`${prefix}-id`]: "msg_1",
    [`${prefix}-timestamp`]: String(now),
    [`${prefix}-signature`]: new Library(secret).sign("msg_1", new Date(now * 1000), text),
  });
}

const STANDARD = {
  package: "standardwebhooks",
  function: "Webhook.verify",
  source: source({
    scheme: "standard",
    signature: "webhook-signature",
    timestamp: "webhook-timestamp",
    separator: " ",
    secret: base64Secret,
    sign: standardSign(StandardWebhook, "webhook"),
  }),
  verify: ({ body, headers, secret }) => {
    new StandardWebhook(secret).verify(body, headers, { jsonParse: false });
    return true;
  },
  differences: [BYTES, NUMBER],
};
const SVIX = {
  package: "svix",
  function: "Webhook.verify",
  source: source({
    scheme: "svix",
    signature: "svix-signature",
    timestamp: "svix-timestamp",
    separator: " ",
    secret: base64Secret,
    // It parses what it has verified.
    body: jsonBody,
    sign: standardSign(SvixWebhook, "svix"),
  }),
  verify: ({ body, headers, secret }) => {
    new SvixWebhook(secret).verify(body, headers);
    return true;
  },
  differences: [NUMBER],
};

const DISCORD = {
  package: "discord-interactions",
  function: "verifyKey",
  source: source({
    Webhook: AsymmetricWebhook,
    scheme: "discord",
    signature: "x-signature-ed25519",
    timestamp: "x-signature-timestamp",
    secret: ed25519Public,
    signOtherwise: ({ body, secret }, now) => ({
      "x-signature-ed25519": ed25519Signature(secret, Buffer.concat([Buffer.from(String(now)), body])),
      "x-signature-timestamp": String(now),
    }),
    pair: ed25519Pair,
    rewritten: ed25519Rewritten,
  }),
  verify: ({ body, headers, secret }) =>
    verifyKey(body, headers["x-signature-ed25519"], headers["x-signature-timestamp"], secret),
  differences: [
    NO_AGE,
    onKinds(
      "its decoder of hexadecimal takes capitals, which Discord does not write",
      true,
      "signature: in the other case",
    ),
  ],
};
const sendgrid = new EventWebhook();
const SENDGRID = {
  package: "@sendgrid/eventwebhook",
  function: "EventWebhook.verifySignature",
  source: source({
    Webhook: AsymmetricWebhook,
    scheme: "sendgrid",
    signature: "x-twilio-email-event-webhook-signature",
    timestamp: "x-twilio-email-event-webhook-timestamp",
    secret: p256Public,
    body: textBody,
    signOtherwise: ({ body, secret }, now) => ({
      "x-twilio-email-event-webhook-signature": p256Signature(secret, Buffer.concat([Buffer.from(String(now)), body])),
      "x-twilio-email-event-webhook-timestamp": String(now),
    }),
    rewritten: p256Rewritten,
  }),
  verify: ({ text, headers, secret }) =>
    sendgrid.verifySignature(
      sendgrid.convertPublicKeyToECDSA(secret),
      text,
      headers["x-twilio-email-event-webhook-signature"],
      headers["x-twilio-email-event-webhook-timestamp"],
    ),
  differences: [
    BASE64,
    difference(
      "its decoder of DER takes lengths that are too large or in two bytes, and a zero more than is needed",
      true,
      ({ headers }) => !isDer(headers["x-twilio-email-event-webhook-signature"]),
    ),
  ],
};

export const SDKS = [
  STRIPE, TWILIO_FORM, TWILIO_JSON, GITHUB, LINE, LINEAR, PADDLE, MUX, WORKOS, RAZORPAY, SANITY, OPENAI, STANDARD, SVIX,
  DISCORD, SENDGRID,
];

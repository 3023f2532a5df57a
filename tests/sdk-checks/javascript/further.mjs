/** The libraries that bring many others, of which some are 100 MB. */

import adyen from "@adyen/api-library";
import { ElevenLabsClient } from "@elevenlabs/elevenlabs-js";
import hubspot from "@hubspot/api-client";
import "@shopify/shopify-api/adapters/node";
import { ApiVersion, LogSeverity, shopifyApi } from "@shopify/shopify-api";
import slack from "@slack/bolt/dist/receivers/verify-request.js";
import cashfree from "cashfree-pg";
import square from "square";
import { WebflowClient } from "webflow-api";

import { hexSecret, jsonBody, source, textBody, textSecret } from "./sample.mjs";
import { BASE64, EMPTY, NO_AGE, onKinds } from "./sdk.mjs";

const SLACK = {
  package: "@slack/bolt",
  function: "verifySlackRequest",
  source: source({
    scheme: "slack",
    signature: "x-slack-signature",
    timestamp: "x-slack-request-timestamp",
    body: textBody,
  }),
  verify: ({ text, headers, secret }) =>
    slack.isValidSlackRequest({ body: text, headers, signingSecret: secret }),
  differences: [
    onKinds("it takes a time ahead, which Slack's Python library does not", true, "ahead"),
  ],
};
const SQUARE = {
  package: "square",
  function: "WebhooksHelper.verifySignature",
  source: source({ scheme: "square", signature: "x-square-hmacsha256-signature", body: textBody }),
  verify: ({ text, headers, secret, url }) =>
    square.WebhooksHelper.verifySignature({
      requestBody: text,
      signatureHeader: headers["x-square-hmacsha256-signature"],
      signatureKey: secret,
      notificationUrl: url,
    }),
};
const SHOPIFY = {
  package: "@shopify/shopify-api",
  function: "webhooks.validate",
  source: source({
    scheme: "shopify",
    signature: "x-shopify-hmac-sha256",
    body: textBody,
    // It refuses what it has verified without these.
    headers: {
      "x-shopify-topic": "orders/create",
      "x-shopify-shop-domain": "shop.example",
      "x-shopify-api-version": "2026-10",
      "x-shopify-webhook-id": "msg_1",
    },
  }),
  verify: async ({ text, headers, secret }) => {
    const api = shopifyApi({
      apiKey: "unused",
      apiSecretKey: secret,
      hostName: "shop.example",
      apiVersion: Object.values(ApiVersion).at(-1),
      isEmbeddedApp: true,
      logger: { level: LogSeverity.Error },
    });
    const { valid } = await api.webhooks.validate({ rawBody: text, rawRequest: { headers, method: "POST", url: "/" } });
    return valid;
  },
  differences: [EMPTY],
};

function hubspotOf(version, signature, timestamp) {
  const parts = ({ text, headers, secret, url, method }) => ({
    signatureVersion: version,
    signature: headers[signature],
    clientSecret: secret,
    requestBody: text,
    url,
    method,
    ...(timestamp === undefined ? {} : { timestamp: headers[timestamp] }),
  });
  return {
    package: "@hubspot/api-client",
    function: `Signature.isValid, ${version}`,
    source: source({ scheme: `hubspot-${version}`, signature, timestamp, body: textBody }),
    verify: (request) => hubspot.Signature.isValid(parts(request)),
  };
}

const HUBSPOT = [
  hubspotOf("v1", "x-hubspot-signature"),
  hubspotOf("v2", "x-hubspot-signature"),
  hubspotOf("v3", "x-hubspot-signature-v3", "x-hubspot-request-timestamp"),
];
const webflow = new WebflowClient({ accessToken: "unused" });
const WEBFLOW = {
  package: "webflow-api",
  function: "webhooks.verifySignature",
  source: source({
    scheme: "webflow",
    signature: "x-webflow-signature",
    timestamp: "x-webflow-timestamp",
    body: textBody,
  }),
  verify: ({ text, headers, secret }) => webflow.webhooks.verifySignature({ headers, body: text, secret }),
  differences: [NO_AGE],
};
const elevenlabs = new ElevenLabsClient({ apiKey: "unused" });
const ELEVENLABS = {
  package: "@elevenlabs/elevenlabs-js",
  function: "webhooks.constructEvent",
  source: source({
    scheme: "elevenlabs",
    signature: "elevenlabs-signature",
    timestamp: "elevenlabs-signature",
    separator: ",",
    secret: (random) => textSecret(random, "wsec_"),
    body: jsonBody,
  }),
  verify: async ({ text, headers, secret }) => {
    await elevenlabs.webhooks.constructEvent(text, headers["elevenlabs-signature"], secret);
    return true;
  },
  differences: [
    onKinds(
      "it looks at the first signature only, where we find the one that fits",
      false,
      "signature: another before",
    ),
  ],
};
const CASHFREE = {
  package: "cashfree-pg",
  function: "Cashfree.PGVerifyWebhookSignature",
  source: source({
    scheme: "cashfree",
    signature: "x-webhook-signature",
    timestamp: "x-webhook-timestamp",
    body: jsonBody,
  }),
  verify: ({ text, headers, secret }) => {
    // The last is whether it tells its maker of errors.
    const options = ["unused", secret, undefined, undefined, undefined, false];
    const client = new cashfree.Cashfree(cashfree.CFEnvironment.SANDBOX, ...options);
    client.PGVerifyWebhookSignature(headers["x-webhook-signature"], text, headers["x-webhook-timestamp"]);
    return true;
  },
  differences: [NO_AGE],
};
const ADYEN = {
  package: "@adyen/api-library",
  function: "hmacValidator.validateHMACSignature",
  source: source({ scheme: "adyen-header", signature: "hmacsignature", secret: hexSecret, body: textBody }),
  verify: ({ text, headers, secret }) =>
    new adyen.hmacValidator().validateHMACSignature(secret, headers.hmacsignature, text),
  differences: [BASE64],
};

export const SDKS = [SLACK, SQUARE, SHOPIFY, ...HUBSPOT, WEBFLOW, ELEVENLABS, CASHFREE, ADYEN];

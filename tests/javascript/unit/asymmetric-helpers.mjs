/** Requests of providers with public keys: as they publish them, or signed by Node's own cryptography. */

import { createHash, sign } from "node:crypto";

/** Published with SendGrid's libraries, `test/unit/test_eventwebhook.py` of sendgrid-python. */
export const SENDGRID = {
  key: "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==",
  body: "[{\"email\":\"hello@world.com\",\"event\":\"dropped\",\"reason\":\"Bounced Address\",\"sg_event_id\":\"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA\",\"sg_message_id\":\"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0\",\"smtp-id\":\"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>\",\"timestamp\":1600112492}]\r\n",
  headers: {
    "x-twilio-email-event-webhook-timestamp": "1600112502",
    "x-twilio-email-event-webhook-signature":
      "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=",
  },
};

/** A delivery of Plaid that its receiver published: https://stackoverflow.com/questions/62117400. */
export const PLAID = {
  keyId: "6c5516e1-92dc-479e-a8ff-5a51992e0001",
  key: JSON.stringify({ key: {"alg": "ES256", "created_at": 1560466143, "crv": "P-256", "expired_at": null, "kid": "6c5516e1-92dc-479e-a8ff-5a51992e0001", "kty": "EC", "use": "sig", "x": "35lvC8uz2QrWpQJ3TUH8t9o9DURMp7ydU518RKDl20k", "y": "I8BuXB2bvxelzJAd7OKhd-ZwjCst05Fx47Mb_0ugros"} }),
  body: "{\n  \"error\": null,\n  \"item_id\": \"yxQbxDjnD8hr69pKbQpbcKeVn3GL9QuyA7NV3\",\n  \"new_transactions\": 390,\n  \"webhook_code\": \"HISTORICAL_UPDATE\",\n  \"webhook_type\": \"TRANSACTIONS\"\n}",
  headers: {
    "plaid-verification":
      "eyJhbGciOiJFUzI1NiIsImtpZCI6IjZjNTUxNmUxLTkyZGMtNDc5ZS1hOGZmLTVhNTE5OTJlMDAwMSIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE1OTA4ODcwMDEsInJlcXVlc3RfYm9keV9zaGEyNTYiOiJiNjNhMDdiNTQ3YjAwZjk5MjU0N2Y2YmJjOGQ5YWNjNjFhOGNjZWUxMzhiYzgyZjQ0YTZiYWEwOTY4M2E1ZDBmIn0.OOKvIihgqCj7Qrb2bmz7T3t7uK-0JyjiEqL2s1kWeJBM4MMmjaHKK8GmU_z91QolBWMzvPgs718EElY-rE3cwQ",
  },
  context: { now: 1590887001 },
};

/** fal's, whose keys are a set at this URL; the private key is Node's, `user` the secret. */
export const FAL_KEYS = "https://rest.fal.ai/.well-known/jwks.json";

export function falRequest(privateKey, { user = "user", body = '{"status":"OK","payload":{}}', at = now() } = {}) {
  const digest = createHash("sha256").update(body).digest("hex");
  const signed = sign(null, Buffer.from(["request-1", user, at, digest].join("\n")), privateKey);
  const headers = {
    "x-fal-webhook-request-id": "request-1",
    "x-fal-webhook-user-id": user,
    "x-fal-webhook-timestamp": String(at),
    "x-fal-webhook-signature": signed.toString("hex"),
  };
  return { body, headers };
}

/** A set with these public keys, as Node exports them. */
export function keySet(...publicKeys) {
  return JSON.stringify({ keys: publicKeys.map((key) => key.export({ format: "jwk" })) });
}

export function now() {
  return Math.floor(Date.now() / 1000);
}

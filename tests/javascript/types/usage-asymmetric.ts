// What users write of schemes with public keys, in every host.

import { Webhook as SharedSecretWebhook } from "countersign";
import * as small from "countersign";
import {
  type Event,
  type FetchedKey,
  GuardError,
  KeyFetcher,
  type KeyFetcherOptions,
  Scheme,
  Secret,
  VerificationError,
  type Verified,
  Webhook,
} from "countersign/asymmetric";
import { type KeySource, Receiver } from "countersign/receiver";

const webhook = new Webhook("discord", new Secret("00"));
const anywhere: SharedSecretWebhook = webhook;
const sameClass: typeof small.VerificationError = VerificationError;
new Webhook(small.Scheme.named("sendgrid"), new small.Secret("00"));
new SharedSecretWebhook(Scheme.named("github"), "hush");

for (const key of ["-----BEGIN CERTIFICATE-----", new Uint8Array(1), new ArrayBuffer(1), null, undefined]) {
  const verified: Verified = webhook.verify("{}", {}, { key, now: 1 });
  const event: Event<{ id: string }> = webhook.unwrap<{ id: string }>("{}", {}, { key });
  void [verified, event];
}

try {
  webhook.verify("{}", {});
} catch (error) {
  if (error instanceof VerificationError && error.code === "key_needed") {
    const places: [string | null, string | null] = [error.keyUrl, error.keyId];
    void places;
  }
  if (error instanceof GuardError && error.code === "key_unavailable") {
    void error.cause;
  }
}

const options: KeyFetcherOptions = {
  fetch,
  lifetime: 3600,
  byKeyId: async (keyId: string, scheme: string): Promise<FetchedKey | null> => (scheme === "plaid" ? keyId : null),
};
const fetcher: KeySource = new KeyFetcher(options);
new KeyFetcher();
new KeyFetcher({ byKeyId: () => new Uint8Array(1) });
new Receiver(webhook, { keys: fetcher });
new Receiver(anywhere, { keys: null });

async function fetched(keys: KeyFetcher): Promise<string | null> {
  const verified: Verified = await keys.verify(webhook, "{}", new Headers(), { now: 1 });
  const event = await keys.unwrap<{ id: string }>(webhook, new Uint8Array(1), {}, { url: null });
  return verified.id ?? event.data.id;
}

// @ts-expect-error a key is text or bytes
webhook.verify("{}", {}, { key: 5 });
// @ts-expect-error nothing is signed with what was fetched
webhook.sign("{}", { key: "" });
// @ts-expect-error there is no such option
new KeyFetcher({ lifetme: 1 });
// @ts-expect-error a fetcher is no function
new Receiver(webhook, { keys: () => null });

void [sameClass, fetched];

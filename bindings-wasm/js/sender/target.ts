/** An endpoint as attempts need it: everything parsed. */

import type { RetryPolicy } from "../retry.js";
import { describedPolicy, type RetryPolicyDescription } from "../retry-description.js";
import type { Scheme } from "../scheme.js";
import { Webhook } from "../webhook.js";
import { type Destination, DestinationRules } from "./destination.js";
import { checkHeader } from "./endpoint.js";
import { deliveryFailure } from "./failure.js";
import type { EndpointRecord, EndpointSettings } from "./store.js";

/** What a sender gives to endpoints that say nothing else. */
export interface Defaults {
  readonly webhook: Webhook | null;
  readonly schemes: ReadonlyMap<string, Scheme>;
  readonly retryPolicy: RetryPolicy;
  readonly concurrency: number;
  /** In milliseconds, as the two below. */
  readonly firstByteMs: number;
  readonly totalMs: number;
  readonly leaseMs: number;
}

export interface Target {
  /** The endpoint's id. */
  readonly id: string;
  readonly webhook: Webhook;
  readonly destination: Destination;
  readonly rules: DestinationRules;
  readonly retryPolicy: RetryPolicy;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly concurrency: number;
  readonly isFifo: boolean;
  /** Attempts a second; `null` if there is no such bound. */
  readonly perSecond: number | null;
  readonly firstByteMs: number;
  readonly totalMs: number;
}

/** What the Rust and Python packages write before a secret that they have encrypted. */
const SEALED = "sealed:";

/** @throws What is wrong with the endpoint. */
export function targetOf(endpoint: EndpointRecord, defaults: Defaults): Target {
  const { settings } = endpoint;
  const rules = new DestinationRules({ allowHttp: settings.allows_http, allow: settings.networks });
  const totalMs = settings.total_timeout_ms ?? defaults.totalMs;
  if (totalMs * 2 > defaults.leaseMs) {
    // Its attempts could outlive their leases.
    throw deliveryFailure("setting");
  }
  return {
    id: endpoint.id,
    webhook: webhookOf(endpoint, defaults),
    destination: rules.parse(endpoint.url),
    rules,
    retryPolicy: policyOf(settings, defaults),
    headers: (settings.headers ?? []).map(([name, value]) => checkHeader([name, value])),
    concurrency: Math.max(settings.concurrency ?? defaults.concurrency, 1),
    isFifo: settings.is_fifo === true,
    perSecond: settings.per_second ?? null,
    firstByteMs: settings.first_byte_timeout_ms ?? defaults.firstByteMs,
    totalMs,
  };
}

function webhookOf({ scheme, secrets }: EndpointRecord, { webhook, schemes }: Defaults): Webhook {
  if (scheme === null && secrets.length === 0) {
    // The second throws `no_secrets` in the core's words.
    return webhook ?? new Webhook("standard", []);
  }
  if (secrets.some((secret) => secret.startsWith(SEALED))) {
    throw deliveryFailure("unreadable_secret");
  }
  const name = scheme ?? "standard";
  const own = new Webhook(schemes.get(name) ?? name, secrets, { everySecretSigns: true });
  own.checkSignsHeaders();
  return own;
}

function policyOf({ retry_policy: stored }: EndpointSettings, defaults: Defaults): RetryPolicy {
  if (stored === null || stored === undefined) {
    return defaults.retryPolicy;
  }
  try {
    return describedPolicy(stored as RetryPolicyDescription);
  } catch {
    // Somebody has written into the table what is no policy.
    throw deliveryFailure("setting");
  }
}

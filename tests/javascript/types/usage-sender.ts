// What users of the sender write: each statement must compile under the strictest settings.

import { RetryPolicy } from "countersign";
import { DestinationRules, HEALTHY, HealthPolicy, writePayload } from "countersign/sender";
import type {
  Availability,
  Destination,
  DestinationRulesOptions,
  DisableReason,
  EndpointHealth,
  HealthPolicyOptions,
} from "countersign/sender";

const healthOptions: HealthPolicyOptions = {
  circuitFailures: false,
  circuitPauses: [30, 1800],
  throttlePauses: [1, 60],
  retryAfterCap: 3600,
  disableAfter: 432_000,
  disableFailures: null,
  retryStatuses: new Set([404]),
};
const policy = new HealthPolicy(healthOptions);
const health: EndpointHealth = policy.observe(HEALTHY, { status: 503, retryAfter: "30" });
policy.observe({ ...health, openings: 0 }, { status: null, forbidden: true, now: 1, entropy: 0 });
const availability: Availability = policy.availability(health, 1);
const reason: DisableReason | null = availability.reason ?? health.disabled;
const until: number | null = availability.state === "throttled" ? availability.until : null;
// @ts-expect-error: what is known is not changed in place
health.failures = 1;
// @ts-expect-error: true is no number of failures
new HealthPolicy({ circuitFailures: true });
// @ts-expect-error: there are two pauses
new HealthPolicy({ circuitPauses: [1] });

const rulesOptions: DestinationRulesOptions = { allowHttp: true, allow: ["10.0.0.0/8"] };
const destination: Destination = new DestinationRules(rulesOptions).parse("https://example.com/in");
const host: string = destination.host;
const port: number = destination.port;
const address: string | null = destination.address;
new DestinationRules().check([address ?? "192.0.2.1"]);
if (RetryPolicy.standard().decide(1, { status: null, forbidden: true }).reason === "forbidden") {
  console.log(reason, until, host, port);
}
const payload: string = writePayload("msg_1", "invoice.paid", "{}", null);
// @ts-expect-error: data is JSON as text
writePayload(payload, "invoice.paid", {});

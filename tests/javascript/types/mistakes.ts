// What must not compile. A directive without an error is an error itself.

import { Backoff, CountersignError, RetryPolicy, Scheme, Secret, Tolerance, Webhook } from "countersign";
import type { SchemeDescription } from "countersign";
import { signedRequest } from "countersign/testing";

const webhook = new Webhook("standard", "whsec_aGVsbG8=");

// @ts-expect-error a webhook needs a secret
new Webhook("standard");
// @ts-expect-error a setting that may be absent is no secret
new Webhook("standard", undefined as string | undefined);
// @ts-expect-error bytes are a secret only through Secret.fromBytes
new Webhook("standard", new Uint8Array(32));
// @ts-expect-error a scheme is a name or a Scheme
new Webhook({ name: "acme", headers: { signature: "x-a" } }, "hush");
// @ts-expect-error a tolerance is a Tolerance
new Webhook("standard", "hush", { tolerance: 300 });
// @ts-expect-error there is no such option
new Webhook("standard", "hush", { tolerence: new Tolerance(1) });

// @ts-expect-error a parsed body is none
webhook.verify({ type: "ping" }, {});
// @ts-expect-error nothing is no body
webhook.verify(undefined, {});
// @ts-expect-error numbers are no body
webhook.unwrap([1, 2, 3], {});
// @ts-expect-error the headers are missing
webhook.verify("{}");
// @ts-expect-error text is no headers
webhook.verify("{}", "webhook-id: a");
// @ts-expect-error a clock is a number of seconds
webhook.verify("{}", {}, { now: new Date() });
// @ts-expect-error there is no such option
webhook.verify("{}", {}, { clock: 1 });
// @ts-expect-error an id is text
webhook.sign("{}", { id: 5 });

// @ts-expect-error what the data is, the caller must say or check
webhook.unwrap("{}", {}).data.total;
// @ts-expect-error an event may have no id
const id: string = webhook.unwrap("{}", {}).id;
// @ts-expect-error an event is not changed
webhook.unwrap("{}", {}).type = "other";
// @ts-expect-error a verdict is not changed
webhook.verify("{}", {}).keyIndex = 1;
// @ts-expect-error the names are not changed
webhook.headerNames.push("x-other");
// @ts-expect-error there is nothing to compare a secret by
const text: string = new Secret("hush").text;

// @ts-expect-error a description needs a name
const without: SchemeDescription = { headers: { signature: "x-signature" } };
// @ts-expect-error there is no such algorithm
new Scheme({ name: "acme", headers: { signature: "x-a" }, algorithm: "md5" });
// @ts-expect-error a key is misspelt
new Scheme({ name: "acme", headers: { signature: "x-a" }, prefixx: "a=" });
// @ts-expect-error a header set needs a signature
new Scheme({ name: "acme", headers: { id: "x-a" } });

// @ts-expect-error a tolerance has both sides
new Tolerance({ past: 1 });
// @ts-expect-error a Backoff is made by its functions
new Backoff();
// @ts-expect-error attempts are needed
Backoff.exponential(1, {});
// @ts-expect-error there is no such jitter
Backoff.standard({ jitter: "half" });
// @ts-expect-error a policy needs a Backoff
new RetryPolicy([1, 2, 3]);
// @ts-expect-error a network error is said by null
RetryPolicy.standard().decide(1, {});

// @ts-expect-error there is no such code
new CountersignError("no_such_code", "message");
// @ts-expect-error numbers are no payload
signedRequest("github", "hush", 5);
// @ts-expect-error a type is text
signedRequest("github", "hush", null, { type: 5 });

void [id, text, without];

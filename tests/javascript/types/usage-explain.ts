// What users of reports write: each statement must compile under the strictest settings.

import { Scheme, Tolerance } from "countersign";
import { detect, explain } from "countersign/explain";
import type { Certainty, EveryHeader, ExplainedRequest, ExplainedWebhook, Explanation, Finding } from "countersign/explain";

const headers: EveryHeader[] = [new Headers(), new Map([["a", "b"]]), [["a", ["b", "c"]]], { a: undefined }];
headers.push({ ":status": 200, "x-a": ["b"] }, [["content-length", 5]], { get: () => null, has: () => false });
const webhooks: ExplainedWebhook[] = [
  { scheme: "github", secrets: "hush" },
  { scheme: Scheme.named("github"), secrets: ["new", new Uint8Array(32)], tolerance: new Tolerance(60) },
];
const requests: ExplainedRequest[] = headers.map((every) => ({ body: "{}", headers: every, now: 0, url: null }));

for (const webhook of webhooks) {
  for (const request of requests) {
    const explanation: Explanation = explain(webhook, request);
    const index: number | null = explanation.keyIndex;
    const code: string | null = explanation.code;
    for (const finding of explanation.findings) {
      const one: Finding = finding;
      const certainty: Certainty = one.certainty;
      const fact: number | string | undefined = one.evidence.seconds;
      console.log(index, code, certainty, fact, one.suggestion, explanation.text);
    }
    const schemes: string[] = detect(request.headers);
    console.log(schemes);
  }
}

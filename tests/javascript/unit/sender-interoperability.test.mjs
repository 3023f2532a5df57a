/** What a sender sends while a secret is replaced, as the official libraries of receivers see it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { MemorySenderStore } from "countersign/sender";
import fc from "fast-check";
import * as standardwebhooks from "standardwebhooks";
import * as svix from "svix";

import { thrownBy } from "./helpers.mjs";
import { endpointAt, endpointServer, hurried, settled } from "./sender-helpers.mjs";

const [OLD, NEW, STRANGER] = [1, 2, 3].map((byte) => `whsec_${Buffer.alloc(32, byte).toString("base64")}`);

/** Who signs in each phase, and who does not. */
const PHASES = [
  { begin: () => {}, secrets: [OLD], strangers: [NEW, STRANGER] },
  { begin: (sender) => sender.rotateSecret("a", NEW), secrets: [NEW, OLD], strangers: [STRANGER] },
  { begin: (sender) => sender.retireSecrets("a"), secrets: [NEW], strangers: [OLD, STRANGER] },
];

/** Svix's own library reads the headers of both schemes. */
const SCHEMES = { standard: [standardwebhooks, svix], svix: [svix] };

const MESSAGES = 40;
// Every character of Unicode, in values as in names.
const DATA = fc.sample(fc.jsonValue({ stringUnit: "binary" }), { seed: 1, numRuns: 3 * MESSAGES });

for (const [scheme, libraries] of Object.entries(SCHEMES)) {
  test(`the official libraries verify what is sent by the scheme ${scheme}`, async (context) => {
    const { requests, url } = await endpointServer(context);
    const { sender } = hurried(context, new MemorySenderStore());
    await sender.putEndpoint(endpointAt(url, { scheme, secrets: OLD }));
    sender.start();
    const left = [...DATA];
    for (const { begin, secrets, strangers } of PHASES) {
      await begin(sender);
      const sent = new Map();
      for (const data of left.splice(0, MESSAGES)) {
        const { id } = await sender.send("a", "in\"voice\\paid", data);
        sent.set(id, JSON.parse(JSON.stringify(data)));
      }
      await settled(sender);
      for (const { headers, body } of requests.splice(0)) {
        const id = headers[scheme === "svix" ? "svix-id" : "webhook-id"];
        const payload = JSON.parse(body);
        assert.deepEqual([payload.id, payload.type], [id, "in\"voice\\paid"]);
        assert.deepStrictEqual(payload.data, sent.get(id));
        sent.delete(id);
        for (const library of libraries) {
          judge(library, { headers, body, secrets, strangers });
        }
      }
      assert.equal(sent.size, 0);
    }
  });
}

function judge({ Webhook, WebhookVerificationError }, { headers, body, secrets, strangers }) {
  const changed = Buffer.concat([Buffer.from(" "), body]);
  for (const secret of secrets) {
    new Webhook(secret).verify(body, headers);
    assert.ok(thrownBy(() => new Webhook(secret).verify(changed, headers)) instanceof WebhookVerificationError);
  }
  for (const secret of strangers) {
    assert.ok(thrownBy(() => new Webhook(secret).verify(body, headers)) instanceof WebhookVerificationError);
  }
}

/** The module's memory does not grow with what was made and forgotten. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");

// The package shows its memory to nobody, so the instance is caught as it is made.
const memories = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...given) {
    super(...given);
    memories.push(this.exports.memory);
  }
};
const { Backoff, RetryPolicy, Scheme, Secret, Webhook } = await import("countersign");
WebAssembly.Instance = Instance;

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const PAGE = 1 << 16;

/** Until garbage is collected and finalizers, which run in tasks of their own, have run. */
async function settled() {
  for (let n = 0; n < 3; n++) {
    collectGarbage();
    await setTimeout(5);
  }
}

/** How much the memory grows over rounds of an action, after some rounds to reach its size. */
async function growth(action, { rounds = 10, count = 2000 } = {}) {
  const round = async () => {
    for (let n = 0; n < count; n++) {
      action(n);
    }
    await settled();
  };
  for (let n = 0; n < 3; n++) {
    await round();
  }
  const before = memories[0].buffer.byteLength;
  for (let n = 0; n < rounds; n++) {
    await round();
  }
  return memories[0].buffer.byteLength - before;
}

function assertAtMost(limit, bytes) {
  assert.ok(bytes <= limit, `the memory grew by ${bytes} bytes, of at most ${limit}`);
}

test("there is one module, and it has a memory", () => {
  assert.equal(memories.length, 1);
  assert.ok(memories[0].buffer.byteLength > 0);
});

test("webhooks that are forgotten are freed", async () => {
  const description = { name: "acme", headers: { signature: "x-a" } };
  const made = (n) => {
    new Webhook("standard", [SECRET, new Secret(SECRET)]);
    new Webhook(new Scheme(description), `secret ${n}`);
    new RetryPolicy(Backoff.exponential(1, { attempts: 3 }));
  };
  assertAtMost(4 * PAGE, await growth(made));
});

test("requests leave nothing behind", async () => {
  const webhook = new Webhook("standard", SECRET);
  const body = '{"type":"ping","data":"é"}';
  const headers = webhook.sign(body, { id: "msg_1", now: 1 });
  const used = () => {
    webhook.sign(body, { id: "msg_1" });
    webhook.verify(body, headers, { now: 1 }).event().data;
    webhook.unwrap(body, headers, { now: 1 });
  };
  assert.equal(await growth(used), 0);
});

test("errors leave nothing behind", async () => {
  const webhook = new Webhook("standard", SECRET);
  const failing = [
    () => new Webhook("standard", [SECRET, "not base64!"]),
    () => new Webhook("none", SECRET),
    () => new Secret(" padded"),
    () => new Scheme({ name: "acme", headers: [] }),
    () => webhook.verify("{}", {}),
    () => webhook.verify({}, {}),
    () => webhook.verify("{}", { "webhook-id": {} }),
  ];
  const used = (n) => {
    try {
      failing[n % failing.length]();
    } catch {
      // Every one of them fails; what matters here is what it leaves.
    }
  };
  assertAtMost(4 * PAGE, await growth(used));
});

test("the room for a large body is used again", async () => {
  const webhook = new Webhook("github", "hush");
  const body = new Uint8Array(8 << 20);
  assert.equal(await growth(() => webhook.sign(body), { rounds: 3, count: 3 }), 0);
});

test("long secrets are given back", async () => {
  const text = "x".repeat(4096);
  assertAtMost(4 * PAGE, await growth(() => new Webhook("github", text), { rounds: 5, count: 10 }));
});

// The program: its configuration and the system's clock.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { generateSecret } from "countersign";
import { signedRequest } from "countersign/testing";

import { client } from "./client.js";

const MAIN = fileURLToPath(new URL("../local/start.js", import.meta.url));
const SECRET = generateSecret();
const COMPLETE = { COUNTERSIGN_SCHEME: "standard", COUNTERSIGN_SECRET: SECRET };

function start(settings) {
  const isOther = ([name]) => !name.startsWith("COUNTERSIGN_");
  const inherited = Object.fromEntries(Object.entries(process.env).filter(isOther));
  const env = { ...inherited, PORT: "0", ...settings };
  return spawn(process.execPath, [MAIN], { env, stdio: ["ignore", "pipe", "pipe"] });
}

const INCOMPLETE = [
  [{}, "COUNTERSIGN_SCHEME is not set"],
  [{ COUNTERSIGN_SCHEME: "github" }, "COUNTERSIGN_SECRET is not set"],
  [
    { COUNTERSIGN_SCHEME: "github", COUNTERSIGN_SECRET: "" },
    "COUNTERSIGN_SECRET: the secret is empty",
  ],
  [
    {
      COUNTERSIGN_SCHEME: "standard",
      COUNTERSIGN_SECRET: SECRET,
      COUNTERSIGN_OLD_SECRET: "not base64",
    },
    "COUNTERSIGN_OLD_SECRET: the secret is not canonical standard base64",
  ],
  [
    { COUNTERSIGN_SCHEME: "gihtub", COUNTERSIGN_SECRET: "hush" },
    "COUNTERSIGN_SCHEME: no scheme is registered",
  ],
  [{ ...COMPLETE, COUNTERSIGN_RATE_LIMIT: "600" }, "COUNTERSIGN_RATE_LIMIT is not like 600/60"],
  [{ ...COMPLETE, COUNTERSIGN_STORE: "mysql://" }, "COUNTERSIGN_STORE is not memory, durable-object or off"],
  [{ ...COMPLETE, COUNTERSIGN_ALLOW: "192.0.2.0/33" }, "COUNTERSIGN_ALLOW"],
];

for (const [settings, message] of INCOMPLETE) {
  test(`does not start: ${message}`, async () => {
    const program = start(settings);
    const log = await text(program.stderr);
    if (program.exitCode === null) await new Promise((resolve) => program.once("exit", resolve));
    assert.notEqual(program.exitCode, 0);
    assert.ok(log.includes(message), log);
  });
}

test("takes a fresh delivery", async () => {
  const program = start(COMPLETE);
  try {
    const origin = await listening(program);
    const payload = { type: "payment.succeeded", data: { amount: 5 } };
    const { body, headers } = signedRequest("standard", SECRET, payload, { id: "msg_1" });
    const answer = await client(origin).post(body, headers);
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.body, { status: "handled", id: "msg_1", type: "payment.succeeded" });
  } finally {
    program.kill();
  }
});

async function listening(program) {
  for await (const line of createInterface(program.stdout)) {
    const found = /^listening on (\S+)\/webhooks$/.exec(line);
    if (found) return found[1];
  }
  throw new Error("the program ended before it listened");
}

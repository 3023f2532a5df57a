/** Senders that are killed, and senders that share a file. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { Sender, SqliteSenderStore } from "countersign/sender";

import { endpointAt, endpointServer, hurried, settled } from "../sender-helpers.mjs";
import { temporaryFile } from "./inboxes.mjs";

const PROGRAM = fileURLToPath(new URL("sender-program.mjs", import.meta.url));
const KILLS = 20;
const COUNT = 40;

/** Runs the program, kills it after so many milliseconds; what it said was committed. */
async function run(file, url, first, killAfter) {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", PROGRAM, file, url, first, COUNT], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let told = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (told += text));
  const exited = once(child, "close");
  if (killAfter !== null) {
    // From its first word on, as it takes its time to start.
    await Promise.race([once(child.stdout, "data"), exited]);
    await sleep(killAfter);
    child.kill("SIGKILL");
  }
  const [code] = await exited;
  assert.ok(killAfter !== null || code === 0, `it ended with ${code}`);
  return told.split("\n").filter((line) => line !== "").map(Number);
}

test(`what was committed arrives, though the sender is killed ${KILLS} times`, async (context) => {
  const { requests, url } = await endpointServer(context, (response) => {
    setTimeout(() => response.writeHead(Math.random() < 0.2 ? 503 : 200).end(), 3);
  });
  const file = temporaryFile(context, "outbox.db");
  const committed = [];
  for (let kill = 0; kill < KILLS; kill++) {
    committed.push(...(await run(file, url, kill * COUNT, (kill * 7) % 60)));
  }
  committed.push(...(await run(file, url, KILLS * COUNT, null)));
  const ids = new Map();
  for (const { headers, body } of requests) {
    const { id, data } = JSON.parse(body);
    assert.equal(headers["webhook-id"], id);
    ids.set(data, (ids.get(data) ?? new Set()).add(id));
  }
  const lost = committed.filter((number) => !ids.has(number));
  assert.deepEqual(lost, []);
  assert.ok([...ids.values()].every((some) => some.size === 1), "each message has one id");
  assert.ok(committed.length >= COUNT + KILLS, `${committed.length} were committed`);
});

test("senders on one file share the work, each message once", async (context) => {
  const { requests, url } = await endpointServer(context);
  const file = temporaryFile(context, "outbox.db");
  const senders = [1, 2, 3].map(() => {
    const database = new DatabaseSync(file);
    context.after(() => database.close());
    return hurried(context, new SqliteSenderStore(database)).sender;
  });
  await senders[0].putEndpoint(endpointAt(url));
  senders.forEach((sender) => sender.start());
  const sent = Array.from({ length: 90 }, (_, number) => senders[number % 3].send("a", "ping", number));
  await Promise.all(sent);
  await settled(senders[0]);
  assert.equal(requests.length, 90);
  assert.equal(new Set(requests.map(({ headers }) => headers["webhook-id"])).size, 90);
  for (const sender of senders) {
    assert.equal(await sender.stop(), true);
  }
});

test("a sender is stopped at the end of a block, where the runtime knows that", async (context) => {
  const database = new DatabaseSync(temporaryFile(context, "outbox.db"));
  const sender = new Sender({ store: new SqliteSenderStore(database) });
  sender.start();
  await sender[Symbol.asyncDispose]();
  sender.start();
  assert.ok(await sender.stop());
  database.close();
});

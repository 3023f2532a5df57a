/** What was acknowledged is handled, whoever is killed, and whatever is full. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { deliver, observed, randomFrom } from "../receiver-helpers.mjs";
import { until } from "../servers.mjs";
import { hurried, sqliteInbox, temporaryFile, testEach, untilSettled, working } from "./inboxes.mjs";

const PROGRAM = fileURLToPath(new URL("inbox-program.mjs", import.meta.url));

/** Leases in seconds: one that ends soon after a kill, and one that no stall of the machine outlasts. */
const [SHORT, LONG] = [0.4, 60];

/** Runs the program on one inbox, and knows what its runs acknowledged and handled. */
class Servers {
  acknowledged = [];
  #place;
  #log;

  constructor(place, log) {
    this.#place = place;
    this.#log = log;
  }

  /** A run; `ended` gives the code or the signal of its end. */
  start(first, count, lease) {
    const numbers = [first, count, lease].map(String);
    const child = spawn(process.execPath, [PROGRAM, this.#place, this.#log, ...numbers], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let written = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (written += text));
    const ended = new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => {
        this.acknowledged.push(...written.split("\n").filter((line) => line !== ""));
        resolve(code ?? signal);
      });
    });
    return { child, ended };
  }

  /** Waits until so many more attempts have begun. */
  async awaitBeginnings({ child }, count) {
    const awaited = this.handled("begin").length + count;
    await until(() => this.handled("begin").length >= awaited, 30);
    assert.equal(child.exitCode, null);
  }

  /** The ids of all attempts that have begun, or ended. */
  handled(word) {
    const lines = existsSync(this.#log) ? readFileSync(this.#log, "utf8").split("\n") : [];
    return lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  }
}

testEach("kill at any point loses nothing", async ({ inbox, place }, context, kind) => {
  const random = randomFrom(kind.length);
  const servers = new Servers(place, temporaryFile(context, "handled.log"));
  for (let turn = 0; turn < 5; turn++) {
    const server = servers.start(1_000 * turn, 400, SHORT);
    await servers.awaitBeginnings(server, 1 + random(40));
    server.child.kill("SIGKILL");
    assert.equal(await server.ended, "SIGKILL");
  }
  assert.equal(await servers.start(9_000, 4, SHORT).ended, 0);
  const [begun, ended] = [servers.handled("begin"), servers.handled("end")];
  const distinct = new Set(ended);
  const acknowledged = new Set(servers.acknowledged);
  context.diagnostic(
    `${acknowledged.size} acknowledged, ${distinct.size} handled, ` +
      `${begun.length - ended.length} attempts killed, ${ended.length - distinct.size} handled twice`,
  );
  assert.ok(begun.length > ended.length);
  assert.ok(acknowledged.size > 20);
  assert.equal(acknowledged.size, servers.acknowledged.length);
  assert.deepEqual([...acknowledged].filter((id) => !distinct.has(id)), []);
  assert.deepEqual(await inbox.counts(), { waiting: 0, running: 0, handled: distinct.size, dead: 0 });
});

testEach("processes share an inbox", async ({ inbox, place }, context) => {
  const servers = new Servers(place, temporaryFile(context, "handled.log"));
  // Half of what each delivers, another delivers as well.
  const racing = [0, 60, 120].map((first) => servers.start(first, 120, LONG));
  for (const { ended } of racing) {
    assert.equal(await ended, 0);
  }
  assert.equal(servers.acknowledged.length, 360);
  // None died, so each was handled once.
  const wanted = Array.from({ length: 240 }, (_, at) => String(at));
  assert.deepEqual(servers.handled("end").sort(), wanted.sort());
  assert.equal((await inbox.counts()).handled, 240);
});

test("a full disk loses nothing that was acknowledged", async (context) => {
  const { inbox, database } = sqliteInbox(context);
  const { receiver } = observed({ inbox });
  const handled = [];
  receiver.on("*", ({ id }) => handled.push(id));
  // SQLite then says that the disk is full.
  database.exec("PRAGMA max_page_count = 60");
  const ids = Array.from({ length: 150 }, (_, at) => String(at));
  const words = new Map();
  for (const id of ids) {
    words.set(id, await deliver(receiver, id, { data: "a".repeat(2_000) }));
  }
  assert.deepEqual(new Set(words.values()), new Set(["200 accepted", "503 store_unavailable"]));
  const accepted = ids.filter((id) => words.get(id) === "200 accepted");
  // While it is full, workers go on as far as they can, and note the rest when there is room.
  await working(hurried(receiver, inbox), async () => {
    await until(() => new Set(handled).size === accepted.length);
    database.exec("PRAGMA max_page_count = 1000000");
    await untilSettled(inbox);
    for (const id of ids) {
      const again = await deliver(receiver, id);
      assert.equal(again === "200 duplicate", words.get(id) === "200 accepted");
    }
    await untilSettled(inbox);
  });
  assert.deepEqual(handled.sort(), ids.sort());
});

/**
 * Has senders of two languages share one outbox, and one of them die.
 *
 * usage: node shared-outbox.mjs --python PYTHON --tarball TARBALL
 *
 * PYTHON has the wheel installed; its sender is that of Rust. Ends with 1 if a message is lost, comes
 * out of order, or comes twice without a reason.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { withProject } from "./project.mjs";

const PYTHON_PROGRAM = fileURLToPath(new URL("../python/shared_outbox_program.py", import.meta.url));
const COUNT = 150;
/** Leases in seconds: one that ends soon after a kill, and one that no stall of the machine outlasts. */
const [SHORT, LONG] = ["1", "60"];
const PATIENCE = 60_000;

async function main() {
  const text = { type: "string" };
  const { python, tarball } = parseArgs({ options: { python: text, tarball: text } }).values;
  if (python === undefined || tarball === undefined) {
    throw new Error("usage: node shared-outbox.mjs --python PYTHON --tarball TARBALL");
  }
  await withProject(resolve(tarball), undefined, async (project) => {
    const receiver = await listen();
    const outbox = join(project, "outbox.db");
    const parameters = [outbox, receiver.url, COUNT].map(String);
    // Node 20 has no SQLite.
    const newer = [join(project, "newer-node.mjs"), join(project, "unit/newer-node/shared-outbox-program.mjs")];
    const ours = (lease) => new Program(process.execPath, [...newer, ...parameters, lease]);
    const theirs = new Program(python, [PYTHON_PROGRAM, ...parameters, LONG]);
    const programs = [theirs, ours(LONG)];
    try {
      await Promise.all(programs.map((program) => program.hears("ready")));
      await share(receiver, programs);
      await replay(receiver, programs);
      programs.push(ours(SHORT));
      await programs[2].hears("ready");
      await takeOver(receiver, theirs, programs[2]);
      await theirs.told("stop");
      await theirs.hears("stopped");
    } finally {
      programs.forEach((program) => program.kill());
      receiver.close();
    }
  });
}

/** Both send and both deliver; whatever the other does, each message comes once. */
async function share(receiver, programs) {
  await Promise.all(programs.map((program) => program.told("send")));
  const sent = await Promise.all(programs.map((program) => program.line()));
  assert.deepEqual(sent, programs.map(() => String(2 * COUNT + 1)));
  await until(() => receiver.accepted.size === 4 * COUNT && receiver.refused === 2);
  const by = { countersign: 0, other: 0 };
  const last = { python: -1, javascript: -1 };
  for (const { path, agent, data, times } of receiver.accepted.values()) {
    assert.equal(times, 1, "nothing that was accepted comes again");
    by[agent.startsWith("Countersign/") ? "countersign" : "other"] += 1;
    if (path === "/ordered") {
      assert.equal(data.number, last[data.from] + 1, "what is sent in order arrives in order");
      last[data.from] = data.number;
    }
  }
  assert.deepEqual(last, { python: COUNT - 1, javascript: COUNT - 1 });
  assert.ok(by.countersign > 0 && by.other > 0, "both deliver");
  console.log(`shared: ${4 * COUNT} messages, ${by.countersign} delivered by Rust, ${by.other} by JavaScript`);
}

/** What one language's sender sent and gave up, the other's has delivered again. */
async function replay(receiver, [theirs, ours]) {
  receiver.refuses = false;
  await ours.told("replay");
  const replayed = await ours.line();
  assert.equal(replayed, "2");
  await until(() => receiver.accepted.size === 4 * COUNT + 2);
  await theirs.told("replay");
  assert.equal(await theirs.line(), "0");
  await ours.told("stop");
  await ours.hears("stopped");
}

/** One dies with messages under way. */
async function takeOver(receiver, theirs, ours) {
  const before = receiver.accepted.size;
  receiver.delay = 20;
  await ours.told("send");
  await until(() => receiver.accepted.size >= before + COUNT / 2);
  ours.kill();
  const { size } = receiver.accepted;
  await theirs.told("send");
  await theirs.line();
  await until(() => theirsOf(receiver) === 2 * (2 * COUNT + 1));
  const again = [...receiver.accepted.values()].filter(({ times }) => times > 1);
  // What was under way: at most the concurrency of each endpoint, which is 16 if nothing is said.
  assert.ok(again.length <= 3 * 16, `${again.length} came again`);
  let counts;
  await until(async () => {
    await theirs.told("counts");
    counts = JSON.parse(await theirs.line());
    return counts.waiting === 0 && counts.running === 0;
  });
  assert.deepEqual(counts, { waiting: 0, running: 0, delivered: receiver.accepted.size, dead: 0 });
  console.log(`killed after ${size - before} of its messages: all that it had stored came, ${again.length} came again`);
}

function theirsOf({ accepted }) {
  return [...accepted.values()].filter(({ data }) => data.from === "python").length;
}

/** An endpoint that fails now and then. */
async function listen() {
  const state = { accepted: new Map(), refused: 0, refuses: true, delay: 0 };
  let count = 0;
  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", async () => {
      count += 1;
      const { url: path, headers } = request;
      if (path === "/refusing" && state.refuses) {
        state.refused += 1;
        response.writeHead(400).end();
        return;
      }
      if (count % 10 === 0) {
        response.writeHead(503).end();
        return;
      }
      const id = headers["webhook-id"];
      const { data } = JSON.parse(Buffer.concat(chunks));
      const times = (state.accepted.get(id)?.times ?? 0) + 1;
      state.accepted.set(id, { path, agent: headers["user-agent"] ?? "", data, times });
      await sleep(state.delay);
      response.writeHead(204).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () => server.close().closeAllConnections();
  return Object.assign(state, { url: `http://127.0.0.1:${server.address().port}`, close });
}

/** A sender in a process of its own, which is told what to do and answers in lines. */
class Program {
  #process;
  #lines;

  constructor(interpreter, parameters) {
    this.#process = spawn(interpreter, parameters, { stdio: ["pipe", "pipe", "inherit"], detached: true });
    this.#lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  told(what) {
    return new Promise((done) => this.#process.stdin.write(`${what}\n`, done));
  }

  async line() {
    const { value } = await this.#lines.next();
    return value;
  }

  async hears(expected) {
    assert.equal(await this.line(), expected);
  }

  /** With the programs that it has started; it may have ended. */
  kill() {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      process.kill(-this.#process.pid, "SIGKILL");
    }
  }
}

async function until(condition) {
  for (const end = performance.now() + PATIENCE; performance.now() < end; await sleep(20)) {
    if (await condition()) {
      return;
    }
  }
  throw new Error(`it does not happen: ${condition}`);
}

await main();

/** The memory of the monitor's module does not grow with what is observed and asked. */

import assert from "node:assert/strict";
import { test } from "node:test";

// The package shows its memory to nobody, so the instances are caught as they are made.
const memories = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...given) {
    super(...given);
    memories.push(this.exports.memory);
  }
};
const { Monitor } = await import("countersign/monitor");
const { BEARER, client, FakeInbox, FORM, letter, logIn, PATH, Source } = await import("./monitor-helpers.mjs");
WebAssembly.Instance = Instance;

/** The lengths of all memories. */
const lengths = () => memories.map((memory) => memory.buffer.byteLength);

test("answers and outcomes leave nothing behind, without the garbage collector's help", async () => {
  assert.equal(memories.length, 3);
  const source = new Source();
  const inbox = new FakeInbox(...Array.from({ length: 100 }, (_, number) => letter(number, `msg_${number}`, "ping")));
  const monitor = new Monitor({ log: null }).watch(source, "source").attachInbox(inbox);
  const ask = client(monitor);
  const round = async (count) => {
    for (let number = 0; number < count; number++) {
      source.tell({ eventId: `msg_${number}`, eventType: `type ${number % 150}` });
      await ask("GET", PATH, { cookie: await logIn(ask) });
      await ask("GET", `${PATH}/data`, BEARER);
      await ask("GET", `${PATH}/metrics`, BEARER);
      await ask("POST", `${PATH}/replay`, { ...BEARER, "content-type": FORM }, "number=1000");
      await ask("POST", `${PATH}/login`, { "content-type": FORM }, "token=wrong");
      await ask("GET", "/other");
    }
  };
  await round(400);
  const before = lengths();
  await round(800);
  assert.deepEqual(lengths(), before);
});

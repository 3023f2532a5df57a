/** Every form of a body, what is none, and what happens to a body afterwards. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

import { Secret, Webhook } from "countersign";

import { assertCode, assertUnsupported, BODY, NOW, standardRequest, thrownBy } from "./helpers.mjs";

const { webhook, headers, context } = standardRequest();
const encoded = new TextEncoder().encode(BODY);

/** The body inside of a larger buffer whose other bytes would change the signature. */
function padded(Buffer = ArrayBuffer, options = undefined) {
  const buffer = new Buffer(encoded.length + 16, options);
  new Uint8Array(buffer).fill(0x7b).set(encoded, 8);
  return buffer;
}

function copied(Buffer = ArrayBuffer, options = undefined) {
  const buffer = new Buffer(encoded.length, options);
  new Uint8Array(buffer).set(encoded);
  return buffer;
}

const resizable = () => copied(ArrayBuffer, { maxByteLength: 1 << 12 });
const growable = () => copied(SharedArrayBuffer, { maxByteLength: 1 << 12 });

const FORMS = {
  "a string": () => BODY,
  "a Uint8Array": () => encoded.slice(),
  "a Buffer": () => Buffer.from(BODY),
  "a subarray": () => new Uint8Array(padded(), 8, encoded.length),
  "a slice of Node's pool": () => Buffer.from(`{{{{${BODY}{{{{`).subarray(4, 4 + encoded.length),
  "an ArrayBuffer": () => copied(),
  "a DataView with an offset": () => new DataView(padded(), 8, encoded.length),
  "an Int8Array": () => new Int8Array(copied()),
  "a Uint8ClampedArray": () => new Uint8ClampedArray(copied()),
  "a SharedArrayBuffer": () => copied(SharedArrayBuffer),
  "a view of a SharedArrayBuffer": () => new Uint8Array(padded(SharedArrayBuffer), 8, encoded.length),
  "a resizable buffer": resizable,
  "a view of a resizable buffer": () => new Uint8Array(resizable()),
  "a DataView of a resizable buffer": () => new DataView(resizable()),
  "a growable shared buffer": growable,
  "a view of a growable shared buffer": () => new Uint8Array(growable()),
  "bytes of another realm": () => runInNewContext("Uint8Array.from(bytes)", { bytes: [...encoded] }),
  "a buffer of another realm": () =>
    runInNewContext("Uint8Array.from(bytes).buffer", { bytes: [...encoded] }),
  "a subclass of Uint8Array": () => new (class Bytes extends Uint8Array {})(encoded),
};

for (const [name, make] of Object.entries(FORMS)) {
  test(`${name} is a body`, () => {
    assert.equal(webhook.verify(make(), headers, context).keyIndex, 0);
    assert.deepEqual(webhook.sign(make(), { id: "msg_1", now: NOW }), headers);
    const event = webhook.unwrap(make(), headers, context);
    assert.deepEqual(event.data, { n: 1 });
    assert.ok(event.raw instanceof Uint8Array);
    assert.deepEqual([...event.raw], [...encoded]);
  });
}

test("wider typed arrays are bodies by their bytes", () => {
  const numbers = new Float64Array([1.5, -2]);
  const request = standardRequest(new Uint8Array(numbers.buffer));
  assert.ok(request.webhook.verify(numbers, request.headers, context));
});

test("a body of another length than its view is refused", () => {
  for (const view of [new Uint8Array(padded()), new DataView(padded(), 8), padded()]) {
    assertCode("signature_mismatch", () => webhook.verify(view, headers, context));
  }
});

test("an empty body is a body in every form", () => {
  const empty = [
    "",
    new Uint8Array(0),
    new ArrayBuffer(0),
    new DataView(new ArrayBuffer(4), 4),
    Buffer.alloc(0),
  ];
  const signed = webhook.sign("", { id: "msg_1", now: NOW });
  for (const body of empty) {
    assert.ok(webhook.verify(body, signed, context));
    assertCode("payload_not_json", () => webhook.unwrap(body, signed, context));
  }
});

const PARSED = {
  undefined: undefined,
  null: null,
  "a number": 1,
  "a boolean": true,
  "an object": { type: "ping" },
  "an array": [1, 2],
  "an array of bytes": [...encoded],
  "an object like bytes": { length: 2, 0: 1, 1: 2 },
  "Buffer's JSON": Buffer.from(BODY).toJSON(),
  "a URLSearchParams": new URLSearchParams("a=b"),
  "a FormData": new FormData(),
  "a Blob": new Blob([BODY]),
  "a ReadableStream": new Blob([BODY]).stream(),
  "a promise": Promise.resolve(encoded),
  "a boxed text": Object(BODY),
  "a function": () => BODY,
  "a symbol": Symbol(BODY),
  "a bigint": 1n,
};

for (const [name, body] of Object.entries(PARSED)) {
  test(`${name} is an already parsed body`, () => {
    for (const act of [
      () => webhook.verify(body, headers, context),
      () => webhook.unwrap(body, headers, context),
      () => webhook.sign(body, { id: "msg_1" }),
    ]) {
      assert.match(assertUnsupported(act).message, /^the body is already parsed.*express\.raw\(\{ type: "\*\/\*" \}\)/);
    }
  });
}

test("text with a lone surrogate is no body", () => {
  for (const body of [
    "\ud800",
    "\udc00",
    "a\udfffb",
    `${BODY}\ud83d`,
    "\ude00\ud83d",
    "x".repeat(1000) + "\ud800",
  ]) {
    const error = assertUnsupported(() => webhook.verify(body, headers, context));
    assert.match(error.message, /lone surrogate/);
  }
});

test("text beyond ASCII is signed as UTF-8", () => {
  for (const text of [
    "é",
    "日本",
    "😀",
    `"${"é".repeat(500)}"`,
    `${"a".repeat(400)}😀`,
    "\ufeff{}",
    "\0\x7f\x80\u2028",
  ]) {
    const request = standardRequest(text);
    const bytes = new TextEncoder().encode(text);
    assert.ok(request.webhook.verify(bytes, request.headers, context));
    assert.deepEqual(request.webhook.sign(bytes, { id: "msg_1", now: NOW }), request.headers);
  }
});

test("a detached buffer is a TypeError, not an empty body", () => {
  const buffer = copied();
  const views = [new Uint8Array(buffer), new DataView(buffer), buffer];
  structuredClone(buffer, { transfer: [buffer] });
  const signed = webhook.sign("", { id: "msg_1", now: NOW });
  for (const body of views) {
    assert.ok(thrownBy(() => webhook.verify(body, signed, context)) instanceof TypeError);
    assert.ok(thrownBy(() => webhook.sign(body, { id: "msg_1" })) instanceof TypeError);
  }
  assert.ok(thrownBy(() => Secret.fromBytes(views[0])) instanceof TypeError);
});

test("a view that its shrunk buffer no longer holds is a TypeError, not an empty body", () => {
  const buffer = resizable();
  const views = [new Uint8Array(buffer, 0, encoded.length), new DataView(buffer, 0, encoded.length)];
  buffer.resize(1);
  for (const body of views) {
    assert.ok(thrownBy(() => webhook.sign(body, { id: "msg_1" })) instanceof TypeError);
  }
});

test("a resizable buffer is read at its present length", () => {
  const buffer = resizable();
  const view = new Uint8Array(buffer);
  buffer.resize(encoded.length + 1);
  assertCode("signature_mismatch", () => webhook.verify(view, headers, context));
  buffer.resize(encoded.length);
  assert.ok(webhook.verify(view, headers, context));
});

for (const size of [8, 1 << 16, 2 << 20]) {
  test(`changing a buffer of ${size} bytes after verifying changes nothing`, () => {
    const body = new TextEncoder().encode(`{"type":"ping","data":"${"a".repeat(size)}"}`);
    const signed = webhook.sign(body, { id: "msg_1", now: NOW });
    const original = body.slice();
    const verified = webhook.verify(body, signed, context);
    const event = webhook.unwrap(body, signed, context);
    body.fill(0x20);
    for (const seen of [event, verified.event()]) {
      assert.equal(seen.data, "a".repeat(size));
      assert.equal(seen.payload.type, "ping");
      assert.ok(Buffer.from(seen.raw).equals(Buffer.from(original)));
    }
    assert.equal(verified.id, "msg_1");
  });
}

test("changing headers after verifying changes nothing", () => {
  const own = { ...headers };
  const verified = webhook.verify(BODY, own, context);
  own["webhook-id"] = "msg_2";
  own["webhook-signature"] = "v1,";
  assert.equal(verified.id, "msg_1");
  assert.equal(verified.event().id, "msg_1");
});

test("changing event.raw changes neither data nor other events", () => {
  const verified = webhook.verify(encoded, headers, context);
  const [first, second] = [verified.event(), verified.event()];
  const neighbour = webhook.unwrap(encoded, headers, context);
  first.raw.fill(0);
  new Uint8Array(first.raw.buffer).fill(0);
  for (const event of [first, second, neighbour]) {
    assert.deepEqual(event.data, { n: 1 });
  }
  assert.deepEqual([...neighbour.raw], [...encoded]);
});

test("the module's memory is never shown through raw", () => {
  const event = webhook.unwrap(encoded, headers, context);
  assert.equal(event.raw.buffer.byteLength, event.raw.byteLength);
});

test("many verified requests keep their own bodies", () => {
  const requests = Array.from({ length: 2000 }, (_, n) =>
    standardRequest(`{"type":"ping","data":{"n":${n}}}`),
  );
  const verified = requests.map(({ body, headers: own }) => webhook.verify(Buffer.from(body), own, context));
  verified.forEach((one, n) => assert.deepEqual(one.event().data, { n }));
});

test("several webhooks take turns", () => {
  const other = new Webhook("github", "hush");
  const signed = other.sign('{"zen":1}');
  const verified = webhook.verify(BODY, headers, context);
  assert.deepEqual(other.unwrap('{"zen":1}', signed).data, { zen: 1 });
  assert.equal(verified.id, "msg_1");
  assert.equal(verified.event().type, "ping");
});

test("a body that runs code when it is asked for its length disturbs nothing", () => {
  const github = new Webhook("github", "hush");
  const other = '{"zen":"another"}';
  const otherHeaders = github.sign(other, { id: "other" });
  class Reentrant extends Uint8Array {
    get length() {
      github.unwrap(other, otherHeaders);
      return super.length;
    }
  }
  const body = Reentrant.from(Buffer.from('{"zen":"this one"}'));
  const event = github.unwrap(body, github.sign('{"zen":"this one"}', { id: "this" }));
  assert.deepEqual([event.id, event.data], ["this", { zen: "this one" }]);
});

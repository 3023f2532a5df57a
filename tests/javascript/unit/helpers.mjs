/** Requests and values that several tests use. */

import assert from "node:assert/strict";

import { ConfigurationError, CountersignError, Webhook } from "countersign";

export const NOW = 1_700_000_000;
export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
export const BODY = '{"type":"ping","timestamp":"2023-11-14T22:13:20Z","data":{"n":1}}';

/** Whether the scheme has public keys, which `countersign/asymmetric` alone has. */
export function isLeftOut(scheme) {
  try {
    new Webhook(scheme, []);
  } catch ({ code }) {
    return code === "asymmetric_left_out";
  }
  return false;
}

/** A request of the scheme `standard` that is accepted at `NOW`. */
export function standardRequest(body = BODY) {
  const webhook = new Webhook("standard", SECRET);
  return { webhook, body, headers: webhook.sign(body, { id: "msg_1", now: NOW }), context: { now: NOW } };
}

/** What `action` throws; the test fails if it throws nothing. */
export function thrownBy(action) {
  try {
    action();
  } catch (error) {
    return error;
  }
  return assert.fail("nothing was thrown");
}

/** Fails unless `action` throws the package's error of this code. */
export function assertCode(code, action) {
  const error = thrownBy(action);
  assert.ok(error instanceof CountersignError, `${error} is none of the package`);
  assert.equal(error.code, code);
  return error;
}

export function assertUnsupported(action) {
  const error = assertCode("unsupported_body", action);
  assert.ok(error instanceof ConfigurationError);
  return error;
}

/** Messages of the engine, which say nothing to those who passed a wrong argument. */
const FOREIGN =
  /reading '|is not a function|is not iterable|is not an object|Cannot convert|incompatible|wasm|unreachable/;

/** Fails unless the error is one that the package gives on purpose. */
export function assertDeliberate(error, what) {
  if (error instanceof CountersignError) {
    return;
  }
  assert.ok(error instanceof TypeError, `${what} gives ${error?.stack ?? error}`);
  assert.doesNotMatch(error.message, FOREIGN, `${what} gives ${error.stack}`);
}

/** Values of every kind, most of them wrong wherever they are passed. */
export function strangeValues() {
  return new Map([
    ["undefined", undefined],
    ["null", null],
    ["true", true],
    ["false", false],
    ["NaN", NaN],
    ["Infinity", Infinity],
    ["-Infinity", -Infinity],
    ["-1", -1],
    ["0", 0],
    ["-0", -0],
    ["a fraction", 0.5],
    ["2^31", 2 ** 31],
    ["2^32", 2 ** 32],
    ["2^53", 2 ** 53],
    ["2^64", 2 ** 64],
    ["1e308", 1e308],
    ["a bigint", 10n],
    ["empty text", ""],
    ["a space", " "],
    ["text", "text"],
    ["a lone surrogate", "a\ud800b"],
    ["a NUL", "\0"],
    ["a line break", "a\nb"],
    ["a long text", "x".repeat(1 << 20)],
    ["the name of a prototype's property", "constructor"],
    ["a symbol", Symbol("strange")],
    ["a function", () => 1],
    ["a class", class Strange {}],
    ["an empty array", []],
    ["an array of an array", [[]]],
    ["an array of null", [null]],
    ["an array of numbers", [1, 2]],
    ["an array with a hole", Array(2)],
    ["an object", {}],
    ["an object without prototype", Object.create(null)],
    ["an object with own __proto__", JSON.parse('{"__proto__": {"polluted": true}}')],
    ["an object with own constructor", { constructor: 1, toString: 2, valueOf: 3 }],
    ["an instance", new (class Strange {})()],
    ["a boxed text", Object("text")],
    ["a boxed number", Object(1)],
    ["a date", new Date(NaN)],
    ["a map", new Map([[1, 2]])],
    ["a set", new Set(["a"])],
    ["a promise", Promise.resolve("text")],
    ["a proxy", new Proxy({}, {})],
    ["a proxy of bytes", new Proxy(new Uint8Array(2), {})],
    ["a regular expression", /x/],
    ["bytes", new Uint8Array(3)],
    ["a buffer", new ArrayBuffer(2)],
    ["an error", new Error("strange")],
    ["the global object", globalThis],
  ]);
}

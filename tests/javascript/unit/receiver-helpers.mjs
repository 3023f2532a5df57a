/** Receivers and deliveries that several tests of the receiver use. */

import assert from "node:assert/strict";

import { CountersignError, Webhook } from "countersign";
import { Receiver } from "countersign/receiver";
import { signedRequest } from "countersign/testing";

const SCHEME = "sha256";
const SECRET = "hush";

/** A receiver without a log, and the outcomes that it tells. */
export function observed(options = {}) {
  const outcomes = [];
  const receiver = new Receiver(new Webhook(SCHEME, SECRET), {
    log: null,
    observe: (outcome) => outcomes.push(outcome),
    ...options,
  });
  return { receiver, outcomes };
}

/** Headers and body of an authentic delivery. */
export function signedDelivery(id, { type = "ping", ...rest } = {}) {
  return signedRequest(SCHEME, SECRET, { id, type, ...rest });
}

/** Gives a delivery to the receiver as an adapter does; status and word of its answer. */
export async function deliver(receiver, id, options) {
  const { headers, body } = signedDelivery(id, options);
  const answer = await receiver.receive({
    method: "POST",
    url: "https://hooks.example.com/",
    headers,
    peer: "192.0.2.1",
    header: (name) => (headers[name] === undefined ? [] : [headers[name]]),
    body: () => Buffer.from(body),
  });
  const { status, error } = JSON.parse(answer.body);
  return `${answer.status} ${status ?? error}`;
}

/** A generator of whole numbers below a bound, the same for the same seed. */
export function randomFrom(seed) {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

/** What a store says: its value's type, or code and wait in milliseconds of its refusal. */
export async function verdictOf(action) {
  try {
    return typeof (await action());
  } catch (error) {
    assert.ok(error instanceof CountersignError, `${error?.stack} is none of the package`);
    const { code, retryAfter } = error;
    return retryAfter === null ? code : `${code} ${Math.round(retryAfter * 1e3)}`;
  }
}

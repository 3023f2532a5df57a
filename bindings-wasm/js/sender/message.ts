/** What is sent. */

import { optionalText, options, text } from "../check.js";
import type { Schemas } from "../receiver/schemas.js";
import { glue } from "./core.js";
import { checkName, deliveryFailure } from "./failure.js";
import type { OutgoingMessage } from "./store.js";

/** Options of `Sender.send`. */
export interface SendOptions {
  /**
   * The id, the same for all attempts, by which receivers know what they have handled; a new one if
   * not given. The same id twice is one message.
   */
  readonly id?: string | null | undefined;
  /**
   * A key of the program's own for what it wants to tell: the same key twice is one message, as long
   * as that is kept. A program that is not sure whether it sent something sends it again.
   */
  readonly idempotencyKey?: string | null | undefined;
}

/** Options of `Sender.publish`. */
export interface PublishOptions extends SendOptions {
  /** Whose endpoints it is for; those that have no owner, if not given. */
  readonly owner?: string | null | undefined;
}

/** What payloads must be. */
export interface PayloadRules {
  /** At most so many bytes. */
  readonly limit: number;
  readonly schemas: Schemas | null;
}

/** The message with its id and payload. */
export function messageOf(
  type: string,
  data: unknown,
  sendOptions: SendOptions | null | undefined,
  to: OutgoingMessage["to"],
  nowMs: number,
  { limit, schemas }: PayloadRules,
): OutgoingMessage {
  checkName(text("the event type", type));
  const given = options("the options", { id: true, idempotencyKey: true }, sendOptions);
  const id = checkName(optionalText("the id", given.id) ?? newId(nowMs));
  const idempotencyKey = optionalText("the idempotency key", given.idempotencyKey) ?? null;
  if (idempotencyKey !== null) {
    checkName(idempotencyKey);
  }
  const written = glue.write_payload(id, type, nowMs, json(data));
  const payload = new TextEncoder().encode(written);
  if (payload.length > limit) {
    throw deliveryFailure("length");
  }
  schemas?.check(type, JSON.parse(written));
  return { id, idempotencyKey, type, payload, to };
}

function json(data: unknown): string {
  let written: string | undefined;
  try {
    written = JSON.stringify(data);
  } catch {
    // It refers to itself, or holds a bigint.
  }
  if (written === undefined) {
    throw deliveryFailure("data");
  }
  return written;
}

/** Ids in the order of their times stay together in an index. */
function newId(nowMs: number): string {
  const random = crypto.getRandomValues(new Uint8Array(10));
  const digits = Array.from(random, (byte) => byte.toString(16).padStart(2, "0"));
  return `msg_${Math.floor(nowMs).toString(16).padStart(12, "0")}${digits.join("")}`;
}

import { optionalText, text, word } from "../check.js";
import { glue } from "./core.js";
import type { CountersignError } from "../errors.js";

/** An HTTP answer. */
export interface Answer {
  readonly status: number;
  /** Names in lower case with their values. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** In ASCII. */
  readonly body: string;
}

/** What became of an authentic event. */
export type Handling = "handled" | "ignored" | "duplicate" | "accepted" | "pending";

const HANDLINGS = ["handled", "ignored", "duplicate", "accepted", "pending"] as const;

/** The answer for an authentic event. */
export function eventAnswer(handling: Handling, id: string | null, type: string | null): Answer {
  const known = word("the handling", HANDLINGS, handling);
  return parseAnswer(glue.event_answer(known, optionalText("the id", id), optionalText("the type", type))!);
}

/** The answer for a request that is not taken. */
export function errorAnswer(error: CountersignError, allowedMethods: string): Answer {
  const { code, message, retryAfter } = error;
  const wait = retryAfter === null ? undefined : Math.round(retryAfter * 1e3);
  return parseAnswer(glue.refusal_answer(code, message, wait, text("the methods", allowedMethods)));
}

/** The answer to a handshake. */
export function challengeAnswer(challenge: string): Answer {
  return parseAnswer(glue.challenge_answer(text("the challenge", challenge)));
}

/** The answer that the core describes. */
export function parseAnswer(answer: string): Answer {
  const end = answer.indexOf("\n\n");
  const [status, ...lines] = answer.slice(0, end).split("\n");
  const headers = Array.from({ length: lines.length / 2 }, (_, index) => [lines[2 * index]!, lines[2 * index + 1]!] as const);
  return { status: Number(status), headers, body: answer.slice(end + 2) };
}

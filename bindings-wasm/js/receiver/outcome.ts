/** What is told of each request, and what is logged: never a secret, a payload or an exception's text. */

import type { ErrorCode } from "../errors.js";
import { Reason } from "../reason.js";
import type { Handling } from "./answer.js";

/** What became of one request. */
export interface Outcome {
  /** When it arrived, in Unix seconds. */
  readonly time: number;
  /** The HTTP status of the answer. */
  readonly status: number;
  /** The code of the refusal, or what became of the event. */
  readonly result: ErrorCode | Handling | "handshake";
  /** The scheme's name. */
  readonly scheme: string;
  readonly eventId: string | null;
  readonly eventType: string | null;
  /** From the arrival to the answer, in seconds. */
  readonly duration: number;
  /** Which secret fitted, from 0; `null` if the request was not verified. */
  readonly keyIndex: number | null;
}

/** Gets each outcome. What it throws changes no answer. */
export type Observer = (outcome: Outcome) => void;

/** A line of the log: it can be written as JSON as it is. */
export interface LogEntry {
  readonly level: "warning" | "error";
  readonly message: string;
  readonly code: string;
  readonly scheme: string;
  readonly event_id: string | null;
  /** Why, in this package's own words, where the code does not tell. */
  readonly reason?: string;
  /** The class of what was thrown. */
  readonly exception?: string;
  /** Where it was thrown: the frames, without its text. */
  readonly frames?: readonly string[];
}

/** Gets each line of the log. */
export type Logger = (entry: LogEntry) => void;

/** Writes each line as JSON to standard error. */
export function logToConsole(entry: { readonly level: string }): void {
  console[entry.level === "error" ? "error" : "warn"](JSON.stringify(entry));
}

/** Of what refused a request: this package's own words, or what is told of other causes. */
export function describeCause(cause: unknown): Pick<LogEntry, "reason" | "exception" | "frames"> {
  if (cause === undefined) {
    return {};
  }
  return cause instanceof Reason ? { reason: cause.message } : describeThrown(cause);
}

/** A frame as V8, JavaScriptCore and SpiderMonkey write them. */
const FRAME = /^(\s+at .*\S|[^\s@]*@\S+:\d+)$/;

/** Class and frames of what was thrown. Its text may quote a payload, so it is left out. */
export function describeThrown(thrown: unknown): { exception: string; frames: string[] } {
  if (!(thrown instanceof Error)) {
    return { exception: typeof thrown, frames: [] };
  }
  const { stack, message } = thrown;
  const name: unknown = thrown.constructor?.name;
  const exception = typeof name === "string" ? name : "Error";
  if (typeof stack !== "string" || typeof message !== "string" || !stack.includes(message)) {
    // The text was replaced afterwards, so where the old one ends cannot be told.
    return { exception, frames: [] };
  }
  const lines = stack.slice(stack.indexOf(message) + message.length).split("\n");
  return { exception, frames: lines.filter((line) => FRAME.test(line)).map((line) => line.trim()) };
}

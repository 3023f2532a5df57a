import { type Answer, parseAnswer } from "../answer.js";
import { optionalText, text, word } from "../check.js";
import { glue } from "./core.js";
import type { CountersignError } from "../errors.js";
import type { Webhook } from "../webhook.js";

export type { Answer };

/** What became of an authentic event. */
export type Handling = "handled" | "ignored" | "duplicate" | "accepted" | "pending";

/** How a provider wants to be answered: what `webhook.answerForm` says. */
export type AnswerForm = Webhook["answerForm"];

const FORMS = ["described", "empty", "described-400"] as const;
const HANDLINGS = ["handled", "ignored", "duplicate", "accepted", "pending"] as const;

/** The answer for an authentic event. */
export function eventAnswer(
  handling: Handling,
  id: string | null,
  type: string | null,
  form: AnswerForm = "described",
): Answer {
  const known = word("the handling", HANDLINGS, handling);
  const [idText, typeText] = [optionalText("the id", id), optionalText("the type", type)];
  return parseAnswer(glue.event_answer(known, idText, typeText, word("the form", FORMS, form))!);
}

/** The answer for a request that is not taken. */
export function errorAnswer(error: CountersignError, allowedMethods: string, form: AnswerForm = "described"): Answer {
  const { code, message, retryAfter } = error;
  const wait = retryAfter === null ? undefined : Math.round(retryAfter * 1e3);
  const known = word("the form", FORMS, form);
  return parseAnswer(glue.refusal_answer(code, message, wait, text("the methods", allowedMethods), known));
}

/** Asks an inbox for what a monitor shows. */

import { count, number, optionalText, text, whole } from "../check.js";
import { asked, first } from "./asking.js";
import { glue } from "./core.js";
import type { DeadLetter, MonitoredInbox } from "./inbox.js";
import type { MonitorLogger } from "./log.js";

/** Asks an inbox. That it fails is logged, and shown as an inbox that does not answer. */
export class InboxReader {
  readonly inbox: MonitoredInbox;
  readonly #log: MonitorLogger;

  constructor(inbox: MonitoredInbox, log: MonitorLogger) {
    this.inbox = inbox;
    this.#log = log;
  }

  /** How many events are in which state. */
  async counts(): Promise<glue.InboxHandle> {
    const view = new glue.InboxHandle();
    await this.#addCounts(view);
    return view;
  }

  /** The counts and the dead letters. */
  async all(): Promise<glue.InboxHandle> {
    const view = await this.counts();
    const letters = await this.#ask(async () => (await this.#deadLetters()).map(toColumns));
    if (letters !== null) {
      view.has_dead_letters();
      for (const columns of letters) {
        view.add_dead_letter(...columns);
      }
    }
    return view;
  }

  /** Whether the dead letter of this step is there, and replayed; `null` if the inbox does not answer. */
  replay(step: glue.StepHandle): Promise<boolean | null> {
    return this.#ask(async () => {
      const letters = await this.#deadLetters();
      const numbers = letters.map((letter) => whole("the number", letter.number));
      return step.is_shown(Float64Array.from(numbers)) && (await this.inbox.replay(step.number())) > 0;
    });
  }

  async #addCounts(view: glue.InboxHandle): Promise<void> {
    const counts = await this.#ask(async () =>
      Object.entries(await this.inbox.counts()).map(
        ([state, events]) => [text("the state", state), whole("the count", events)] as const,
      ),
    );
    if (counts !== null) {
      view.has_counts();
      for (const [state, events] of counts) {
        view.add_count(state, events);
      }
    }
  }

  async #deadLetters(): Promise<DeadLetter[]> {
    const limit = glue.most_dead_letters();
    return first(await this.inbox.deadLetters({ limit }), limit);
  }

  #ask<T>(action: () => Promise<T>): Promise<T | null> {
    return asked("inbox", this.#log, action);
  }
}

function toColumns({ number: letter, received, attempts, event, error }: DeadLetter) {
  return [
    whole("the number", letter),
    Math.round(number("the time", received) * 1e3),
    count("the number of attempts", attempts),
    optionalText("the event's id", event.id),
    optionalText("the event's type", event.type),
    optionalText("the error", error),
  ] as const;
}

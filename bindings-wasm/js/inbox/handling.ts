/** One event in the hands of a worker. */

import type { Journal } from "../receiver/journal.js";
import { describeThrown } from "../receiver/outcome.js";
import { monotonic } from "../receiver/timer.js";
import type { Receiver } from "../receiver/receiver.js";
import type { Taken } from "./inbox.js";

/** Why an attempt failed. */
export interface Failure {
  /** What the inbox notes. */
  readonly error: string;
  /** Whether there is no use in another attempt. */
  readonly isFinal?: boolean;
  readonly thrown?: { readonly exception: string; readonly frames: readonly string[] };
}

/**
 * One attempt to handle an event. It cannot be stopped, so that two may want to say how it ended:
 * the handler, and who finds that it takes too long. The first who asks may.
 */
export class Handling {
  readonly taken: Taken;
  readonly journal: Journal;
  readonly #receiver: Receiver;
  readonly #until: number;
  #isEnded = false;

  /** @param timeLimit In seconds. */
  constructor(taken: Taken, receiver: Receiver, timeLimit: number) {
    this.taken = taken;
    this.#receiver = receiver;
    this.#until = monotonic() + timeLimit * 1e3;
    const { id, type } = taken.stored.event;
    this.journal = receiver.journal();
    this.journal.eventId = id;
    this.journal.eventType = type;
  }

  get number(): number {
    return this.taken.stored.number;
  }

  /** Handles the event; what failed. */
  async run(): Promise<Failure | null> {
    const { event } = this.taken.stored;
    const handler = this.#receiver.handlerFor(event.type);
    if (handler === null) {
      return { error: "no_handler" };
    }
    try {
      await handler(event);
      return null;
    } catch (thrown) {
      const described = describeThrown(thrown);
      return { error: described.exception, thrown: described };
    }
  }

  /** Whether the caller may say how it ended. */
  end(): boolean {
    const isFirst = !this.#isEnded;
    this.#isEnded = true;
    return isFirst;
  }

  /** Whether it takes too long, which nobody has noted yet. */
  isOverdue(): boolean {
    return !this.#isEnded && monotonic() >= this.#until;
  }

  logFailure({ error, thrown }: Failure, isDead: boolean): void {
    const fate = isDead ? "it is a dead letter" : "it is tried again";
    this.journal.log("error", `an event was not handled (${error}); ${fate}`, "handler_failed", thrown);
  }
}

/** Asks a sender for what a monitor shows of its outbox. */

import { count, number, optionalText, text, U32, whole, wholeUpTo, word } from "../check.js";
import { asked, first } from "./asking.js";
import { glue } from "./core.js";
import type { MonitorLogger } from "./log.js";
import type {
  MonitoredAttempt,
  MonitoredDelivery,
  MonitoredEndpoint,
  MonitoredReplay,
  MonitoredSender,
} from "./outbox.js";

const REPLAY_STATES = ["running", "done", "cancelled"] as const;
const STATUSES = 2 ** 16 - 1;

/** Asks a sender. That its outbox fails is logged, and shown as an outbox that does not answer. */
export class OutboxReader {
  readonly sender: MonitoredSender;
  readonly #log: MonitorLogger;

  constructor(sender: MonitoredSender, log: MonitorLogger) {
    this.sender = sender;
    this.#log = log;
  }

  /** The endpoints and the replays. */
  async counts(): Promise<glue.OutboxHandle> {
    const view = new glue.OutboxHandle();
    await Promise.all([this.#addEndpoints(view), this.#addReplays(view)]);
    return view;
  }

  /** These, the attempts and the dead letters. */
  async all(): Promise<glue.OutboxHandle> {
    const view = new glue.OutboxHandle();
    const parts = [this.#addEndpoints(view), this.#addReplays(view), this.#addAttempts(view), this.#addLetters(view)];
    await Promise.all(parts);
    return view;
  }

  /** Whether the dead letter of this step is there, and replayed; `null` if the outbox does not answer. */
  replay(step: glue.StepHandle): Promise<boolean | null> {
    return this.#ask(async () => {
      const limit = glue.most_dead_letters();
      const letters = first(await this.sender.deadLetters({ limit }), limit);
      const numbers = letters.map((letter) => whole("the number", letter.number));
      return step.is_shown(Float64Array.from(numbers)) && (await this.sender.replay(step.number())) > 0;
    });
  }

  async #addEndpoints(view: glue.OutboxHandle): Promise<void> {
    const limit = glue.most_endpoints();
    const endpoints = await this.#columns(() => this.sender.standings({ limit }), limit, endpointColumns);
    if (endpoints !== null) {
      view.has_endpoints();
      endpoints.forEach((columns) => view.add_endpoint(...columns));
    }
  }

  async #addReplays(view: glue.OutboxHandle): Promise<void> {
    const limit = glue.most_replays();
    const replays = await this.#columns(() => this.sender.replays({ limit }), limit, replayColumns);
    if (replays !== null) {
      view.has_replays();
      replays.forEach((columns) => view.add_replay(...columns));
    }
  }

  async #addAttempts(view: glue.OutboxHandle): Promise<void> {
    const limit = glue.most_attempts();
    const attempts = await this.#columns(() => this.sender.latestAttempts({ limit }), limit, attemptColumns);
    if (attempts !== null) {
      view.has_attempts();
      attempts.forEach((columns) => view.add_attempt(...columns));
    }
  }

  async #addLetters(view: glue.OutboxHandle): Promise<void> {
    const limit = glue.most_dead_letters();
    const letters = await this.#columns(() => this.sender.deadLetters({ limit }), limit, letterColumns);
    if (letters !== null) {
      view.has_dead_letters();
      letters.forEach((columns) => view.add_dead_letter(...columns));
    }
  }

  #columns<T, C>(
    read: () => Iterable<T> | PromiseLike<Iterable<T>>,
    most: number,
    toColumns: (row: T) => C,
  ): Promise<C[] | null> {
    return this.#ask(async () => first(await read(), most).map(toColumns));
  }

  #ask<T>(action: () => Promise<T>): Promise<T | null> {
    return asked("outbox", this.#log, action);
  }
}

function endpointColumns({ id, availability, health, waiting, running, dead }: MonitoredEndpoint) {
  const { state, until, reason } = availability;
  const standing = text("the state", state === "disabled" ? reason : state);
  if (!glue.is_availability(standing)) {
    throw new TypeError("the state is none that an endpoint has");
  }
  return [
    text("the endpoint's id", id),
    standing,
    instant(until ?? 0),
    count("the failures", health.failures),
    whole("the count", waiting),
    whole("the count", running),
    whole("the count", dead),
  ] as const;
}

function replayColumns({ number: replay, created, state, total, replayed, perSecond }: MonitoredReplay) {
  return [
    whole("the number", replay),
    instant(created),
    word("the state", REPLAY_STATES, state),
    whole("the total", total),
    whole("the count", replayed),
    wholeUpTo(U32, "the rate", perSecond),
  ] as const;
}

function attemptColumns(shown: MonitoredAttempt) {
  const { delivery, at, attempt, duration, endpoint, messageId, type, status, error } = shown;
  return [
    whole("the number", delivery),
    instant(at),
    count("the number of the attempt", attempt),
    number("the duration", duration),
    optionalText("the endpoint's id", endpoint),
    text("the message's id", messageId),
    text("the type", type),
    status === null ? undefined : wholeUpTo(STATUSES, "the status", status),
    optionalText("the error", error),
  ] as const;
}

function letterColumns({ number: letter, created, attempts, endpoint, messageId, type, reason }: MonitoredDelivery) {
  return [
    whole("the number", letter),
    instant(created),
    count("the number of attempts", attempts),
    optionalText("the endpoint's id", endpoint),
    text("the message's id", messageId),
    text("the type", type),
    optionalText("the reason", reason),
  ] as const;
}

/** In milliseconds. */
function instant(seconds: number): number {
  return Math.round(number("the time", seconds) * 1e3);
}

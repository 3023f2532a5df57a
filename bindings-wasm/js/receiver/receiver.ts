import { text, wrong } from "../check.js";
import { ConfigurationError, CountersignError, type ErrorCode } from "../errors.js";
import { Webhook } from "../webhook.js";
import { type Answer, errorAnswer, type Handling } from "./answer.js";
import type { Incoming } from "./incoming.js";
import { guarded, Journal } from "./journal.js";
import { describeCause, describeThrown, type Observer } from "./outcome.js";
import { Pipeline } from "./pipeline.js";
import { monotonic } from "./timer.js";
import { refusal } from "./refusal.js";
import { Routes } from "./routes.js";
import { type Handler, type ReceiverOptions, type Settings, settingsOf } from "./settings.js";

/**
 * Takes the deliveries of one webhook: checks each request, gives its event to the handler of its
 * type once, and answers.
 *
 * It knows no server: `countersign/fetch`, `/express`, `/fastify` and `/node` connect it to one.
 *
 * @example
 * ```ts
 * import { Webhook } from "countersign";
 * import { RateLimit, Receiver } from "countersign/receiver";
 *
 * const receiver = new Receiver(new Webhook("stripe", "whsec_test"), {
 *   rateLimit: new RateLimit({ requests: 100, window: 60 }),
 * });
 * receiver.on("invoice.paid", async (event) => console.log(event.id));
 * receiver.on("customer.*", (event) => console.log(event.type));
 * ```
 */
export class Receiver {
  readonly #webhook: Webhook;
  readonly #settings: Settings;
  readonly #routes = new Routes<Handler>();
  readonly #observers: Observer[] = [];
  readonly #pipeline: Pipeline;
  readonly #scheme: string;

  /**
   * @throws {@link ConfigurationError} `malformed_schema`, `malformed_pattern`; `TypeError` for
   * options of another type.
   */
  constructor(webhook: Webhook, receiverOptions?: ReceiverOptions) {
    if (!(webhook instanceof Webhook)) {
      throw wrong("the webhook", "a Webhook", webhook);
    }
    this.#webhook = webhook;
    this.#settings = settingsOf(receiverOptions);
    this.#scheme = webhook.schemeName;
    this.#pipeline = new Pipeline(webhook, this.#routes, this.#settings);
    if (receiverOptions?.observe) {
      this.observe(receiverOptions.observe);
    }
  }

  /**
   * Gives events of this type to the handler: a whole name, a beginning such as `payment.*`, or
   * `*` for all. The most specific pattern wins.
   *
   * A handler that throws or rejects is answered 500, so that the provider delivers the event
   * again.
   *
   * @throws {@link ConfigurationError} `malformed_pattern`, `duplicate_handler`.
   */
  on<T = any>(pattern: string, handler: Handler<T>): this {
    if (typeof handler !== "function") {
      throw wrong("the handler", "a function", handler);
    }
    this.#routes.add(text("the pattern", pattern), handler);
    return this;
  }

  /** Tells the observer what becomes of each request. */
  observe(observer: Observer): this {
    if (typeof observer !== "function") {
      throw wrong("the observer", "a function", observer);
    }
    this.#observers.push(observer);
    return this;
  }

  /** The webhook whose deliveries it takes. */
  get webhook(): Webhook {
    return this.#webhook;
  }

  /** The handler of events of this type; `null` if there is none. */
  handlerFor(eventType: string | null): Handler | null {
    return this.#routes.find(eventType)?.target ?? null;
  }

  /** @internal What becomes known of an event that did not come by a request. */
  journal(): Journal {
    return new Journal(this.#scheme, this.#settings.log);
  }

  /** Whether the address of the caller decides anything, so that an adapter must know it. */
  get needsPeer(): boolean {
    return this.#settings.needsPeer;
  }

  /** How long a body may take to arrive, in seconds. */
  get bodyTimeout(): number {
    return this.#settings.bodyTimeout;
  }

  /** Works through a request; for adapters. */
  async receive(incoming: Incoming): Promise<Answer> {
    const time = Date.now() / 1e3;
    const start = monotonic();
    const journal = this.journal();
    let answer: Answer;
    let result: ErrorCode | Handling | "handshake";
    try {
      ({ answer, result } = await this.#pipeline.run(incoming, journal));
    } catch (thrown) {
      const error = thrown instanceof CountersignError ? thrown : refusal("handler_failed");
      answer = errorAnswer(error, this.#webhook.allowedMethods, this.#webhook.answerForm);
      result = error.code;
      if (thrown !== error) {
        // Such as a clock of the user's that throws: the provider shall come again.
        journal.log("error", "the receiver failed", error.code, describeThrown(thrown));
      } else if (error instanceof ConfigurationError) {
        journal.log("error", error.message, error.code);
      } else {
        journal.log("warning", "a request was refused", error.code, describeCause(error.cause));
      }
    }
    const { eventId, eventType, keyIndex } = journal;
    const { status } = answer;
    const duration = (monotonic() - start) / 1e3;
    const outcome = { time, status, result, scheme: this.#scheme, eventId, eventType, duration, keyIndex };
    for (const observer of this.#observers) {
      guarded(
        () => observer(outcome),
        () => journal.log("error", "an observer failed", "observer_failed"),
      );
    }
    return answer;
  }
}

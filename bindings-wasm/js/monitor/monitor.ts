import { count, options, text, wrong } from "../check.js";
import { guarded } from "../receiver/journal.js";
import { logToConsole, type Outcome } from "../receiver/outcome.js";
import { Receiver } from "../receiver/receiver.js";
import { glue } from "./core.js";
import { configured } from "./configured.js";
import type { MonitoredInbox } from "./inbox.js";
import { InboxReader } from "./inbox-reader.js";
import type { MonitorLogEntry, MonitorLogger } from "./log.js";
import { type MonitoredSender, type ObservedAttempt, SENDER_METHODS } from "./outbox.js";
import { OutboxReader } from "./outbox-reader.js";
import type { Snapshot } from "./snapshot.js";

/** Options of {@link Monitor}. */
export interface MonitorOptions {
  /** How many outcomes are kept; 200 if not given. */
  readonly recent?: number | null | undefined;
  /** How many types of events are told apart for each receiver; 100 if not given. The rest is counted as `other`. */
  readonly mostTypes?: number | null | undefined;
  /** How many endpoints of senders are told apart; 100 if not given. The rest is counted as `other`. */
  readonly mostEndpoints?: number | null | undefined;
  /** Gets each line of the log; JSON to standard error if not given, nowhere if `null`. */
  readonly log?: MonitorLogger | null | undefined;
}

/**
 * Keeps the last outcomes of receivers and counts all of them, and all attempts of senders, in this
 * process and in bounded memory.
 *
 * @example
 * ```ts
 * import { Webhook } from "countersign";
 * import { Monitor } from "countersign/monitor";
 * import { Receiver } from "countersign/receiver";
 *
 * const receiver = new Receiver(new Webhook("github", "hush"));
 * const monitor = new Monitor().watch(receiver, "github");
 * const metrics = await monitor.openmetrics();
 * metrics.split("\n")[0]; // # TYPE countersign_requests counter
 * ```
 */
export class Monitor {
  readonly #handle: glue.MonitorHandle;
  readonly #log: MonitorLogger;
  #hasBegun: boolean;
  #inbox: InboxReader | null = null;
  #outbox: OutboxReader | null = null;

  /** @throws `TypeError` for options of another type. */
  constructor(monitorOptions?: MonitorOptions) {
    const known = { recent: true, mostTypes: true, mostEndpoints: true, log: true } as const;
    const { recent, mostTypes, mostEndpoints, log } = options("the options", known, monitorOptions);
    if (log !== undefined && log !== null && typeof log !== "function") {
      throw wrong("log", "a function", log);
    }
    this.#log = log === undefined ? logToConsole : (log ?? (() => undefined));
    const now = Date.now();
    this.#hasBegun = now > 0;
    this.#handle = new glue.MonitorHandle(
      now,
      above0("recent", recent ?? glue.MonitorHandle.default_recent()),
      above0("mostTypes", mostTypes ?? glue.MonitorHandle.default_types()),
      above0("mostEndpoints", mostEndpoints ?? glue.MonitorHandle.default_endpoints()),
    );
  }

  /**
   * Counts what becomes of this receiver's requests from now on.
   *
   * @throws `TypeError` if there is one of this name, since their counts would be mixed.
   */
  watch(receiver: Receiver, name: string): this {
    if (!(receiver instanceof Receiver)) {
      throw wrong("the receiver", "a Receiver", receiver);
    }
    const checked = text("the name", name);
    const number = configured(() => this.#handle.watch(checked, receiver.webhook.schemeName));
    receiver.observe((outcome) => this.#observe(number, outcome));
    return this;
  }

  /** Shows this inbox, too, with its dead letters. */
  attachInbox(inbox: MonitoredInbox): this {
    checkMethods("the inbox", inbox, ["counts", "deadLetters", "replay"]);
    this.#inbox = new InboxReader(inbox, (entry) => this.log(entry));
    return this;
  }

  /** The inbox that is shown; `null` if there is none. */
  get inbox(): MonitoredInbox | null {
    return this.#inbox?.inbox ?? null;
  }

  /**
   * Counts the attempts that this sender makes in this process, and shows its outbox: endpoints,
   * replays, attempts and dead letters. Of several senders all attempts are counted, and the outbox of
   * the last is shown.
   *
   * @example
   * ```ts
   * import { Monitor } from "countersign/monitor";
   * import { MemorySenderStore, Sender } from "countersign/sender";
   *
   * const sender = new Sender({ store: new MemorySenderStore() });
   * const monitor = new Monitor().attachSender(sender);
   * const { outbox } = await monitor.snapshot(); // { endpoints: [], replays: [], attempts: [], dead_letters: [] }
   * ```
   */
  attachSender(sender: MonitoredSender): this {
    checkMethods("the sender", sender, SENDER_METHODS);
    if (sender !== this.#outbox?.sender) {
      sender.observe((attempt) => this.#observeAttempt(attempt));
      this.#outbox = new OutboxReader(sender, (entry) => this.log(entry));
    }
    return this;
  }

  /** The sender whose outbox is shown; `null` if there is none. */
  get sender(): MonitoredSender | null {
    return this.#outbox?.sender ?? null;
  }

  /** All counts as the text of OpenMetrics 1.0, to be sent as `CONTENT_TYPE`. */
  async openmetrics(): Promise<string> {
    return this.#handle.openmetrics(...(await this.#counts()));
  }

  /** All that the status page shows. */
  async snapshot(): Promise<Snapshot> {
    this.#begin();
    const views = await this.#all();
    return JSON.parse(this.#handle.snapshot(...views, Date.now(), processNumber())) as Snapshot;
  }

  /** @internal Asks the inbox and the outbox what this step wants of them, and gives its answer. */
  async finish(step: glue.StepHandle, now: number): Promise<glue.StatusAnswerHandle> {
    this.#begin();
    let views: Views = [undefined, undefined];
    let replayed: boolean | null | undefined;
    switch (step.kind()) {
      case glue.StepKind.Data:
        views = await this.#all();
        break;
      case glue.StepKind.Metrics:
        views = await this.#counts();
        break;
      case glue.StepKind.Replay:
        replayed = this.#inbox === null ? false : await this.#inbox.replay(step);
        break;
      case glue.StepKind.ReplayDelivery:
        replayed = this.#outbox === null ? false : await this.#outbox.replay(step);
        break;
      case glue.StepKind.Answer:
    }
    return step.finish(this.#handle, ...views, replayed, now, processNumber());
  }

  #counts(): Promise<Views> {
    return Promise.all([this.#inbox?.counts(), this.#outbox?.counts()]);
  }

  #all(): Promise<Views> {
    return Promise.all([this.#inbox?.all(), this.#outbox?.all()]);
  }

  /** @internal */
  log(entry: MonitorLogEntry): void {
    guarded(
      () => this.#log(entry),
      () => undefined, // There is nobody left to tell, and no answer changes by it.
    );
  }

  /** Workers have no clock before their first request, and make a monitor before that. */
  #begin(): void {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      this.#handle.count_from(Date.now());
    }
  }

  #observe(receiver: number, outcome: Outcome): void {
    this.#begin();
    const { time, status, result, duration, eventId, eventType, keyIndex } = outcome;
    const at = Math.round(time * 1e3);
    this.#handle.observe(receiver, at, status, result, duration, eventId, eventType, keyIndex);
  }

  #observeAttempt({ endpoint, verdict, status, error, duration }: ObservedAttempt): void {
    this.#begin();
    this.#handle.observe_attempt(endpoint, verdict, duration, status, error);
  }
}

/** What was read of the inbox and the outbox; the core takes them as its own. */
type Views = [glue.InboxHandle | undefined, glue.OutboxHandle | undefined];

function checkMethods(what: string, value: unknown, methods: readonly string[]): void {
  const given = value as Record<string, unknown> | null | undefined;
  if (methods.some((name) => typeof given?.[name] !== "function")) {
    throw new TypeError(`${what} must have the methods ${methods.join(", ")}`);
  }
}

function above0(what: string, value: unknown): number {
  const checked = count(what, value);
  if (checked === 0) {
    throw new TypeError(`${what} must be a number above 0`);
  }
  return checked;
}

/** By which an operator knows who counted; hosts without processes have none. */
function processNumber(): number {
  const { process } = globalThis as { process?: { pid?: unknown } };
  const number = process?.pid;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : 0;
}

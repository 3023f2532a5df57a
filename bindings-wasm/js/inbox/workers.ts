/// <reference lib="esnext.disposable" preserve="true" />

/** Workers: they take events out of an inbox and give them to the handlers of a receiver. */

import { count, options, seconds, wrong } from "../check.js";
import { describeThrown } from "../receiver/outcome.js";
import { monotonic, within } from "../receiver/timer.js";
import { Receiver } from "../receiver/receiver.js";
import { RetryPolicy } from "../retry.js";
import { type Failure, Handling } from "./handling.js";
import { Inbox, type Taken } from "./inbox.js";
import { Run } from "./run.js";
import { nextTurn } from "./turns.js";

/** Options of {@link Workers}. Times are in seconds. */
export interface WorkersOptions {
  /** How many events are handled at a time; 4 if not given. */
  readonly concurrency?: number | null | undefined;
  /**
   * When a failed event is tried again and how often; as Standard Webhooks has it, ten times in
   * three days, if not given.
   */
  readonly policy?: RetryPolicy | null | undefined;
  /**
   * How long an event of a process that died waits for another; 60 if not given. It is renewed
   * while a handler runs, but for one that blocks the event loop.
   */
  readonly lease?: number | null | undefined;
  /**
   * After how long a handler counts as failed; 600 if not given. It cannot be stopped, and is left
   * to itself.
   */
  readonly timeLimit?: number | null | undefined;
  /** How often to look for what other processes have inserted; 1 if not given. */
  readonly poll?: number | null | undefined;
}

/** How often handled events that nobody can deliver again are deleted, in milliseconds. */
const FORGET_EVERY = 60_000;
/** How long to wait after a failure of the database, in seconds. */
const RECOVERY = 1;
/** How long `stop` waits, in seconds. */
const STOP = 30;

/**
 * Handles the events of a receiver's scheme that are in an inbox, several at a time.
 *
 * They run in the process of the server, or in one of their own with a receiver that has the same
 * handlers. They keep a process alive until they are stopped.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from "node:sqlite";
 * import { RetryPolicy, Webhook } from "countersign";
 * import { SqliteInbox, Workers } from "countersign/inbox";
 * import { Receiver } from "countersign/receiver";
 *
 * const inbox = new SqliteInbox(new DatabaseSync("inbox.db"));
 * const receiver = new Receiver(new Webhook("stripe", "whsec_test"), { inbox });
 * const workers = new Workers(receiver, inbox, { policy: RetryPolicy.exponential(1, 5) });
 * workers.start();
 * process.once("SIGTERM", async () => {
 *   await workers.stop();
 *   process.exit();
 * });
 * ```
 */
export class Workers {
  readonly #receiver: Receiver;
  readonly #inbox: Inbox;
  readonly #scheme: string;
  readonly #concurrency: number;
  readonly #policy: RetryPolicy;
  readonly #lease: number;
  readonly #timeLimit: number;
  readonly #poll: number;
  #run: Run | null = null;
  /** Stops them, at the end of a block with `await using`. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  static {
    // Not every runtime knows it.
    if (Symbol.asyncDispose !== undefined) {
      const dispose = async function (this: Workers): Promise<void> {
        await this.stop();
      };
      Object.defineProperty(this.prototype, Symbol.asyncDispose, { value: dispose, configurable: true, writable: true });
    }
  }

  constructor(receiver: Receiver, inbox: Inbox, workersOptions?: WorkersOptions) {
    if (!(receiver instanceof Receiver)) {
      throw wrong("the receiver", "a Receiver", receiver);
    }
    if (!(inbox instanceof Inbox)) {
      throw wrong("the inbox", "an inbox such as SqliteInbox", inbox);
    }
    const known = { concurrency: true, policy: true, lease: true, timeLimit: true, poll: true } as const;
    const { concurrency, policy, lease, timeLimit, poll } = options("the options", known, workersOptions);
    if (count("the concurrency", concurrency ?? 4) === 0) {
      throw new TypeError("the concurrency must be a number above 0");
    }
    if (policy !== undefined && policy !== null && !(policy instanceof RetryPolicy)) {
      throw wrong("the policy", "a RetryPolicy", policy);
    }
    this.#receiver = receiver;
    this.#inbox = inbox;
    this.#scheme = receiver.webhook.schemeName;
    this.#concurrency = concurrency ?? 4;
    this.#policy = policy ?? RetryPolicy.standard();
    this.#lease = seconds("the lease", lease ?? 60);
    this.#timeLimit = seconds("the time limit", timeLimit ?? 600);
    this.#poll = seconds("the poll", poll ?? 1);
  }

  /** Starts to work. Throws an `Error` if they work already. */
  start(): void {
    this.#begin(new Run(false));
  }

  /**
   * Handles what is due and ends, for hosts that run nothing between requests; in how many seconds
   * there is more to do, `null` if nothing waits. Throws an `Error` if they work already.
   */
  async handleDue(): Promise<number | null> {
    const run = new Run(true);
    this.#begin(run);
    await run.ended;
    if (this.#run === run) {
      this.#run = null;
    }
    const due = await this.#inbox.nextDue(this.#scheme);
    return due === null ? null : Math.max(due, 0);
  }

  #begin(run: Run): void {
    if (this.#run !== null) {
      throw new Error("the workers run already");
    }
    this.#run = run;
    run.ended = this.#keep(run);
  }

  /**
   * Takes no more events and waits for those that are being handled, at most so many seconds (30
   * if not given); whether all ended in time. The others are taken over when their leases have
   * ended.
   */
  async stop(timeout: number = STOP): Promise<boolean> {
    const limit = seconds("the timeout", timeout);
    const run = this.#run;
    this.#run = null;
    if (run === null) {
      return true;
    }
    run.isDraining = true;
    this.#inbox.signals.ring();
    const hasEnded = await within(
      limit,
      run.ended.then(() => true),
      () => false,
    );
    run.giveUp();
    this.#inbox.signals.ring();
    return hasEnded;
  }

  /** What is done for all: takes events, renews leases, ends what takes too long. */
  async #keep(run: Run): Promise<void> {
    const { signals } = this.#inbox;
    while (!run.isGivenUp && !(run.isDraining && run.running.size === 0)) {
      const { rung } = signals;
      let pause: number;
      try {
        pause = await this.#lookAfter(run);
      } catch (thrown) {
        // Whatever the database has, it may come back.
        const message = "the inbox failed; workers try again";
        this.#receiver.journal().log("error", message, "store_unavailable", describeThrown(thrown));
        pause = RECOVERY;
      }
      // Handlers that do not wait for anything must not keep others from the event loop.
      await nextTurn();
      if (pause > 0) {
        await signals.wait(rung, pause);
      }
    }
  }

  /** Does what is to be done now; after how many seconds there may be more. */
  async #lookAfter(run: Run): Promise<number> {
    const now = monotonic();
    const running = [...run.running];
    for (const handling of running) {
      if (handling.isOverdue() && handling.end()) {
        void this.#settle(run, handling, { error: "handler_timeout" });
      }
    }
    if (running.length > 0 && now >= run.nextRenewal) {
      await this.#inbox.renew(running.map(({ taken }) => taken), this.#lease);
      run.nextRenewal = now + (this.#lease / 3) * 1e3;
    }
    const pause = Math.min(this.#poll, this.#lease / 3);
    if (run.isDraining) {
      return pause;
    }
    if (now >= run.nextForgetting) {
      const isMore = await this.#inbox.forget();
      run.nextForgetting = now + (isMore ? this.#poll * 1e3 : FORGET_EVERY);
    }
    const free = this.#concurrency - running.length;
    if (free <= 0) {
      return pause;
    }
    const held = running.map(({ number }) => number);
    const due = await this.#inbox.nextDue(this.#scheme, held);
    if (due === null || due > 0) {
      run.isDraining ||= run.endsWhenIdle;
      return due === null ? pause : Math.min(due, pause);
    }
    for (const taken of await this.#inbox.take(this.#scheme, free, this.#lease, held)) {
      this.#handle(run, taken);
    }
    return 0;
  }

  #handle(run: Run, taken: Taken): void {
    const handling = new Handling(taken, this.#receiver, this.#timeLimit);
    if (run.running.size === 0) {
      run.nextRenewal = monotonic() + (this.#lease / 3) * 1e3;
    }
    run.running.add(handling);
    void this.#attempt(run, handling);
  }

  async #attempt(run: Run, handling: Handling): Promise<void> {
    const { attempts } = handling.taken.stored;
    // If all attempts were made, the processes of the last died of it or with it.
    const isExhausted = attempts > Math.max(1, this.#policy.backoff.attempts);
    const failure = isExhausted ? { error: "lease_expired", isFinal: true } : await handling.run();
    if (handling.end()) {
      await this.#settle(run, handling, failure);
    }
  }

  /** Notes how it ended, however long the database is down. Never rejects. */
  async #settle(run: Run, handling: Handling, failure: Failure | null): Promise<void> {
    const { taken, journal } = handling;
    const delay = failure === null ? null : this.#delay(taken, failure);
    if (failure !== null) {
      handling.logFailure(failure, delay === null);
    }
    for (;;) {
      try {
        const isNoted = await (failure === null
          ? this.#inbox.done(taken, this.#receiver.webhook.dedupeLifetime)
          : this.#inbox.failed(taken, failure.error, delay));
        if (!isNoted) {
          const message = "an event was taken over before it ended, and may be handled twice";
          journal.log("warning", message, "lease_expired");
        }
        break;
      } catch (thrown) {
        const message = "what became of an event could not be noted yet";
        journal.log("error", message, "store_unavailable", describeThrown(thrown));
      }
      await within(RECOVERY, run.givenUp, () => undefined);
      if (run.isGivenUp) {
        break;
      }
    }
    run.running.delete(handling);
    this.#inbox.signals.ring();
  }

  /** After how many seconds it is tried again; `null` if it is a dead letter. */
  #delay({ stored }: Taken, failure: Failure): number | null {
    if (failure.isFinal) {
      return null;
    }
    // From time 0, so that no clock takes part.
    const { action, at } = this.#policy.decide(stored.attempts, { status: null, now: 0 });
    return action === "retry_at" ? at : null;
  }
}

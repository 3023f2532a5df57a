/** Delivers what is due. */

import { CountersignError } from "../errors.js";
import { Signals } from "../inbox/signals.js";
import { nextTurn } from "../inbox/turns.js";
import { guarded } from "../receiver/journal.js";
import { describeThrown } from "../receiver/outcome.js";
import { monotonic, within } from "../receiver/timer.js";
import { randomToken } from "../receiver/token.js";
import type { Attempt } from "../retry.js";
import { attempt, entropyOf } from "./attempt.js";
import { choose } from "./choice.js";
import type { EndpointHealth } from "./health.js";
import type { SenderLogEntry } from "./log.js";
import type { Parts } from "./parts.js";
import { Run } from "./run.js";
import type { Choice, Ended, Standing, StoredEndpoint, TakenDelivery } from "./store.js";
import { type Target, targetOf } from "./target.js";

/** How long to wait for a store that failed, and how long an endpoint whose settings are wrong. */
const RECOVERY = 1;
const BROKEN_MS = 60_000;
/** Others may have changed what is known of an endpoint by then. */
const LOOK_AGAIN = 5;
const FORGET_EVERY = 60_000;

export class Dispatcher {
  readonly #parts: Parts;
  readonly #signals = new Signals();
  readonly #targets = new Map<number, { readonly endpoint: StoredEndpoint; readonly target: Target }>();
  /** When an endpoint may be asked for again, by the monotonic clock. */
  readonly #notBefore = new Map<number, number>();
  /** The endpoint that was last taken from, so that all have their turn. */
  #last = 0;
  #ended: { readonly run: Run; readonly ended: Ended }[] = [];
  /** How often it was noted how attempts ended. */
  #notes = 0;
  #run: Run | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Something may be due. */
  ring(): void {
    this.#signals.ring();
  }

  /** What is known of endpoints may have changed. */
  look(): void {
    this.#notBefore.clear();
    if (this.#run !== null) {
      this.#run.nextReplay = 0;
    }
    this.ring();
  }

  start(): void {
    const run = new Run(false);
    this.#begin(run);
    const failed = (thrown: unknown) => this.#logThrown("what other processes send is not heard, but looked for", thrown);
    try {
      run.stopListening = this.#parts.store.listen?.(() => this.ring(), failed) ?? run.stopListening;
    } catch (thrown) {
      failed(thrown);
    }
  }

  /** Delivers what is due and ends; in how many seconds there is more to do, `null` if nothing waits. */
  async deliverDue(): Promise<number | null> {
    const run = new Run(true);
    this.#notBefore.clear();
    this.#begin(run);
    await run.ended;
    if (this.#run === run) {
      this.#run = null;
    }
    return run.soonest;
  }

  #begin(run: Run): void {
    if (this.#run !== null) {
      throw new Error("the sender delivers already");
    }
    this.#run = run;
    run.ended = this.#keep(run);
  }

  /** Takes no more, waits for what is under way, at most so many seconds, and cuts off the rest; whether all ended. */
  async stop(timeout: number): Promise<boolean> {
    const run = this.#run;
    this.#run = null;
    if (run === null) {
      return true;
    }
    run.isDraining = true;
    this.ring();
    const hasEnded = await within(
      timeout,
      run.ended.then(() => true),
      () => false,
    );
    const cut = [...run.running.values()];
    run.giveUp();
    this.ring();
    try {
      if (cut.length > 0) {
        await this.#parts.store.release(cut);
      }
    } catch (thrown) {
      // Others have them when the leases end.
      this.#logThrown("what was cut off could not be given back", thrown);
    }
    await run.stopListening();
    return hasEnded;
  }

  async #keep(run: Run): Promise<void> {
    while (!run.isGivenUp && !(run.isDraining && run.running.size === 0)) {
      const { rung } = this.#signals;
      let pause: number;
      try {
        pause = await this.#lookAfter(run);
      } catch (thrown) {
        // Whatever the store has, it may come back.
        this.#logThrown("the store of the sender failed; it tries again", thrown);
        pause = RECOVERY;
      }
      await nextTurn();
      if (pause > 0) {
        await this.#signals.wait(rung, pause);
      }
    }
  }

  /** Does what is to be done now; after how many seconds there may be more. */
  async #lookAfter(run: Run): Promise<number> {
    const { store, lease, poll, retention } = this.#parts;
    const now = monotonic();
    const held = [...run.running.values()];
    if (held.length > 0 && now >= run.nextRenewal) {
      await store.renew(held, lease);
      run.nextRenewal = now + (lease / 3) * 1e3;
    }
    if (now >= run.nextReclaim) {
      const count = await store.reclaim([...run.running.keys()]);
      run.nextReclaim = now + Math.min(Math.max(lease / 4, 0.1), 5) * 1e3;
      if (count > 0) {
        this.#log({ level: "warning", message: "took over from a sender that died or froze", code: "interrupted" });
      }
    }
    const pause = Math.min(poll, lease / 3);
    if (run.isDraining) {
      return pause;
    }
    if (now >= run.nextForgetting) {
      const isMore = await store.forget(retention);
      run.nextForgetting = now + (isMore ? poll * 1e3 : FORGET_EVERY);
    }
    if (now >= run.nextReplay) {
      await this.#replay(run);
    }
    const wait = earlier(await this.#takeDue(run), run.untilReplay());
    if (wait !== 0 && run.endsWhenIdle && run.running.size === 0) {
      run.soonest = wait;
      run.isDraining = true;
      return 0;
    }
    return wait === null ? pause : Math.min(wait, pause);
  }

  /** Goes on with the replays, and looks for those that other processes began. */
  async #replay(run: Run): Promise<void> {
    const { endpoints, next } = await this.#parts.store.stepReplays();
    run.isReplaying = next !== null;
    run.nextReplay = monotonic() + Math.min(next ?? Infinity, this.#parts.poll) * 1e3;
    for (const endpoint of endpoints) {
      this.#notBefore.delete(endpoint);
    }
  }

  /** Takes of each endpoint what is due; in how many seconds there is more, `null` if nothing waits. */
  async #takeDue(run: Run): Promise<number | null> {
    const pending = [...(await this.#parts.store.pending())].sort((one, other) => one.endpoint - other.endpoint);
    const turn = pending.findIndex(({ endpoint }) => endpoint > this.#last);
    let soonest = Infinity;
    for (const { endpoint, due } of [...pending.slice(turn), ...pending.slice(0, turn)]) {
      const pause = ((this.#notBefore.get(endpoint) ?? 0) - monotonic()) / 1e3;
      const wait = Math.max(due, pause);
      if (wait > 0) {
        soonest = Math.min(soonest, wait);
      } else if (run.running.size < this.#parts.concurrency && !this.#isFull(run, endpoint)) {
        await this.#take(run, endpoint);
        this.#last = endpoint;
        soonest = 0;
      }
    }
    return soonest === Infinity ? null : soonest;
  }

  #isFull(run: Run, endpoint: number): boolean {
    const target = this.#targets.get(endpoint)?.target;
    return target !== undefined && run.count(endpoint) >= target.concurrency;
  }

  async #take(run: Run, endpoint: number): Promise<void> {
    const { store, concurrency, lease } = this.#parts;
    const free = concurrency - run.running.size;
    const decide = (standing: Standing) => this.#choose(standing, free, run.count(endpoint));
    const notes = this.#notes;
    const { deliveries, next, endpoint: stored } = await store.take(endpoint, free, lease, randomToken(), decide);
    if (stored === null) {
      this.#targets.delete(endpoint);
    }
    // What else would tell may happen elsewhere, and who goes on for long looks again.
    const pause = Math.min(next ?? this.#parts.poll, run.endsWhenIdle ? Infinity : LOOK_AGAIN);
    // What ended meanwhile may have been in the way, in a store that does several things at a time.
    const isOutdated = deliveries.length === 0 && this.#notes !== notes;
    const isAtOnce = isOutdated || (deliveries.length > 0 && next === null);
    this.#notBefore.set(endpoint, monotonic() + (isAtOnce ? 0 : pause * 1e3));
    if (run.running.size === 0) {
      run.nextRenewal = monotonic() + (lease / 3) * 1e3;
    }
    const target = this.#targets.get(endpoint)?.target;
    for (const delivery of deliveries) {
      run.add(delivery);
      void this.#attempt(run, delivery, target!);
    }
  }

  #choose(standing: Standing, free: number, running: number): Choice {
    const { endpoint, now } = standing;
    try {
      const target = this.#target(endpoint);
      const room = Math.min(free, target.concurrency - running);
      return choose(standing, target, this.#parts.healthPolicy, room);
    } catch (thrown) {
      if (!(thrown instanceof CountersignError)) {
        throw thrown;
      }
      const message = "nothing can be sent to an endpoint: its settings are wrong";
      this.#log({ level: "error", message, code: thrown.code, endpoint: endpoint.id });
      return { take: [], bury: null, pacedUntilUs: null, unblock: false, nextMs: now + BROKEN_MS };
    }
  }

  #target(endpoint: StoredEndpoint): Target {
    const known = this.#targets.get(endpoint.number);
    if (known?.endpoint.version === endpoint.version) {
      return known.target;
    }
    this.#targets.delete(endpoint.number);
    const target = targetOf(endpoint, this.#parts.defaults);
    this.#targets.set(endpoint.number, { endpoint, target });
    return target;
  }

  /** Never rejects. */
  async #attempt(run: Run, delivery: TakenDelivery, target: Target): Promise<void> {
    const ended = await attempt(delivery, target, this.#parts, run.cuts);
    if (run.isGivenUp) {
      // It was cut off and given back: nobody knows whether it arrived.
      return;
    }
    this.#tell(target.id, ended);
    this.#settle(run, ended);
  }

  #tell(endpoint: string, { verdict, status, error, duration }: Ended): void {
    const words = { delivered: "delivered", waiting: "retry" };
    const word = verdict.state === "dead" ? verdict.reason : words[verdict.state];
    for (const observer of this.#parts.observers) {
      guarded(
        () => observer({ endpoint, verdict: word, status, error, duration }),
        () => this.#log({ level: "error", message: "an observer failed", code: "observer_failed" }),
      );
    }
  }

  /** Notes all that end in one turn together. */
  #settle(run: Run, ended: Ended): void {
    this.#ended.push({ run, ended });
    if (this.#ended.length === 1) {
      void nextTurn().then(() => this.#settleAll());
    }
  }

  /** However long the store is down. Never rejects. */
  async #settleAll(): Promise<void> {
    const all = this.#ended;
    this.#ended = [];
    const { run } = all[0]!;
    for (;;) {
      try {
        const ended = all.map((one) => one.ended);
        await this.#parts.store.settle(ended, (health, tells, now) => this.#observe(health, tells, now));
        break;
      } catch (thrown) {
        this.#logThrown("how attempts ended could not be noted yet", thrown);
      }
      await within(RECOVERY, run.givenUp, () => undefined);
      if (run.isGivenUp) {
        break;
      }
    }
    this.#notes++;
    for (const one of all) {
      one.run.remove(one.ended.delivery);
      this.#notBefore.delete(one.ended.delivery.endpoint);
    }
    this.ring();
  }

  #observe(health: EndpointHealth, tells: Attempt, now: number): EndpointHealth {
    const told = { ...tells, now: now + 0.0005, entropy: entropyOf(this.#parts.random) };
    const after = this.#parts.healthPolicy.observe(health, told);
    if (health.disabled === null && after.disabled !== null) {
      this.#log({ level: "error", message: `an endpoint was disabled: ${after.disabled}`, code: "disabled" });
    } else if (after.openings > health.openings) {
      this.#log({ level: "warning", message: "an endpoint that is down is given a rest", code: "circuit_open" });
    }
    return after;
  }

  #logThrown(message: string, thrown: unknown): void {
    this.#log({ level: "error", message, code: "outbox_unavailable", ...describeThrown(thrown) });
  }

  #log(entry: SenderLogEntry): void {
    // There is nobody left to tell, and nothing changes by it.
    guarded(
      () => this.#parts.log(entry),
      () => undefined,
    );
  }
}

/** The first of two waits, of which one that is `null` never ends. */
function earlier(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}

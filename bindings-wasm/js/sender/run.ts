import { monotonic } from "../receiver/timer.js";
import type { TakenDelivery } from "./store.js";

/** What a dispatcher does from a start to its stop. */
export class Run {
  /** Whether it ends when nothing is due any more. */
  readonly endsWhenIdle: boolean;
  readonly running = new Map<number, TakenDelivery>();
  readonly #counts = new Map<number, number>();
  nextRenewal = 0;
  nextReclaim = monotonic();
  nextForgetting = monotonic();
  nextReplay = monotonic();
  /** Whether a replay of many goes on. */
  isReplaying = false;
  isDraining = false;
  isGivenUp = false;
  /** In how many seconds there is more to do, once it ended because it was idle. */
  soonest: number | null = null;
  /** When all that was begun has ended. */
  ended: Promise<void> = Promise.resolve();
  readonly givenUp: Promise<void>;
  /** Ends what tells of other processes. */
  stopListening: () => void | Promise<void> = () => undefined;
  /** What cuts off the attempts that are under way. */
  readonly cuts = new Set<() => void>();
  #resolve: () => void = () => undefined;

  constructor(endsWhenIdle: boolean) {
    this.endsWhenIdle = endsWhenIdle;
    this.givenUp = new Promise((resolve) => (this.#resolve = resolve));
  }

  /** In how many seconds a replay of many goes on; `null` if there is none. */
  untilReplay(): number | null {
    return this.isReplaying ? Math.max(this.nextReplay - monotonic(), 0) / 1e3 : null;
  }

  /** How many attempts of this run an endpoint has. */
  count(endpoint: number): number {
    return this.#counts.get(endpoint) ?? 0;
  }

  add(delivery: TakenDelivery): void {
    this.running.set(delivery.number, delivery);
    this.#counts.set(delivery.endpoint, this.count(delivery.endpoint) + 1);
  }

  remove({ number, endpoint }: TakenDelivery): void {
    this.running.delete(number);
    const rest = this.count(endpoint) - 1;
    if (rest > 0) {
      this.#counts.set(endpoint, rest);
    } else {
      this.#counts.delete(endpoint);
    }
  }

  giveUp(): void {
    this.isGivenUp = true;
    this.cuts.forEach((cut) => cut());
    this.#resolve();
  }
}

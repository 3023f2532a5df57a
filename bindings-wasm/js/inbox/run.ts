import { monotonic } from "../receiver/timer.js";
import type { Handling } from "./handling.js";

/** What workers do from a start to its stop. */
export class Run {
  /** Whether it ends when nothing is due any more. */
  readonly endsWhenIdle: boolean;
  readonly running = new Set<Handling>();
  nextRenewal = 0;
  nextForgetting = monotonic();
  isDraining = false;
  isGivenUp = false;
  /** When all that was begun has ended. */
  ended: Promise<void> = Promise.resolve();
  readonly givenUp: Promise<void>;
  #resolve: () => void = () => undefined;

  constructor(endsWhenIdle: boolean) {
    this.endsWhenIdle = endsWhenIdle;
    this.givenUp = new Promise((resolve) => (this.#resolve = resolve));
  }

  giveUp(): void {
    this.isGivenUp = true;
    this.#resolve();
  }
}

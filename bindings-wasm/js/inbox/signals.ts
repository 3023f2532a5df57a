/** What receivers and workers of one process tell each other of an inbox. */

import type { InsertOptions } from "../receiver/event-store.js";
import { milliseconds } from "../receiver/timer.js";

/** Wakes workers, and tells who waits for an event what became of it. */
export class Signals {
  #rung = 0;
  readonly #waiting = new Set<() => void>();
  readonly #expected = new Map<number, (succeeded: boolean) => void>();

  /** How often it rang. */
  get rung(): number {
    return this.#rung;
  }

  /** There is something to do. */
  ring(): void {
    this.#rung++;
    for (const wake of this.#waiting) {
      wake();
    }
  }

  /** Waits until it has rung more often, at most so many seconds. */
  async wait(rung: number, seconds: number): Promise<void> {
    if (rung !== this.#rung) {
      return;
    }
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds(seconds));
      this.#waiting.add(wake);
    });
  }

  /** Somebody may wait for this event. */
  expect(number: number, { onAttempt, signal }: InsertOptions): void {
    if (onAttempt && !signal?.aborted) {
      this.#expected.set(number, onAttempt);
      signal?.addEventListener("abort", () => this.#expected.delete(number), { once: true });
    }
  }

  /** An attempt to handle the event ended. */
  tell(number: number, succeeded: boolean): void {
    const onAttempt = this.#expected.get(number);
    this.#expected.delete(number);
    onAttempt?.(succeeded);
  }

  /** How many events are waited for. */
  get expected(): number {
    return this.#expected.size;
  }
}

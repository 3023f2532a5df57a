/** Asks stores, and decides what their failures mean. */

import { CountersignError } from "../errors.js";
import type { Journal } from "./journal.js";
import { describeThrown } from "./outcome.js";
import { isStoreRefusal, refusal } from "./refusal.js";
import type { Settings } from "./settings.js";

/** The stores as one request sees them. */
export class Claims {
  readonly #settings: Settings;
  /** How long a handled key is refused, in seconds. */
  readonly #lifetime: number;
  readonly #journal: Journal;

  constructor(settings: Settings, lifetime: number, journal: Journal) {
    this.#settings = settings;
    this.#lifetime = lifetime;
    this.#journal = journal;
  }

  /**
   * What the store answers; `null` if it fails and its owner chose to admit then.
   *
   * @throws {@link GuardError} what the store refuses with; `store_unavailable`.
   */
  async ask<T>(question: () => T | Promise<T>): Promise<T | null> {
    try {
      return await question();
    } catch (thrown) {
      const isRefusal = thrown instanceof CountersignError && isStoreRefusal(thrown.code);
      if (isRefusal && thrown.code !== "store_unavailable") {
        throw thrown;
      }
      this.#log("a store failed", thrown);
      if (this.#settings.whenStoreFails === "admit") {
        return null;
      }
      throw refusal("store_unavailable");
    }
  }

  /** The token of a claim on the key; `null` if the event is handled without one. */
  async claim(key: string | null): Promise<string | null> {
    const { replay, lease } = this.#settings;
    return key === null || replay === null ? null : this.ask(() => replay.claim(key, lease));
  }

  /** Notes what became of the event. A store that fails now changes no answer. */
  async settle(key: string | null, token: string | null, success: boolean): Promise<void> {
    const { replay } = this.#settings;
    if (key === null || token === null || replay === null) {
      return;
    }
    try {
      await (success ? replay.complete(key, token, this.#lifetime) : replay.release(key, token));
    } catch (thrown) {
      this.#log("what became of an event could not be noted; its lease ends by itself", thrown);
    }
  }

  #log(message: string, thrown: unknown): void {
    this.#journal.log("error", message, "store_unavailable", describeThrown(thrown));
  }
}

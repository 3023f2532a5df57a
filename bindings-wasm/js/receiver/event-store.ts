import type { Event } from "../event.js";

/** Holds events durably until they are handled; see `countersign/inbox`. */
export interface EventStore {
  /**
   * Stores the event so that nothing but the loss of the disk loses it; its number, or `null` if
   * its dedupe key is there already. Whatever it throws counts as `store_unavailable`.
   *
   * @param scheme The name of the event's scheme.
   */
  insert(event: Event, scheme: string, options?: InsertOptions): number | null | Promise<number | null>;
}

/** What a receiver that waits for the handler wants to know. */
export interface InsertOptions {
  /** Called once, when a worker of this process has tried to handle the event. */
  readonly onAttempt?: ((succeeded: boolean) => void) | undefined;
  /** Aborted when nobody waits for that any more. */
  readonly signal?: AbortSignal | undefined;
}

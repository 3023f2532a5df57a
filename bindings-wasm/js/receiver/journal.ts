import type { Logger, LogEntry } from "./outcome.js";

type More = Pick<LogEntry, "reason" | "exception" | "frames">;

/** What becomes known of one request on its way, for its outcome and its log lines. */
export class Journal {
  eventId: string | null = null;
  eventType: string | null = null;
  keyIndex: number | null = null;
  readonly #scheme: string;
  readonly #logger: Logger;

  constructor(scheme: string, logger: Logger) {
    this.#scheme = scheme;
    this.#logger = logger;
  }

  log(level: LogEntry["level"], message: string, code: string, more: More = {}): void {
    guarded(
      () => this.#logger({ level, message, code, scheme: this.#scheme, event_id: this.eventId, ...more }),
      () => undefined, // There is nobody left to tell, and no answer changes by it.
    );
  }
}

/**
 * Calls what must change no answer, and `failed` if it throws; or rejects, which would end the
 * process, as observers may well be `async`.
 */
export function guarded(action: () => unknown, failed: () => void): void {
  try {
    Promise.resolve(action()).catch(failed);
  } catch {
    failed();
  }
}

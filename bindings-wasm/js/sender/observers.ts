/** Those who are told how attempts end. */

/** How one attempt to deliver ended. */
export interface AttemptOutcome {
  /** The endpoint's id. */
  readonly endpoint: string;
  /** `delivered`, `retry`, or why it is a dead letter. */
  readonly verdict: string;
  /** The status of the answer; `null` if there was none. */
  readonly status: number | null;
  /** What kept the answer away, as `Attempted.error` has it. */
  readonly error: string | null;
  /** How long it took, in seconds. */
  readonly duration: number;
}

/** Is told how each attempt of this process ends. What it throws is logged. */
export type AttemptObserver = (attempt: AttemptOutcome) => unknown;

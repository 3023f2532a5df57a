/** What a sender logs: never a secret, a payload, a URL or an exception's text. */

/** A line of the log: it can be written as JSON as it is. */
export interface SenderLogEntry {
  readonly level: "warning" | "error";
  readonly message: string;
  readonly code: string;
  /** The id of the endpoint, if it is about one. */
  readonly endpoint?: string;
  /** The class of what was thrown. */
  readonly exception?: string;
  /** Where it was thrown: the frames, without its text. */
  readonly frames?: readonly string[];
}

/** Gets each line of the log. */
export type SenderLog = (entry: SenderLogEntry) => void;

/** What a monitor logs: never a token, a payload or an exception's text. */

/** A line of the log: it can be written as JSON as it is. */
export interface MonitorLogEntry {
  readonly level: "info" | "warning" | "error";
  readonly message: string;
  /** The class of what was thrown. */
  readonly exception?: string;
  /** Where it was thrown: the frames, without its text. */
  readonly frames?: readonly string[];
}

/** Gets each line of the log. */
export type MonitorLogger = (entry: MonitorLogEntry) => void;

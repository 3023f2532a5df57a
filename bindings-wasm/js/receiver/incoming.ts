import type { RequestHeaders } from "../headers.js";
import type { BodyReader } from "./body.js";

/** A request as an adapter hands it to a `Receiver`. */
export interface Incoming {
  readonly method: string;
  /** The URL as absolute as the host knows it; path and query at least. */
  readonly url: string;
  /** With every value of a header that was sent several times. */
  readonly headers: RequestHeaders;
  /** The other end of the connection; `null` if the host does not know it. */
  readonly peer: string | null;
  /** Every value of a header, in order. */
  header(name: string): readonly string[];
  /**
   * The body: nothing of it may be read before this is called.
   *
   * @throws {@link ConfigurationError} `unsupported_body` if another has read and parsed it.
   */
  body(): BodyReader | Uint8Array;
  /** Keeps the host alive for a handler that runs on after the answer. */
  waitUntil?(work: Promise<void>): void;
}

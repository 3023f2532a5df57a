import { bytesOf } from "../body.js";
import { number, options, text, wrong } from "../check.js";
import { parseAnswer } from "../answer.js";
import { glue } from "./core.js";
import { configured } from "./configured.js";
import { Monitor } from "./monitor.js";
import type { MonitorLogEntry } from "./log.js";

/** Options of {@link StatusPage}. */
export interface StatusPageOptions {
  /** Where the page is, below the root of the application that serves it; `/webhooks/status` if not given. */
  readonly path?: string | null | undefined;
  /** The clock in Unix seconds by which sessions end; the host's if not given. */
  readonly clock?: (() => number) | null | undefined;
}

/** A request for the page. */
export interface StatusRequest {
  readonly method: string;
  /** The path without its query: see {@link judgedPath}. */
  readonly path: string;
  /** Names in any case with their values, as hosts decode them. */
  readonly headers: Iterable<readonly [name: string, value: string]>;
  /** The body, if {@link StatusPage.wantsBody} says so. */
  readonly body?: Uint8Array | undefined;
  /** Whether the request came by HTTPS. */
  readonly secure?: boolean | undefined;
}

/** What to send. */
export interface StatusAnswer {
  readonly status: number;
  /** Names in lower case with their values, without `content-length`. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** To be sent in UTF-8, but not in answer to `HEAD`. */
  readonly body: string;
}

const ENTROPY = 16;
const NOTHING = new Uint8Array(0);

/**
 * What a monitor saw, as a page for people and as metrics, for those who have the token.
 *
 * Below its path there are `/data` (JSON), `/metrics` (OpenMetrics), `/login` and `/replay`, and
 * nothing else: a path in any other spelling is not found. The token is sent as
 * `Authorization: Bearer`, or given to the form that others see, which begins a session.
 *
 * It knows no server: {@link statusFetchHandler}, {@link statusNodeHandler} and {@link statusFastify}
 * connect it to one.
 *
 * @example
 * ```ts
 * import { Monitor, StatusPage } from "countersign/monitor";
 *
 * const page = new StatusPage(new Monitor(), "a token of the reader's", { path: "/status" });
 * const headers = [["authorization", "Bearer a token of the reader's"]] as const;
 * const answer = await page.answer({ method: "GET", path: "/status/metrics", headers });
 * answer.status; // 200
 * ```
 */
export class StatusPage {
  readonly #monitor: Monitor;
  readonly #handle: glue.StatusPageHandle;
  readonly #clock: () => number;
  /** All paths that are found. */
  readonly paths: readonly string[];

  /**
   * @param token At least 16 characters; `crypto.randomUUID()` makes a good one.
   * @throws `TypeError` for a token that is too short or cannot be printed, and for a path with
   * other characters than letters, digits and `._~-`.
   */
  constructor(monitor: Monitor, token: string, pageOptions?: StatusPageOptions) {
    if (!(monitor instanceof Monitor)) {
      throw wrong("the monitor", "a Monitor", monitor);
    }
    const { path, clock } = options("the options", { path: true, clock: true }, pageOptions);
    if (clock !== undefined && clock !== null && typeof clock !== "function") {
      throw wrong("clock", "a function", clock);
    }
    const checked = text("the status token", token);
    const place = text("the path", path ?? "/webhooks/status");
    this.#monitor = monitor;
    this.#handle = configured(() => new glue.StatusPageHandle(checked, place));
    this.#clock = clock ?? (() => Date.now() / 1e3);
    this.paths = Object.freeze(this.#handle.paths().split("\n"));
  }

  /** Whether the body of such a request matters; at most {@link StatusPage.bodyLimit} bytes of it. */
  wantsBody(method: string, path: string): boolean {
    return this.#handle.wants_body(text("the method", method), text("the path", path));
  }

  /** The largest body that is taken, in bytes. */
  static get bodyLimit(): number {
    return glue.status_body_limit();
  }

  /** The answer to a request. */
  async answer(request: StatusRequest): Promise<StatusAnswer> {
    const { method, path, headers, body = NOTHING, secure = false } = request;
    const bytes = bytesOf("the body", body);
    if (bytes === undefined) {
      throw wrong("the body", "a Uint8Array", body);
    }
    const now = Math.floor(number("the clock's time", this.#clock()) * 1e3);
    const asked = new glue.StatusRequestHandle(text("the method", method), text("the path", path), bytes, secure === true);
    for (const [name, value] of headers) {
      asked.add_header(text("a header's name", name), octets(text("a header's value", value)));
    }
    const step = this.#handle.ask(asked, now, crypto.getRandomValues(new Uint8Array(ENTROPY)));
    return this.#told(await this.#monitor.finish(step, now));
  }

  /** @internal An answer that says no more than its status. */
  refused(status: number): StatusAnswer {
    return this.#told(glue.StatusAnswerHandle.refused(status));
  }

  /** @internal */
  log(entry: MonitorLogEntry): void {
    this.#monitor.log(entry);
  }

  #told(answer: glue.StatusAnswerHandle): StatusAnswer {
    const message = answer.log();
    if (message !== undefined) {
      this.log({ level: answer.is_warning() ? "warning" : "info", message });
    }
    const parsed = parseAnswer(answer.text());
    answer.free();
    return parsed;
  }
}

/** Latin-1, as hosts hand over headers; some decode them as UTF-8. */
function octets(value: string): Uint8Array {
  const units = Array.from(value, (character) => character.codePointAt(0)!);
  return units.every((unit) => unit <= 0xff) ? Uint8Array.from(units) : new TextEncoder().encode(value);
}

/**
 * The path that a page is to judge: the one by which the server found its application, or the one
 * that was sent if that is another spelling of it, which a proxy in front may not have recognised.
 *
 * @param sent The target of the request as it was sent; empty if the server does not tell.
 * @param routed The path without query that the server made of it, below where the application is
 * mounted.
 *
 * @example
 * ```ts
 * import { judgedPath } from "countersign/monitor";
 *
 * judgedPath("/internal/status?x=%61", "/status"); // /status
 * judgedPath("/%73tatus", "/status"); // /%73tatus
 * ```
 */
export function judgedPath(sent: string, routed: string): string {
  return glue.path_to_judge(text("the target", sent), text("the path", routed));
}

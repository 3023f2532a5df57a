/** One request of an attempt, by `fetch`. */

import { CountersignError } from "../errors.js";
import { milliseconds } from "../receiver/timer.js";
import type { Target } from "./target.js";

/** How much of an answer's body is read, and how much is kept of it. */
const READ = 64 * 1024;
const KEPT = 4 * 1024;

/** The addresses of a host name. */
export type Resolve = (host: string) => readonly string[] | Promise<readonly string[]>;

/** What came back. */
export interface Answer {
  readonly status: number | null;
  readonly retryAfter: string | null;
  /** The first bytes of the body. */
  readonly body: Uint8Array | null;
  /** The class of what kept the answer away or broke it off. */
  readonly error: string | null;
  readonly forbidden: boolean;
}

const NO_ANSWER: Answer = { status: null, retryAfter: null, body: null, error: null, forbidden: false };

/** What a request is made with. */
export interface Host {
  readonly fetch: typeof fetch;
  readonly resolve: Resolve | null;
}

/** Posts the payload. Never rejects. What is among the `cuts` meanwhile ends it. */
export async function post(
  target: Target,
  headers: Headers,
  payload: Uint8Array,
  { fetch: send, resolve }: Host,
  cuts: Set<() => void>,
): Promise<Answer> {
  const limit = new TimeLimit(target.firstByteMs, target.totalMs);
  cuts.add(limit.expire);
  try {
    const refused = resolve === null ? null : await limit.within(judgeHost(target, resolve));
    if (refused !== null) {
      return { ...NO_ANSWER, error: refused, forbidden: refused === "forbidden" };
    }
    const response = await limit.within(
      send(target.destination.url, {
        method: "POST",
        headers,
        // The types of some hosts take no bytes of memory that may be shared.
        body: payload as Uint8Array<ArrayBuffer>,
        redirect: "manual",
        signal: limit.signal,
      }),
    );
    limit.answered();
    const { body, error } = await read(response, limit);
    return {
      ...NO_ANSWER,
      // Browsers hide which redirect it was.
      status: response.type === "opaqueredirect" ? 302 : response.status,
      retryAfter: response.headers.get("retry-after"),
      body,
      error,
    };
  } catch (thrown) {
    return { ...NO_ANSWER, error: limit.isOver ? "timeout" : classOf(thrown) };
  } finally {
    cuts.delete(limit.expire);
    limit.end();
  }
}

/** Aborts what takes too long. */
class TimeLimit {
  readonly #controller = new AbortController();
  readonly #expired: Promise<never>;
  readonly #firstByte: ReturnType<typeof setTimeout>;
  readonly #total: ReturnType<typeof setTimeout>;
  #reject: (error: Error) => void = () => undefined;
  isOver = false;
  readonly expire = (): void => {
    this.isOver = true;
    this.#controller.abort();
    // Some hosts go on with what was aborted.
    this.#reject(new Error("it took too long"));
  };

  constructor(firstByteMs: number, totalMs: number) {
    this.#expired = new Promise((_, reject) => (this.#reject = reject));
    this.#expired.catch(() => undefined);
    this.#firstByte = setTimeout(this.expire, milliseconds(firstByteMs / 1e3));
    this.#total = setTimeout(this.expire, milliseconds(totalMs / 1e3));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  within<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#expired]);
  }

  answered(): void {
    clearTimeout(this.#firstByte);
  }

  end(): void {
    clearTimeout(this.#firstByte);
    clearTimeout(this.#total);
  }
}

/** The first bytes of the body, and what broke it off. No more is read than a connection is worth. */
async function read(response: Response, limit: TimeLimit): Promise<{ body: Uint8Array; error: string | null }> {
  const kept: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  let error: string | null = null;
  try {
    while (reader !== undefined && length <= READ) {
      const { done, value } = await limit.within(reader.read());
      if (done) {
        return { body: joined(kept), error };
      }
      if (length < KEPT) {
        kept.push(value.subarray(0, KEPT - length));
      }
      length += value.length;
    }
  } catch {
    error = limit.isOver ? "timeout" : "body";
  }
  // The rest is nobody's; that it could not be called off changes nothing.
  void reader?.cancel().catch(() => undefined);
  return { body: joined(kept), error };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Why the host may not be reached; `null` if it may. */
async function judgeHost({ destination, rules }: Target, resolve: Resolve): Promise<string | null> {
  if (destination.address !== null) {
    return null;
  }
  try {
    rules.check(await resolve(destination.host));
    return null;
  } catch (thrown) {
    return thrown instanceof CountersignError ? "forbidden" : "dns";
  }
}

const CLASSES: readonly (readonly [pattern: RegExp, errorClass: string])[] = [
  [/^(ENOTFOUND|EAI_)/, "dns"],
  [/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/, "tls"],
  [/^(HPE_|UND_ERR_(?!CONNECT|SOCKET))/, "http"],
];

/** Going by the code that Node gives. Other hosts do not say what failed; `connect` stands for that, too. */
function classOf(thrown: unknown): string {
  const { code, cause } = Object(thrown) as { code?: unknown; cause?: unknown };
  const text = String(typeof code === "string" ? code : (Object(cause) as { code?: unknown }).code);
  return CLASSES.find(([pattern]) => pattern.test(text))?.[1] ?? "connect";
}

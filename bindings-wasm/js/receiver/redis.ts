/** Claims and rates in Redis: what several machines share. One atomic script decides. */

import { number, options, text, wrong } from "../check.js";
import { glue } from "./core.js";
import type { RateLimit, RateStore } from "./rate-limit.js";
import { refusal } from "./refusal.js";
import type { ReplayStore } from "./replay.js";
import { within } from "./timer.js";
import { randomToken } from "./token.js";

/** A client of the package `redis` (node-redis). */
export interface NodeRedisClient {
  evalSha(sha: string, keysAndArguments: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(script: string, keysAndArguments: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** A client of the package `ioredis`. */
export interface IoredisClient {
  evalsha(sha: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
}

/** Options of {@link RedisStore}. */
export interface RedisStoreOptions {
  /**
   * After how many seconds Redis counts as down; 2 if not given. Clients may wait without end for
   * a connection.
   */
  readonly timeout?: number | null | undefined;
}

/** The scripts and the beginnings of keys, the same in every language. */
export interface RedisConstants {
  readonly claimPrefix: string;
  readonly ratePrefix: string;
  readonly claim: string;
  readonly complete: string;
  readonly release: string;
  readonly admit: string;
}

/** The scripts, for clients of your own; the documentation of the Rust crate has their arguments. */
export function redisConstants(): RedisConstants {
  const [claimPrefix, ratePrefix, claim, complete, release, admit] = glue.redis_constants().split("\0") as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return { claimPrefix, ratePrefix, claim, complete, release, admit };
}

const TIMEOUT = 2;
/** What the script answers about a key. */
const CLAIMED = -1;
const HANDLED = -2;
/** How long a sender is asked to wait for a handler that is running, at most, in milliseconds. */
const MAX_PROGRESS_WAIT = 10_000;

/**
 * Claims and rates in Redis, for both options of a `Receiver`. Its clock is that of the server.
 *
 * @example
 * ```ts
 * import { createClient } from "redis";
 * import { RedisStore } from "countersign/receiver";
 *
 * const client = createClient();
 * client.on("error", console.error);
 * await client.connect();
 * const store = new RedisStore(client);
 * ```
 */
export class RedisStore implements ReplayStore, RateStore {
  readonly #run: (script: Script, key: string, scriptArguments: string[]) => Promise<number>;
  readonly #timeout: number;
  readonly #constants = redisConstants();
  readonly #scripts = {
    claim: new Script(this.#constants.claim),
    complete: new Script(this.#constants.complete),
    release: new Script(this.#constants.release),
    admit: new Script(this.#constants.admit),
  };

  /** @param client A connected client of the package `redis` or `ioredis`. */
  constructor(client: NodeRedisClient | IoredisClient, storeOptions?: RedisStoreOptions) {
    this.#run = runner(client);
    this.#timeout = number("the timeout", options("the options", { timeout: true }, storeOptions).timeout ?? TIMEOUT);
  }

  async claim(key: string, lease: number): Promise<string> {
    const token = randomToken();
    const name = this.#constants.claimPrefix + text("the key", key);
    const asked = this.#run(this.#scripts.claim, name, [token, milliseconds(lease)]);
    const answer = await this.#inTime(asked, () => {
      // The claim that came too late is nobody's, and must not hold the key until its lease ends.
      const giveBack = (late: number) => (late === CLAIMED ? this.#run(this.#scripts.release, name, [token]) : late);
      asked.then(giveBack).catch(() => undefined);
    });
    if (answer === HANDLED) {
      throw refusal("duplicate_event");
    }
    if (answer !== CLAIMED) {
      throw refusal("event_in_progress", Math.min(answer, MAX_PROGRESS_WAIT));
    }
    return token;
  }

  async complete(key: string, _token: string, lifetime: number): Promise<void> {
    const name = this.#constants.claimPrefix + text("the key", key);
    await this.#inTime(this.#run(this.#scripts.complete, name, [milliseconds(lifetime)]));
  }

  async release(key: string, token: string): Promise<void> {
    const name = this.#constants.claimPrefix + text("the key", key);
    await this.#inTime(this.#run(this.#scripts.release, name, [text("the token", token)]));
  }

  async admit(caller: string, limit: RateLimit): Promise<void> {
    const name = this.#constants.ratePrefix + text("the caller", caller);
    const numbers = [limit.requests, limit.windowMs, limit.slotMs].map(String);
    const wait = await this.#inTime(this.#run(this.#scripts.admit, name, numbers));
    if (wait > 0) {
      throw refusal("rate_limited", wait);
    }
  }

  #inTime<T>(answer: Promise<T>, onTimeout?: () => void): Promise<T> {
    return within(this.#timeout, answer, () => {
      onTimeout?.();
      throw refusal("store_unavailable");
    });
  }
}

/** A script and the name under which Redis remembers it. */
class Script {
  readonly text: string;
  #sha: Promise<string> | undefined;

  constructor(text: string) {
    this.text = text;
  }

  sha(): Promise<string> {
    return (this.#sha ??= sha1(this.text));
  }
}

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function runner(client: unknown): (script: Script, key: string, values: string[]) => Promise<number> {
  const known = (client ?? {}) as Partial<NodeRedisClient & IoredisClient>;
  let evaluate: (command: "evalSha" | "eval", script: string, key: string, values: string[]) => Promise<unknown>;
  if (typeof known.evalSha === "function") {
    const node = client as NodeRedisClient;
    evaluate = (command, script, key, values) => node[command](script, { keys: [key], arguments: values });
  } else if (typeof known.evalsha === "function") {
    const io = client as IoredisClient;
    evaluate = (command, script, key, values) => io[command === "eval" ? command : "evalsha"](script, 1, key, ...values);
  } else {
    throw wrong("the client", "a client of the package redis or ioredis", client);
  }
  return async (script, key, values) => {
    try {
      return Number(await evaluate("evalSha", await script.sha(), key, values));
    } catch (error) {
      // A server that was restarted has forgotten the script.
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) {
        throw error;
      }
      return Number(await evaluate("eval", script.text, key, values));
    }
  };
}

/** Within what Redis takes: no time at all and times beyond its clock are errors to it. */
function milliseconds(seconds: number): string {
  const wanted = Math.ceil(number("the time", seconds) * 1e3);
  return String(Math.min(Math.max(wanted, 1), Number.MAX_SAFE_INTEGER));
}

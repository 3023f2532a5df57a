/** Hears in PostgreSQL what other processes have sent. */

import { within } from "../receiver/timer.js";

/** The channel of all languages; a notification holds the numbers of endpoints, or nothing for any. */
export const NOTIFY = "SELECT pg_notify('countersign_outbox', ?)";
const LISTEN = "LISTEN countersign_outbox";
/** How many seconds it waits before it connects again. */
const PAUSE = 1;

/** A `Client` of the package `pg`, which is connected for itself. */
interface ListeningClient {
  connect(): Promise<unknown>;
  query(text: string): Promise<unknown>;
  end(): Promise<void>;
  on(event: "notification" | "error" | "end", listener: (given?: unknown) => void): unknown;
}

/** What a pool of `pg` makes its clients of, which its own types do not tell. */
interface PoolParts {
  readonly Client?: new (options: unknown) => ListeningClient;
  readonly options?: unknown;
}

/** What makes a client beside those of the pool, which may be few and all in use; `null` if it is another pool. */
export function clientMaker(pool: unknown): (() => ListeningClient) | null {
  const { Client, options } = pool as PoolParts;
  return typeof Client === "function" ? () => new Client(options) : null;
}

/** Listens until it is ended, and connects again after failures. */
export class Listening {
  readonly #makeClient: () => ListeningClient;
  readonly #timeout: number;
  readonly #heard: () => void;
  readonly #failed: (thrown: unknown) => void;
  readonly #ended: Promise<void>;
  #isEnded = false;
  #end: () => void = () => undefined;
  readonly #done: Promise<void>;

  /**
   * @param heard Something may have been sent.
   * @param failed It does not hear any more; told once, however long that lasts.
   */
  constructor(
    makeClient: () => ListeningClient,
    timeout: number,
    heard: () => void,
    failed: (thrown: unknown) => void,
  ) {
    this.#makeClient = makeClient;
    this.#timeout = timeout;
    this.#heard = heard;
    this.#failed = failed;
    this.#ended = new Promise((resolve) => (this.#end = resolve));
    this.#done = this.#listen();
  }

  /** Has ended once the connection is closed. */
  end(): Promise<void> {
    this.#isEnded = true;
    this.#end();
    return this.#done;
  }

  async #listen(): Promise<void> {
    for (let isTold = false; !this.#isEnded; ) {
      try {
        await this.#hear(() => (isTold = false));
      } catch (thrown) {
        if (!isTold) {
          isTold = true;
          this.#failed(thrown);
        }
      }
      await within(PAUSE, this.#ended, () => undefined);
    }
  }

  /** Throws when the connection breaks. */
  async #hear(connected: () => void): Promise<void> {
    const client = this.#makeClient();
    const broken = new Promise<never>((_, reject) => {
      client.on("error", reject);
      client.on("end", () => reject(new Error("the connection ended")));
    });
    // It may break when nobody waits for it any more.
    broken.catch(() => undefined);
    client.on("notification", () => this.#heard());
    const begin = async () => {
      await client.connect();
      await client.query(LISTEN);
    };
    try {
      await within(this.#timeout, Promise.race([begin(), broken, this.#ended]), () => {
        throw new Error("PostgreSQL did not answer in time");
      });
      if (!this.#isEnded) {
        connected();
        // What was sent before.
        this.#heard();
      }
      await Promise.race([this.#ended, broken]);
    } finally {
      // Of a connection that is broken nobody hears its end.
      await within(PAUSE, client.end().catch(() => undefined), () => undefined);
    }
  }
}

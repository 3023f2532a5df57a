/** Which URLs and addresses a sender may reach. */

import { flag, options, text, wrong } from "../check.js";
import { attempt } from "../errors.js";
import { glue } from "./core.js";

/** Options of {@link DestinationRules}. */
export interface DestinationRulesOptions {
  /** Whether URLs may begin with `http://`: anybody on the way reads and changes what is sent. */
  readonly allowHttp?: boolean | null | undefined;
  /**
   * Networks in CIDR notation that may be reached although they are not public. The metadata service
   * of a cloud is allowed by an entry of its one address alone.
   */
  readonly allow?: Iterable<string> | null | undefined;
}

/** A URL that messages may be sent to. */
export interface Destination {
  /** As it was given. */
  readonly url: string;
  /** The host's name in lower case, or its address without brackets. */
  readonly host: string;
  /** The port, also where the URL leaves it out. */
  readonly port: number;
  /** The host's address, if the URL has one in place of a name. */
  readonly address: string | null;
  /** Whether it is HTTPS. */
  readonly https: boolean;
}

/**
 * What a sender may reach: HTTPS on public addresses, and what is allowed besides.
 *
 * A URL is of a grammar that every parser reads alike, and an address in it is judged with it. The
 * addresses of a host name are another matter: whoever has the name answers what they like, and
 * `fetch` resolves it once more by itself. {@link DestinationRules.check} judges what a resolver
 * answered, but `fetch` cannot be held to that answer. Where the sender can reach what outsiders must
 * not, let a proxy or a firewall keep it from there, or send with the Rust or Python package, which
 * connect to the very addresses that they checked.
 *
 * @example
 * ```ts
 * import { DestinationRules } from "countersign/sender";
 *
 * const rules = new DestinationRules();
 * rules.parse("https://Hooks.example.com/in").host; // "hooks.example.com"
 * try {
 *   rules.parse("https://[::ffff:127.0.0.1]/");
 * } catch (error) {
 *   error.code; // "forbidden_destination"
 * }
 * ```
 */
export class DestinationRules {
  readonly #handle: glue.DestinationRulesHandle;

  /** @throws {@link ConfigurationError} `malformed_network`. */
  constructor(rulesOptions?: DestinationRulesOptions) {
    const { allowHttp, allow } = options("the options", { allowHttp: true, allow: true }, rulesOptions);
    this.#handle = new glue.DestinationRulesHandle(flag("allowHttp", allowHttp));
    const networks = allow ?? [];
    if (typeof networks !== "object" || !(Symbol.iterator in networks)) {
      throw wrong("allow", "an array of networks", networks);
    }
    for (const network of networks) {
      const checked = text("a network", network);
      attempt(() => this.#handle.allow(checked));
    }
  }

  /**
   * The destination of a URL. Its form is judged first, then whether it is HTTPS, and last the
   * address, if its host is one.
   *
   * @throws {@link DeliveryError} `malformed_url`, `insecure_url`, `forbidden_destination`.
   */
  parse(url: string): Destination {
    if (typeof url !== "string") {
      throw wrong("the URL", "a string", url);
    }
    // Half a surrogate pair becomes a character that the core refuses.
    const parts = attempt(() => this.#handle.parse(url)).split("\n");
    const [host, port, address, https] = parts as [string, string, string, string];
    return { url, host, port: Number(port), address: address || null, https: https !== "" };
  }

  /**
   * Passes if a host with these addresses, which are all that it has, may be reached.
   *
   * @throws {@link DeliveryError} `forbidden_destination` if any of them is neither public nor
   * allowed, or if there is none.
   */
  check(addresses: readonly string[]): void {
    if (!Array.isArray(addresses)) {
      throw wrong("the addresses", "an array of strings", addresses);
    }
    const lines = addresses.map((address) => text("an address", address));
    if (lines.some((line) => line === "" || /\s/.test(line)) || !attempt(() => this.#handle.check(lines.join("\n")))) {
      throw new TypeError("an address must be an IPv4 or IPv6 address as text");
    }
  }
}
